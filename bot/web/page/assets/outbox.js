// What was said and not answered yet. It is kept by the browser, so that neither a
// closed page nor a server that is away loses it: what the server does not know when it
// is there again is said again, under the name that it had.
const key = `pentimento${document.body.dataset.address}`;
const forgetAfter = 60 * 60 * 1000;

function load() {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]').filter((one) => Date.now() - one.at < forgetAfter);
  } catch {
    return [];
  }
}

let waiting = load();

function save() {
  try {
    if (waiting.length) localStorage.setItem(key, JSON.stringify(waiting));
    else localStorage.removeItem(key);
  } catch {
    // Without room it is kept as long as the page is open.
  }
}

export const outbox = {
  add(ask) {
    waiting.push({ ask, at: Date.now() });
    save();
  },
  done(event) {
    waiting = waiting.filter((one) => one.ask.event !== event);
    save();
  },
  all: () => waiting.map((one) => one.ask),
  has: (event) => waiting.some((one) => one.ask.event === event),
  forget() {
    waiting = [];
    for (const name of Object.keys(localStorage)) if (name.startsWith('pentimento/')) localStorage.removeItem(name);
  },
};
