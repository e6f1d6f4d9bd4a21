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
  const rows = [];
  // Not by recursion: a way may have thousands of turns.
  const stack = (children.get(0) ?? []).map((turn) => ({ turn, depth: 0 })).reverse();
  while (stack.length) {
    const { turn, depth } = stack.pop();
    rows.push(row(turn, depth, turn.id === head, go));
    const below = children.get(turn.id) ?? [];
    for (let i = below.length - 1; i >= 0; i--) stack.push({ turn: below[i], depth: Math.min(8, depth + (i === below.length - 1 ? 0 : 1)) });
  }
  const list = byId('tree');
  const focused = document.activeElement?.closest?.('#tree [data-turn]')?.dataset.turn;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`[data-turn="${CSS.escape(focused)}"]`)?.focus();
  list.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
}

const kept = new Map(); // pictures that are loaded, by address

function row(turn, depth, current, go) {
  if (!kept.has(turn.picture)) {
    kept.set(turn.picture, make('img', { src: `${turn.picture}?small`, alt: '', loading: 'lazy', width: 54, height: 54 }));
  }
  const button = make('button', { type: 'button', className: 'turn', 'aria-current': current ? 'true' : null, onclick: () => go(turn) },
    kept.get(turn.picture),
    make('span', { className: 'text' },
      make('span', { className: 'edit' }, turn.edit || turn.prompt),
      turn.said && turn.said !== (turn.edit || turn.prompt) ? make('span', { className: 'said' }, turn.said) : null));
  button.dataset.turn = turn.id;
  const item = make('li', { className: turn.parent ? '' : 'root' }, button);
  item.style.setProperty('--depth', depth);
  return item;
}
