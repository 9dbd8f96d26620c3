import { Log } from './faults-log.js';

// One chat through the fault proxy of `npm run proxy`, and the proxy's switches. `?proxy=8090&control=8091`
// says where that listens.
const query = new URLSearchParams(location.search);
const proxyPort = Number(query.get('proxy') ?? 8090);
const controlPort = Number(query.get('control') ?? proxyPort + 1);

const NAMES = { websocket: 'WebSocket', longpoll: 'Long-poll', http: 'Other requests' };
const MODES = {
  pass: 'All of it goes through.',
  reset: 'New ones are cut with a TCP reset.',
  refuse: 'New ones are answered with 403.',
  hang: 'New ones are never answered.',
  swallow: 'New ones reach the server, and nothing comes back.',
  blackhole: 'Every byte is dropped, also of what is open; what lost some stays mute until it is reset.',
  hold: 'Answers are kept back until they are complete.',
};
const KEEPS_OPEN = ['reset', 'refuse', 'hang', 'swallow', 'hold'];

const find = (id) => document.querySelector(`#${id}`);
const log = new Log();
let session;

/** One call of the proxy's controls. */
async function call(name, ...args) {
  const response = await fetch(`http://127.0.0.1:${controlPort}/${name}`, {
    method: 'POST',
    body: JSON.stringify(args),
  });
  const { value, error } = await response.json();
  if (error) throw new Error(error);
  return value;
}

/** Does something at the proxy, and says what, or why not. */
async function act(said, ...rest) {
  try {
    await call(...rest);
    find('said').textContent = said;
    await look();
  } catch (error) {
    find('said').textContent = error.message;
  }
}

function button(text, onClick) {
  const made = document.createElement('button');
  made.textContent = text;
  made.addEventListener('click', onClick);
  return made;
}

/** The name of a transport with what ends its connections, and under it its modes. */
function makeGroup(transport) {
  const name = NAMES[transport];
  const title = document.createElement('h2');
  title.textContent = name;
  title.id = `of-${transport}`;
  const reset = button('Reset now', () => act(`${name}: reset, on both sides.`, 'reset', transport));
  const cut = button('Cut client side', () =>
    act(`${name}: cut off; the server still takes it for connected.`, 'cutClients', transport),
  );
  const modes = Object.keys(MODES).filter((mode) => mode !== 'hold' || transport !== 'websocket');
  const group = document.createElement('div');
  group.setAttribute('role', 'group');
  group.setAttribute('aria-labelledby', title.id);
  group.append(row(title, reset, cut), row(...modes.map((mode) => modeButton(transport, mode))));
  return group;
}

function modeButton(transport, mode) {
  const rest = KEEPS_OPEN.includes(mode) ? ' What is open stays so: “Reset now” ends it.' : '';
  const said = `${NAMES[transport]}, ${mode}: ${MODES[mode]}${rest}`;
  const made = button(mode, () => act(said, 'setMode', mode, { transport }));
  Object.assign(made.dataset, { transport, mode });
  made.title = MODES[mode];
  return made;
}

function row(...children) {
  const made = document.createElement('div');
  made.className = 'row';
  made.append(...children);
  return made;
}

/** What the proxy does now, whoever told it to. */
function show({ modes, shapes }) {
  for (const each of document.querySelectorAll('[data-mode]'))
    each.setAttribute('aria-pressed', modes[each.dataset.transport] === each.dataset.mode);
  const { latencyMs = 0, bytesPerSecond = 0, idleKillMs = 0 } = shapes.http;
  for (const [id, value] of Object.entries({ latency: latencyMs, speed: bytesPerSecond, idle: idleKillMs }))
    if (document.activeElement !== find(id)) find(id).value = value;
}

function begin({ url, target }) {
  session = document.createElement('chat-session');
  const attributes = { 'api-key': 'demo', 'base-url': url, user: 'ada', 'token-url': '/demo/token' };
  for (const [name, value] of Object.entries(attributes)) session.setAttribute(name, value);
  session.setAttribute('channel', 'messaging:demo');
  session.addEventListener('chat-connection-change', ({ status, transport }) => {
    const text = status === 'live' ? `live over ${transport}` : status;
    find('status').textContent = text;
    log.widget(text);
  });
  session.addEventListener('chat-error', ({ error }) => log.widget(`${error.code}: ${error.message}`));
  find('chat').append(session);
  find('main').hidden = false;
  if (String(target) !== location.port)
    find('said').textContent =
      `The proxy leads to port ${target}, and this page comes from ${location.port}: their keys may differ.`;
}

let attempts = 0;
let looking = Promise.resolve();

/** One look after the other: an older one that is answered later would put things back. */
function look() {
  const next = looking.catch(() => undefined).then(lookOnce);
  looking = next;
  return next;
}

async function lookOnce() {
  const state = await call('state');
  if (state.attempts < attempts) log.restart();
  attempts = state.attempts;
  show(state);
  log.attempts(await call('log', { since: log.since }));
  if (!session) begin(state);
}

async function follow() {
  for (;;) {
    const there = await look().then(
      () => true,
      () => false,
    );
    find('absent').hidden = there;
    find('controls').inert = !there;
    await new Promise((resolve) => setTimeout(resolve, there ? 400 : 1500));
  }
}

function shape() {
  const [latencyMs, bytesPerSecond, idleKillMs] = ['latency', 'speed', 'idle'].map((id) =>
    Number(find(id).value),
  );
  return act('The line has changed, for all of them.', 'setShape', {
    latencyMs,
    bytesPerSecond,
    idleKillMs,
  });
}

let written = 0;

/** Straight to the server, so that it is seen whether the widget gets to know of it. */
async function writeAsBob() {
  const { token } = await (await fetch('/demo/token?user_id=bob')).json();
  await fetch('/channels/messaging/demo/message?api_key=demo&user_id=bob', {
    method: 'POST',
    headers: { authorization: token, 'stream-auth-type': 'jwt', 'content-type': 'application/json' },
    body: JSON.stringify({ message: { text: `Past the proxy, number ${++written}` } }),
  });
}

const message = { method: 'POST', path: '/message\\?' };
const tooMany = { status: 429, headers: { 'retry-after': '3', 'access-control-expose-headers': '*' } };

find('transports').append(...Object.keys(NAMES).map(makeGroup));
for (const id of ['latency', 'speed', 'idle']) find(id).addEventListener('change', shape);
find('clear').addEventListener('click', () => act('All faults are off.', 'clear'));
find('bob').addEventListener('click', writeAsBob);
find('lose-reply').addEventListener('click', () =>
  act('The server will store the next message, and its reply gets lost.', 'addFault', {
    ...message,
    cut: { after: 0 },
  }),
);
find('answer-429').addEventListener('click', () =>
  act('The next message is too much for now, and is asked for again in 3 s.', 'addFault', {
    ...message,
    answer: tooMany,
  }),
);
if (query.has('proxy') || query.has('control'))
  find('command').textContent = `npm run proxy -- --port ${proxyPort} --control ${controlPort}`;
void follow();
