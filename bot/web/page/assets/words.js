// The prompt as words. Each shows where it acts, and has a slider that makes it count more
// or less.
import { byId, make } from './dom.js';
import { clearHeat, showHeat } from './picture.js';

const most = 3;
let open = ''; // the word whose slider is shown

/** Shows the words of a turn. weigh is called with a word and a factor. */
export function showWords(turn, weigh) {
  const parts = (turn?.words ?? []).map((word) => (word.name ? wordButton(turn, word, weigh) : document.createTextNode(word.text)));
  byId('words').replaceChildren(...parts.flat());
}

function wordButton(turn, word, weigh) {
  const kind = word.weight > 1 ? 'strong' : word.weight < 1 ? 'weak' : '';
  const button = make('button', {
    type: 'button', className: `word ${kind}`, 'aria-expanded': String(open === word.name),
    onmouseenter: () => showHeat(word.name), onmouseleave: clearHeat,
    onfocus: () => button.matches(':focus-visible') && showHeat(word.name), onblur: clearHeat,
    onclick: () => {
      open = open === word.name ? '' : word.name;
      showWords(turn, weigh);
      const again = [...byId('words').querySelectorAll('.word')].find((b) => b.textContent === word.text && (b.dataset.name === word.name));
      (open ? byId('words').querySelector('.slider input') : again)?.focus();
    },
  }, word.text);
  button.dataset.name = word.name;
  const out = [button];
  if (word.weight !== 1) out.push(make('span', { className: 'weight' }, `×${round(word.weight)}`));
  if (open === word.name) out.push(slider(turn, word, weigh));
  return out;
}

const settle = 400; // milliseconds: keys move a slider step by step
let settling;

function slider(turn, word, weigh) {
  const value = make('output', {}, round(word.weight));
  const range = make('input', {
    type: 'range', min: 0, max: Math.max(most, Math.ceil(word.weight)), step: 0.1, value: word.weight,
    'aria-label': `How strongly “${word.text}” acts; 1 is as it is`,
    oninput: () => (value.textContent = round(range.value)),
    onchange: () => {
      clearTimeout(settling);
      settling = setTimeout(() => Number(range.value) !== word.weight && weigh(word.name, range.value), settle);
    },
    onkeydown: (event) => {
      if (event.key !== 'Escape') return;
      open = '';
      showWords(turn, weigh);
    },
  });
  range.value = word.weight; // after min, max and step
  return make('span', { className: 'slider' }, range, value);
}

const round = (n) => String(Math.round(Number(n) * 100) / 100);
