import { ChatError } from '../errors.js';
import { userProblem, type User } from '../protocol.js';

/** What a page said of the session it wants; the properties of `<chat-session>`. */
export interface SessionSettings {
  apiKey: string;
  baseUrl: string;
  user: User | string | undefined;
  token: string | undefined;
  tokenUrl: string;
  tokenProvider: (() => Promise<string>) | undefined;
  noWsFallback: boolean;
  noTypingIndicators: boolean;
  noReadReceipts: boolean;
}

/** A session that can begin. */
export interface SessionPlan {
  /** Equal for settings that make the same session: a page may pass a fresh object at every render. */
  key: string;
  apiKey: string;
  /** Absolute; undefined for the hosted service. */
  baseURL: string | undefined;
  enableWSFallback: boolean;
  /** With the privacy switches as they are when it is asked. */
  user: () => User;
  /** The provider of the page is asked through its settings, so that a new function takes the old one's place. */
  token: string | (() => Promise<string>);
}

/**
 * What `settings` ask for; undefined while the page has named neither a user nor a token, as before a
 * visitor signs in.
 *
 * @throws {ChatError} `invalid-option`, `invalid-user` or `invalid-token`: a wrong setting.
 */
export function planSession(settings: SessionSettings): SessionPlan | undefined {
  const { apiKey, token, tokenUrl, tokenProvider } = settings;
  if (!apiKey) throw new ChatError('invalid-option', 'No api-key. Set it to the key of your app.');
  const hasToken = Boolean(tokenProvider || tokenUrl || token);
  if (!settings.user && !hasToken) return undefined;
  const user = readUser(settings.user);
  if (!hasToken)
    throw new ChatError(
      'invalid-token',
      `No token for "${user.id}". Set token-url, token, or the property tokenProvider.`,
    );
  const baseURL = settings.baseUrl ? absolute('base-url', settings.baseUrl) : undefined;
  const url = tokenProvider || !tokenUrl ? '' : absolute('token-url', tokenUrl);
  const fixed = tokenProvider || url ? '' : (token ?? '');
  return {
    key: JSON.stringify([apiKey, baseURL, settings.noWsFallback, user, Boolean(tokenProvider), url, fixed]),
    apiKey,
    baseURL,
    enableWSFallback: !settings.noWsFallback,
    user: () => withPrivacy(user, settings),
    token: fixed || (() => (settings.tokenProvider ? settings.tokenProvider() : fetchToken(url, user.id))),
  };
}

function readUser(given: User | string | undefined): User {
  let user: unknown = given;
  if (typeof given === 'string') {
    const text = given.trim();
    try {
      user = text.startsWith('{') ? JSON.parse(text) : { id: text };
    } catch (cause) {
      const said = `The attribute "user" is an id or a JSON object; got ${JSON.stringify(text.slice(0, 60))}, which is no JSON.`;
      throw new ChatError('invalid-user', `${said} Write it like user='{"id":"ada","name":"Ada"}'.`, {
        cause,
      });
    }
  }
  let problem: string | undefined;
  try {
    problem = userProblem(user);
  } catch (cause) {
    const said = 'A user object is plain JSON; got one with a cycle or a BigInt. Pass plain values.';
    throw new ChatError('invalid-user', said, { cause });
  }
  if (problem) throw new ChatError('invalid-user', problem);
  return user as User;
}

/** A switch that is off goes with the user; one that is on leaves what the server has stored as it is. */
function withPrivacy(user: User, { noTypingIndicators, noReadReceipts }: SessionSettings): User {
  if (!noTypingIndicators && !noReadReceipts) return user;
  const off = { enabled: false };
  const privacy_settings = {
    ...user.privacy_settings,
    ...(noTypingIndicators && { typing_indicators: off }),
    ...(noReadReceipts && { read_receipts: off }),
  };
  return { ...user, privacy_settings };
}

function absolute(attribute: string, url: string): string {
  try {
    const { protocol, href } = new URL(url, document.baseURI);
    if (protocol === 'http:' || protocol === 'https:') return href;
  } catch {
    // told below
  }
  throw new ChatError(
    'invalid-option',
    `${attribute} is an address of http or https; got ${JSON.stringify(url.slice(0, 60))}. Write it like "https://chat.example.com".`,
  );
}

/** Asks the page's own backend, which knows the visitor by cookies, for a token. Its answer is never repeated. */
async function fetchToken(url: string, userId: string): Promise<string> {
  const address = new URL(url);
  address.searchParams.set('user_id', userId);
  const response = await fetch(address, { credentials: 'include', cache: 'no-store' }).catch(
    (cause: unknown) => {
      throw new ChatError(
        'network',
        `token-url ${url} did not answer. Check that it is there and allows this page.`,
        { cause },
      );
    },
  );
  const body = response.ok ? (await response.text()).trim() : '';
  const token = body.startsWith('{') ? tokenOf(body) : body;
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return token;
  throw new ChatError(
    'bad-response',
    `token-url answers {"token": "…"} or the token alone; got status ${response.status} and ${body.length} characters that are neither.`,
    { status: response.status },
  );
}

function tokenOf(json: string): string {
  try {
    return String((JSON.parse(json) as { token?: unknown }).token);
  } catch {
    return '';
  }
}
