import { ChatError } from '../errors.js';
import { shown, userProblem, type User } from '../protocol.js';

/** What a page said of the session it wants; the properties of `<chat-session>`. */
export interface SessionSettings {
  apiKey: string;
  baseUrl: string;
  user: User | string | undefined;
  token: string | undefined;
  tokenUrl: string;
  tokenProvider: (() => Promise<string>) | undefined;
  noWsFallback: boolean;
  shareConnection: boolean;
  noTypingIndicators: boolean;
  noReadReceipts: boolean;
}

/**
 * Who is to chat; undefined while the page has named neither a user nor a token, as before a visitor
 * signs in.
 *
 * @throws {ChatError} `invalid-option`, `invalid-user` or `invalid-token`: what is missing or malformed.
 */
export function readUser({
  apiKey,
  user,
  token,
  tokenUrl,
  tokenProvider,
}: SessionSettings): User | undefined {
  if (!apiKey) throw new ChatError('invalid-option', 'No api-key. Set it to the key of your app.');
  const hasToken = tokenProvider || tokenUrl || token;
  if (!user && !hasToken) return undefined;
  const read = typeof user === 'string' ? parseUser(user.trim()) : user;
  const problem = userProblem(read);
  if (problem) throw new ChatError('invalid-user', problem);
  if (!hasToken) throw new ChatError('invalid-token', 'No token. Set token-url, token or tokenProvider.');
  return read as User;
}

function parseUser(text: string): unknown {
  if (!text.startsWith('{')) return { id: text };
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `The user is an id or JSON; got ${shown(text)}. Write it like user='{"id":"ada"}'.`;
    throw new ChatError('invalid-user', message, { cause });
  }
}

/** Equal for settings that make the same session: a page may pass a fresh object at every render. */
export function sessionKey(settings: SessionSettings, user: User): string {
  const { apiKey, baseUrl, noWsFallback, shareConnection, token, tokenUrl, tokenProvider } = settings;
  const source = tokenProvider ? true : tokenUrl ? [tokenUrl] : token;
  return JSON.stringify([apiKey, baseUrl, noWsFallback, shareConnection, user, source]);
}

/**
 * Where the session's tokens come from. A provider that is set later takes the place of the first one.
 *
 * @throws {ChatError} `invalid-option`: token-url is no address.
 */
export function tokenSource(settings: SessionSettings, userId: string): string | (() => Promise<string>) {
  const { token = '', tokenUrl, tokenProvider } = settings;
  if (tokenProvider) return () => (settings.tokenProvider ?? tokenProvider)();
  if (!tokenUrl) return token;
  const url = new URL(address('token-url', tokenUrl));
  url.searchParams.set('user_id', userId);
  return () => fetchToken(url);
}

/** The absolute form of what an attribute says. @throws {ChatError} `invalid-option` */
export function address(attribute: string, url: string): string {
  const href = URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).href : '';
  if (/^https?:/.test(href)) return href;
  const message = `${attribute} is an address of http or https; got ${shown(url)}. Correct it.`;
  throw new ChatError('invalid-option', message);
}

/** Asks the page's own backend, which knows the visitor by cookies, for a token. Its answer is never repeated. */
async function fetchToken(url: URL): Promise<string> {
  const response = await fetch(url, { credentials: 'include', cache: 'no-store' });
  const text = (await response.text()).trim();
  let token: unknown = text;
  try {
    token = (JSON.parse(text) as { token?: unknown }).token;
  } catch {
    // the token alone
  }
  if (response.ok && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(String(token))) return String(token);
  const { status } = response;
  const message = `token-url answers {"token": …} or the token alone; got neither, with status ${status}.`;
  throw new ChatError('bad-response', message, { status });
}
