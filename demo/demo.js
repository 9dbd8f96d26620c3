const theme = document.querySelector('#theme');
const rtl = document.querySelector('#rtl');
const sides = [...document.querySelectorAll('iframe')];

function apply(root) {
  if (!root) return; // a side that is only loading
  root.dir = rtl.checked ? 'rtl' : 'ltr';
  root.dataset.theme = theme.value;
}

function applyToAll() {
  apply(document.documentElement);
  for (const side of sides) apply(side.contentDocument?.documentElement);
}

theme.addEventListener('change', applyToAll);
rtl.addEventListener('change', applyToAll);
// A side loads itself again when its WebSocket is switched.
for (const side of sides) side.addEventListener('load', applyToAll);
applyToAll();
