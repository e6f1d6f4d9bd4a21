// The tree of turns. An only child stands in its parent's column, so that a conversation
// without branches is a list.
import { byId, make } from './dom.js';

/** Shows the turns, with that of the head marked. go is called with a turn. */
export function showTree(turns, head, go) {
  const children = new Map();
  for (const turn of turns.values()) {
    const parent = turns.has(turn.parent) ? turn.parent : 0;
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(turn);
  }
  const list = byId('tree');
  const wanted = new Set();
  let at = 0;
  // Not by recursion: a way may have thousands of turns.
  const stack = (children.get(0) ?? []).map((turn) => ({ turn, depth: 0 })).reverse();
  while (stack.length) {
    const { turn, depth } = stack.pop();
    const row = rowOf(turn, go);
    wanted.add(row);
    row.style.setProperty('--depth', depth);
    if (turn.id === head) row.firstChild.setAttribute('aria-current', 'true');
    else row.firstChild.removeAttribute('aria-current');
    // What stays where it is is not touched: somebody may be about to click it.
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
    at++;
    const below = children.get(turn.id) ?? [];
    for (let i = below.length - 1; i >= 0; i--) stack.push({ turn: below[i], depth: Math.min(8, depth + (i === below.length - 1 ? 0 : 1)) });
  }
  for (const row of [...list.children]) if (!wanted.has(row)) row.remove();
  list.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
}

const rows = new Map(); // by the address of the picture, which no other turn has

function rowOf(turn, go) {
  if (!rows.has(turn.picture)) rows.set(turn.picture, makeRow(turn, go));
  return rows.get(turn.picture);
}

function makeRow(turn, go) {
  const button = make('button', { type: 'button', className: 'turn', onclick: () => go(turn) },
    make('img', { src: `${turn.picture}?small`, alt: '', loading: 'lazy', width: 54, height: 54 }),
    make('span', { className: 'text' },
      make('span', { className: 'edit' }, turn.edit || turn.prompt),
      turn.said && turn.said !== (turn.edit || turn.prompt) ? make('span', { className: 'said' }, turn.said) : null));
  button.dataset.turn = turn.id;
  return make('li', { className: turn.parent ? '' : 'root' }, button);
}
