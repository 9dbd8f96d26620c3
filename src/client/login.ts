import { ChatError } from '../errors.js';
import type { OwnUser, User } from '../protocol.js';
import type { ChatClient } from './client.js';
import type { TokenSource } from './token.js';

/** One user's stay, from `connectUser` to `disconnectUser`: who, by which token, and who waits for the greeting. */
export class Login {
  /** What is sent at every connect: given by the page, kept up to date from the server. */
  readonly user: User;
  readonly tokens: TokenSource;
  /** Settles with the greeting, or the reason why there is none. */
  readonly greeted: Promise<OwnUser>;
  outcome: 'pending' | 'connected' | 'failed' = 'pending';
  /** The privacy settings in `user` are newer than what the server is known to have. */
  unsaved = false;
  /** Aborts with a `ChatError` when the stay ends: its late answers concern nobody. */
  readonly ended = new AbortController();
  succeed!: (me: OwnUser) => void;
  fail!: (error: ChatError) => void;

  constructor(user: User, tokens: TokenSource, client: ChatClient) {
    const { host, options, baseURL, state } = client;
    const limitMs = options.timeouts?.connectMs ?? 15_000;
    this.user = JSON.parse(JSON.stringify(user)) as User; // ours from now on, and exactly what is sent
    this.tokens = tokens;
    this.greeted = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    const late = () => {
      const message = `No connection to ${baseURL} within ${limitMs} ms. Trying goes on; check the base URL.`;
      this.fail(new ChatError('timeout', message, { cause: state.value.connection.error }));
    };
    const timer = host.setTimeout(late, limitMs);
    const settle = (outcome: Login['outcome']) => () => {
      host.clearTimeout(timer);
      this.outcome = outcome;
    };
    this.greeted.then(settle('connected'), settle('failed'));
  }

  end(error: ChatError): void {
    this.fail(error);
    this.ended.abort(error);
  }
}
