// The picture: with a word's heat over it, beside another one, or with the preview of the
// next.
import { byId } from './dom.js';

const shown = byId('shown'), other = byId('other'), heat = byId('heat'), preview = byId('preview');
const frame = byId('frame'), unveil = byId('unveil'), select = byId('compare-with'), slider = byId('compare-at');
let head = null, comparing = false, wanted = 0, previewURL = '';

/** Shows a turn's picture. */
export function show(turn) {
  if (head?.picture !== turn?.picture) clearHeat();
  head = turn;
  byId('figure').classList.toggle('empty', !turn);
  byId('blank').hidden = !!turn;
  shown.hidden = !turn;
  if (!turn) return;
  const url = turn.picture;
  if (shown.getAttribute('src') !== url) {
    shown.src = url;
    shown.alt = turn.prompt;
  }
  unveil.hidden = !turn.hidden;
  document.title = `${turn.prompt} · Pentimento`;
}

unveil.addEventListener('click', () => {
  shown.src = `${head.picture}?shown`;
  unveil.hidden = true;
  byId('said').focus();
});

/** Shows where a word acts, a moment later: a pointer that passes asks for nothing. */
export function showHeat(word) {
  const mine = ++wanted;
  const of = head;
  setTimeout(() => {
    if (mine !== wanted || !of || of.hidden) return;
    heat.onload = () => (heat.hidden = mine !== wanted);
    heat.onerror = () => (heat.hidden = true);
    heat.alt = `where “${word}” acts`;
    heat.src = `${of.picture.replace('/picture/', '/heat/')}?word=${encodeURIComponent(word)}`;
    if (heat.complete && heat.naturalWidth) heat.hidden = false;
  }, 180);
}

/** Shows the picture alone again. */
export function clearHeat() {
  wanted++;
  heat.hidden = true;
}

/** Shows the preview of what is being drawn, or none. */
export function showPreview(base64) {
  if (previewURL) URL.revokeObjectURL(previewURL);
  previewURL = '';
  preview.hidden = !base64;
  if (!base64) return;
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  previewURL = URL.createObjectURL(new Blob([bytes]));
  preview.src = previewURL;
  byId('figure').classList.remove('empty');
  byId('blank').hidden = true;
}

/** Offers turns to compare with: the picture before this one, the first, the others. */
export function offerComparison(turns, current, root) {
  const before = select.value;
  select.replaceChildren();
  for (const turn of turns) {
    if (turn.id === current.id) continue;
    const name = turn.id === current.parent ? 'before' : turn.id === root ? 'original' : `turn ${turn.id}`;
    select.append(new Option(`${name}: ${turn.edit || turn.prompt}`.slice(0, 60), turn.id));
  }
  const has = (value) => [...select.options].some((o) => o.value === value);
  select.value = has(before) && comparing ? before : has(String(current.parent)) ? String(current.parent) : select.options[0]?.value ?? '';
  byId('comparing').disabled = select.options.length === 0;
  if (select.options.length === 0) compare(false, turns);
  else if (comparing) compare(true, turns);
}

/** Shows the other picture beside this one, or not. */
export function compare(on, turns) {
  comparing = on;
  byId('comparing').setAttribute('aria-pressed', on);
  byId('compare').hidden = !on;
  frame.classList.toggle('comparing', on);
  const turn = on && turns.get(Number(select.value));
  other.hidden = !turn;
  if (turn) {
    other.src = turn.picture;
    other.alt = turn.prompt;
  }
}

export const isComparing = () => comparing;
slider.addEventListener('input', () => frame.style.setProperty('--at', `${slider.value}%`));
