const query = new URLSearchParams(location.search);
const user = query.get('user') ?? 'ada';
const NAMES = { ada: 'Ada', bob: 'Bob', cyd: 'Cyd', dan: 'Dan' };

const find = (id) => document.querySelector(`#${id}`);
const session = document.createElement('chat-session');

find('name').textContent = NAMES[user] ?? user;
session.setAttribute('api-key', 'demo');
session.setAttribute('base-url', location.origin);
// The switches stand for on as well as off, whatever an earlier visit has stored.
session.user = {
  id: user,
  privacy_settings: { typing_indicators: { enabled: true }, read_receipts: { enabled: true } },
};
session.setAttribute('token-url', '/demo/token');
session.setAttribute('channel', query.get('channel') ?? 'messaging:demo');

session.addEventListener('chat-connection-change', ({ status, transport }) => {
  find('status').textContent = status === 'live' ? `live over ${transport}` : status;
});

function follow(id, attribute) {
  const input = find(id);
  input.checked = !query.has(attribute);
  const apply = () => session.toggleAttribute(attribute, !input.checked);
  input.addEventListener('change', () => {
    apply();
    remember(attribute, !input.checked);
  });
  apply();
}

/** Keeps a switch in the address, so that a reload finds it as it was. */
function remember(name, on) {
  if (on) query.set(name, '');
  else query.delete(name);
  history.replaceState(null, '', `?${query}`);
}

follow('typing', 'no-typing-indicators');
follow('reads', 'no-read-receipts');

find('websocket').checked = !query.has('no-websocket');
find('websocket').addEventListener('change', (event) => {
  remember('no-websocket', !event.target.checked);
  location.reload();
});

document.body.append(session);
