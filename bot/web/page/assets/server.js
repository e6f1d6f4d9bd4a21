// What the page asks of the server, and hears from it.
const address = document.body.dataset.address;

/** Asks for something by POST. The error has the sentence of the server's answer. */
export async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return read(answer);
}

/** Sends a file for a command that takes one. */
export async function send(file, command, event) {
  const query = new URLSearchParams({ event, command, name: file.name });
  return read(await fetch(`${address}/file?${query}`, { method: 'POST', body: file }));
}

/** Asks for something by GET. */
export async function get(path) {
  return read(await fetch(path));
}

async function read(answer) {
  const data = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.assign('/enter');
  if (!answer.ok) throw new Refusal(data.problem ?? { kind: 'internal', sentence: 'The server gave no answer that can be read.' });
  return data;
}

/** A refusal of the server, which it will not take back. Other errors are of the network. */
export class Refusal extends Error {
  constructor(problem) {
    super(problem.sentence);
    this.problem = problem;
  }
}

/** A name that no other event has. */
export function newEvent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * Follows what happens in the conversation: on.all, on.turns and so on are called with
 * what is told. A browser has six connections to a server, so a page that is not looked
 * at, and waits for nothing, does without; it catches up when it is looked at.
 */
export function follow(on, connected, busy) {
  const kinds = ['all', 'said', 'progress', 'turns', 'head', 'done', 'forgotten'];
  let source, later, wait = 1000, last = '';
  const close = () => {
    clearTimeout(later);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    if (document.hidden && !busy()) return;
    source = new EventSource(`${address}/events${last && `?after=${encodeURIComponent(last)}`}`);
    source.onopen = () => {
      wait = 1000;
      connected(true);
    };
    source.onerror = () => {
      // A browser tries again by itself after most errors, but not after an answer that
      // is no stream, and with waits of its own.
      close();
      connected(false);
      later = setTimeout(open, wait);
      wait = Math.min(2 * wait, 15000);
    };
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        if (event.lastEventId) last = event.lastEventId;
        on[kind](JSON.parse(event.data));
        if (kind === 'done' && document.hidden && !busy()) close();
      });
    }
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !source) open();
    else if (document.hidden && !busy()) close();
  });
  addEventListener('online', open);
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => event.persisted && open());
  open();
  return open;
}
