import type { ChatError } from '../../errors.js';
import { mayDisclose, type OwnUser, type PrivacySettings } from '../../protocol.js';
import type { ChatClient } from '../client.js';
import type { Login } from '../login.js';

const keepers = new WeakMap<ChatClient, PrivacyKeeper>();

export function privacyOf(client: ChatClient): PrivacyKeeper {
  const keeper = keepers.get(client) ?? new PrivacyKeeper(client);
  keepers.set(client, keeper);
  return keeper;
}

/** Brings to the server what others may learn of the user. Here a change counts at once. */
class PrivacyKeeper {
  #client: ChatClient;
  #saving = Promise.resolve();

  constructor(client: ChatClient) {
    this.#client = client;
  }

  /** @throws {ChatError} as `ChatClient.updatePrivacy`. */
  async update(settings: PrivacySettings): Promise<OwnUser> {
    const client = this.#client;
    const { login } = client;
    const { privacy_settings: before } = client.state.value.user ?? login.user;
    const privacy_settings = { ...before, ...settings };
    if (!mayDisclose({ privacy_settings }, 'typing.start'))
      for (const channel of client.channels) channel.stopTyping();
    login.user.privacy_settings = privacy_settings;
    login.unsaved = true;
    client.takeMe({});
    try {
      await this.#save(login);
    } catch (error) {
      if ((error as ChatError).retryable) throw error;
      login.user.privacy_settings = before;
      client.takeMe({});
      login.unsaved = false;
      throw error;
    }
    return client.state.value.user ?? login.user;
  }

  /** Resolves once the server knows. Reads are not marked before: it may not know yet that they are private. */
  async settled(): Promise<void> {
    await this.#saving.catch(() => undefined);
    const { login } = this.#client;
    if (login.unsaved) await this.#save(login);
  }

  /** One after the other, each with the settings of its moment. */
  #save(login: Login): Promise<void> {
    const save = async () => {
      const { id, privacy_settings } = login.user;
      const body = { users: [{ id, set: { privacy_settings } }] };
      await this.#client.request({ method: 'PATCH', path: '/users', body });
      if (login.user.privacy_settings === privacy_settings) login.unsaved = false;
    };
    return (this.#saving = this.#saving.then(save, save));
  }
}
