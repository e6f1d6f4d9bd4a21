// What was said and not answered yet. It is kept by the browser, so that neither a
// closed page nor a server that is away loses it: what the server does not know when it
// is there again is said again, under the name that it had. All tabs of a conversation
// share it.
const key = `pentimento${document.body.dataset.address}`;
const forgetAfter = 60 * 60 * 1000;

let here = []; // where the browser keeps nothing
let keeps = true;

function load() {
  try {
    if (keeps) here = JSON.parse(localStorage.getItem(key) ?? '[]');
  } catch {
    keeps = false;
  }
  return here.filter((one) => Date.now() - one.at < forgetAfter);
}

function save(waiting) {
  here = waiting;
  try {
    if (waiting.length) localStorage.setItem(key, JSON.stringify(waiting));
    else localStorage.removeItem(key);
  } catch {
    keeps = false; // without room it is kept as long as the page is open
  }
}

export const outbox = {
  add: (ask) => save([...load(), { ask, at: Date.now() }]),
  done: (event) => save(load().filter((one) => one.ask.event !== event)),
  all: () => load().map((one) => one.ask),
  has: (event) => load().some((one) => one.ask.event === event),
  forget() {
    here = [];
    for (const name of Object.keys(localStorage)) if (name.startsWith('pentimento/')) localStorage.removeItem(name);
  },
};
