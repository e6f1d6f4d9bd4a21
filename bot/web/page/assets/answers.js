// What was said last, how far it is, and what came of it; the latest first.
import { announce, byId, make } from './dom.js';

const most = 4;
const items = new Map(); // by event: {said, result, element}

/** Notes that something was said. */
export function heard(event, said) {
  if (items.has(event)) return;
  for (const [other, item] of items) {
    item.element.classList.remove('now');
    if (item.result) draw(other);
  }
  const element = make('li', { className: 'now' });
  items.set(event, { said, element });
  byId('answers').prepend(element);
  draw(event);
  for (const [old, item] of items) {
    if (items.size <= most) break;
    if (item.result) {
      item.element.remove();
      items.delete(old);
    }
  }
}

/** Shows how far something is. cancel stops it. */
export function progressed(p, cancel) {
  const item = items.get(p.event);
  if (!item || item.result) return;
  item.progress = p;
  item.cancel = cancel;
  draw(p.event);
}

/** Shows what came of something. on has what its buttons do. */
export function answered(result, on) {
  if (!items.has(result.event)) heard(result.event, '');
  const item = items.get(result.event);
  if (item.result) return;
  item.result = result;
  item.on = on;
  for (const [event, other] of items) {
    other.element.classList.toggle('now', event === result.event);
    if (event !== result.event && other.result) draw(event);
  }
  draw(result.event);
  announce(spoken(result));
}

/** Shows the question that is open. */
export function asks(question, on) {
  if (!question || [...items.values()].some((item) => item.result?.question?.text === question.text || item.result?.doubt?.text === question.text)) return;
  items.set('question', { said: '', result: { kind: 'question', question }, on, element: make('li', { className: 'now' }) });
  byId('answers').prepend(items.get('question').element);
  draw('question');
}

/** Forgets all. */
export function clearAnswers() {
  items.clear();
  byId('answers').replaceChildren();
}

function spoken(r) {
  if (r.problem) return r.problem.sentence;
  const asked = r.question?.text ?? r.doubt?.text ?? '';
  const what = r.kind === 'picture' ? `Drawn: ${r.edit}.` : r.kind === 'share' ? 'Shared. The address is on the page.' : r.text ?? '';
  return [what, asked, ...(r.notices ?? [])].filter(Boolean).join(' ');
}

function draw(event) {
  const item = items.get(event);
  const said = item.said ? make('span', { className: 'said' }, item.said) : null;
  item.element.replaceChildren(...[said, ...(item.result ? result(item) : waiting(item))].filter(Boolean));
}

function waiting(item) {
  const p = item.progress ?? {};
  let text = 'one moment …';
  if (p.notice) text = p.notice;
  else if (p.steps) text = `step ${p.step} of ${p.steps}`;
  else if (p.ahead) text = `${p.ahead} before this one`;
  const bar = p.steps ? make('progress', { max: p.steps, value: p.step, 'aria-label': 'How far the picture is' }) : null;
  const stop = item.cancel ? make('button', { type: 'button', className: 'cancel', onclick: item.cancel }, 'Cancel') : null;
  return [make('div', { className: 'bar' }, make('span', { className: 'seconds' }, text), bar, stop)];
}

function result({ result: r, on, element }) {
  const current = element.classList.contains('now'); // only the last question is open
  const out = [];
  if (r.problem) out.push(make('p', { className: 'problem' }, r.problem.sentence));
  if (r.kind === 'picture' && r.edit) {
    const took = r.seconds ? `  ${r.seconds.toFixed(1)} s` : '';
    out.push(make('p', {}, make('span', { className: 'edit' }, r.edit), make('span', { className: 'seconds' }, took)));
  }
  if (r.text && r.kind !== 'heat') out.push(make(['settings', 'help'].includes(r.kind) ? 'pre' : 'p', {}, r.text));
  if (r.kind === 'heat') out.push(make('p', {}, r.text));
  if (r.kind === 'share') out.push(...shared(r, on));
  for (const f of r.files ?? []) {
    if (f.picture) out.push(make('img', { src: f.url, alt: f.name }));
    out.push(make('p', {}, make('a', { href: `${f.url}?save`, download: f.name }, `Save ${f.name}`)));
  }
  for (const n of r.notices ?? []) out.push(make('p', { className: 'notice' }, n));
  for (const q of [r.question, r.doubt]) {
    if (!q) continue;
    out.push(make('p', {}, q.text));
    const buttons = q.choices.map((choice) => make('button', { type: 'button', onclick: () => on.choose(choice) }, choice));
    if (buttons.length && current) out.push(make('div', { className: 'choices' }, ...buttons));
  }
  return out;
}

function shared(r, on) {
  const url = `${location.origin}/s/${r.code}`;
  const field = make('input', { className: 'link', value: url, readOnly: true, 'aria-label': 'The address of what is shared', onfocus: () => field.select() });
  const copy = make('button', {
    type: 'button',
    onclick: async () => {
      field.select();
      await navigator.clipboard?.writeText(url).catch(() => {});
      copy.textContent = 'Copied';
    },
  }, 'Copy');
  return [
    make('p', {}, 'Whoever has this address sees the way to this picture and can go on from it. It works for 30 days, or until you take it back.'),
    make('div', { className: 'bar' }, field, copy, make('a', { className: 'button', href: url }, 'Open'),
      make('button', { type: 'button', className: 'unshare', onclick: () => on.unshare(r.code) }, 'Take back')),
  ];
}
