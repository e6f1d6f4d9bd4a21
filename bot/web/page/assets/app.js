// The page of a conversation: what is said goes to the server, and what happens there comes
// back as events, to every page that shows the conversation.
import { announce, byId, make } from './dom.js';
import { answered, asks, clearAnswers, heard, progressed } from './answers.js';
import { outbox } from './outbox.js';
import { compare, isComparing, offerComparison, show, showPreview } from './picture.js';
import { follow, get, newEvent, post, Refusal, send } from './server.js';
import { showTree } from './tree.js';
import { showWords } from './words.js';

const address = document.body.dataset.address;
const turns = new Map(); // by number
const running = new Set(); // events
const field = byId('said');
let head = null, total = 0, online = true, recalled = null;

// ---- what is asked for

/** Asks for something about the picture that is shown, or about what will be by then. */
function ask(what) {
  const event = newEvent();
  const busy = running.size > 0 || outbox.all().length > 0;
  const about = head && !busy ? { turn: head.id, identity: head.identity } : {};
  const whole = { event, ...about, ...what };
  outbox.add(whole);
  heard(event, what.said ?? what.label ?? '');
  deliver(whole);
  return event;
}

async function deliver(whole) {
  try {
    await post(`${address}/turns`, whole);
  } catch (error) {
    if (error instanceof Refusal && error.problem.kind !== 'stopped' && error.problem.kind !== 'unavailable') done({ event: whole.event, kind: 'problem', problem: error.problem });
    else connected(false); // it stays in the outbox
  }
}

const say = (said) => ask({ said });
const command = (name, values = {}, label = `/${name}`) => ask({ command: name, values, label });
const weigh = (word, factor) => command('weight', { word, factor: String(factor) }, `${word} ×${factor}`);
const go = (turn) => turn.id !== head?.id && command('goto', { turn: String(turn.id) }, `go to turn ${turn.id}`);
const cancel = (event) => post(`${address}/cancel`, { event }).catch((error) => announce(error.message));

async function open(file) {
  const event = newEvent();
  heard(event, `open ${file.name}`);
  try {
    await send(file, file.type === 'application/json' ? 'import' : document.body.dataset.open, event);
  } catch (error) {
    const problem = error instanceof Refusal ? error.problem : { kind: 'unavailable', sentence: 'The file could not be sent. Try again when the server is there.' };
    done({ event, kind: 'problem', problem });
  }
}

// ---- what happens

function done(result) {
  running.delete(result.event);
  outbox.done(result.event);
  if (running.size === 0) showPreview('');
  answered(result, {
    choose: say,
    unshare: (code) => command('unshare', { code }, 'take it back'),
  });
}

function begun({ event, said }) {
  running.add(event);
  heard(event, said);
  progressed({ event }, () => cancel(event));
}

function take(list) {
  for (const turn of list) {
    turns.set(turn.id, turn);
    total = Math.max(total, turn.id);
  }
  byId('earlier').hidden = turns.size === 0 || Math.min(...turns.keys()) <= 1;
}

function draw() {
  show(head);
  showWords(head, weigh);
  showTree(turns, head?.id, go);
  for (const id of ['again', 'film', 'save', 'share']) byId(id).disabled = !head;
  byId('undo').disabled = !head?.undo;
  byId('redo').disabled = !head?.redo;
  if (head) {
    field.placeholder = 'Say what should change';
    offerComparison([...turns.values()].reverse(), head, head.root);
    if (isComparing()) compare(true, turns);
  }
}

const on = {
  all(snapshot) {
    turns.clear();
    total = 0;
    take(snapshot.turns);
    head = snapshot.head;
    for (const result of snapshot.done) if (outbox.has(result.event)) done(result);
    running.clear();
    for (const one of snapshot.running) {
      begun(one);
      on.progress(one.progress);
    }
    const made = new Set(snapshot.done.map((d) => d.event));
    // What the server has not heard of is said again; what it drew it will not draw twice.
    for (const one of outbox.all()) {
      if (running.has(one.event) || made.has(one.event)) continue;
      heard(one.event, one.said ?? one.label ?? '');
      deliver(one);
    }
    asks(snapshot.question, { choose: say });
    if (running.size === 0) showPreview('');
    draw();
  },
  said: begun,
  progress(p) {
    progressed(p, () => cancel(p.event));
    if (p.preview) showPreview(p.preview);
  },
  turns: take,
  head(turn) {
    head = turn;
    turns.set(turn.id, turn);
    draw();
  },
  done,
  forgotten() {
    outbox.forget();
    turns.clear();
    head = null;
    clearAnswers();
    location.assign('/');
  },
};

function connected(yes) {
  if (yes === online) return;
  online = yes;
  byId('offline').hidden = yes;
  byId('offline').textContent = yes ? '' : 'The server cannot be reached. What you say is kept here, and said when it is back.';
  if (yes) announce('The server is back.');
}

// ---- what people do

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const said = field.value.trim();
  if (!said) return field.focus();
  say(said);
  field.value = '';
  recalled = null;
});

field.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId('form').requestSubmit();
  } else if (event.key === 'ArrowUp' && (field.value === '' || recalled !== null)) {
    recall(event, 1);
  } else if (event.key === 'ArrowDown' && recalled !== null) {
    recall(event, -1);
  }
});
// Where a key is told of apart from what it writes, it would end a line of the next sentence.
field.addEventListener('beforeinput', (event) => event.inputType === 'insertLineBreak' && field.value === '' && event.preventDefault());
field.addEventListener('input', () => (recalled = null));

/** Brings back what was said before. */
function recall(event, by) {
  const said = [...turns.values()].sort((a, b) => b.id - a.id).map((t) => t.said);
  recalled = Math.max(-1, Math.min(said.length - 1, (recalled ?? -1) + by));
  field.value = recalled < 0 ? '' : said[recalled];
  if (recalled < 0) recalled = null;
  event.preventDefault();
}

document.querySelector('[data-say]')?.addEventListener('click', (event) => {
  say(event.target.dataset.say);
  field.focus();
});
byId('undo').addEventListener('click', () => command('revert', {}, 'undo'));
byId('redo').addEventListener('click', () => command('redo', {}, 'redo'));
byId('again').addEventListener('click', () => say('redraw with another seed'));
byId('film').addEventListener('click', () => command('animate', {}, 'film'));
byId('save').addEventListener('click', () => command('export', {}, 'save'));
byId('share').addEventListener('click', () => command('share', {}, 'share'));
byId('comparing').addEventListener('click', () => compare(!isComparing(), turns));
byId('compare-with').addEventListener('change', () => compare(true, turns));
byId('new').addEventListener('click', async () => location.assign((await post('/conversations', {})).address));
byId('earlier').addEventListener('click', async () => {
  take((await get(`${address}/turns?before=${Math.min(...turns.keys())}`)).turns);
  draw();
});

byId('past-open').addEventListener('click', async (event) => {
  const list = byId('past');
  list.hidden = !list.hidden;
  event.target.setAttribute('aria-expanded', String(!list.hidden));
  if (list.hidden) return;
  const { conversations } = await get('/conversations');
  list.replaceChildren(conversations.length ? make('ul', {}, ...conversations.map(conversation)) : make('p', {}, 'Nothing has been drawn yet.'));
});

function conversation(c) {
  const when = new Date(c.last).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  const remove = make('button', {
    type: 'button', 'aria-label': `Delete “${c.prompt}”`, title: 'Delete',
    onclick: async () => {
      if (remove.textContent !== 'Sure?') return void (remove.textContent = 'Sure?');
      await post(`${c.address}/delete`, {});
      if (c.address === address) location.assign('/');
      else remove.closest('li').remove();
    },
  }, '×');
  return make('li', {},
    make('a', { href: c.address, 'aria-current': c.address === address ? 'page' : null },
      make('img', { src: `${c.picture}?small`, alt: '', loading: 'lazy' }),
      make('span', {}, make('b', {}, c.prompt), make('small', {}, `${when} · ${c.turns} ${c.turns === 1 ? 'turn' : 'turns'}`))),
    remove);
}

// A file may be chosen, dropped or pasted.
byId('file').addEventListener('change', (event) => {
  if (event.target.files[0]) open(event.target.files[0]);
  event.target.value = '';
});
addEventListener('dragover', (event) => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  byId('drop').hidden = false;
});
addEventListener('dragleave', (event) => event.relatedTarget || (byId('drop').hidden = true));
addEventListener('drop', (event) => {
  byId('drop').hidden = true;
  if (!event.dataTransfer.files[0]) return;
  event.preventDefault();
  open(event.dataTransfer.files[0]);
});
addEventListener('paste', (event) => {
  const file = [...event.clipboardData.files][0];
  if (file) open(file);
});

const reconnect = follow(on, connected, () => running.size > 0 || outbox.all().length > 0);
addEventListener('focus', () => online || reconnect());
field.focus({ preventScroll: true });
