// A cookie that keeps to its own site is not sent when a link elsewhere leads here: who
// has entered is known once the page asks by itself.
const known = await fetch('/conversations');
if (known.ok) location.reload();
