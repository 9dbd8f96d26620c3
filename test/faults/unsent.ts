import type { LocalMessage } from '../../src/client/state.js';
import type { ChatErrorCode } from '../../src/errors.js';
import type { Page } from '../support/rig/page.js';

interface Kept {
  message: LocalMessage;
  error?: { code: ChatErrorCode };
}

/** What pages of this origin have stored of messages that were not sent. */
export async function unsent({ window }: Page): Promise<Kept[]> {
  const databases = await window.indexedDB.databases();
  const all = databases.map(
    ({ name = '' }) =>
      new Promise<Kept[]>((resolve, reject) => {
        const opening = window.indexedDB.open(name);
        // A page that ends while it makes its database leaves none, or one without anything in it.
        let made = false;
        opening.onupgradeneeded = () => {
          made = true;
          opening.transaction?.abort();
        };
        opening.onerror = () => (made ? resolve([]) : reject(new Error(`${name} does not open`)));
        opening.onsuccess = () => {
          const { result: database } = opening;
          if (!database.objectStoreNames.contains('messages')) {
            database.close();
            return resolve([]);
          }
          const reading = database.transaction('messages').objectStore('messages').getAll();
          reading.onerror = reject;
          reading.onsuccess = () => {
            database.close();
            resolve(reading.result as Kept[]);
          };
        };
      }),
  );
  return (await Promise.all(all)).flat();
}
