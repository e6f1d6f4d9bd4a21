// Elements are made of names and text, and never of HTML: what somebody wrote stays text.

/** Makes an element with properties, and children that are elements or text. */
export function make(name, properties = {}, ...children) {
  const out = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith('on')) out.addEventListener(key.slice(2), value);
    else if (key in out && key !== 'list') out[key] = value;
    else out.setAttribute(key, value);
  }
  out.append(...children.filter((c) => c !== null && c !== undefined));
  return out;
}

/** The element of the page with that id. */
export const byId = (id) => document.getElementById(id);

/** Has a screen reader say something, once. */
export function announce(text) {
  byId('status').textContent = text;
}
