import type { Changes } from './speakers.js';

/** What is known of speakers; an update of the columns named makes no difference to them. */
const WATCHED = new Map<string, readonly string[]>([
  ['channels', ['seq', 'last_event_at', 'last_message_at', 'updated_at']],
  [
    'members',
    [
      'unread',
      'last_read',
      'last_read_message_id',
      'last_delivered_at',
      'last_delivered_message_id',
      'hidden',
    ],
  ],
  ['bans', []],
  ['users', []],
]);

/** Reads the statements that one connection runs, and counts the changes of speakers that they commit. */
export class ChangesSeen implements Changes {
  count = 0;
  #inTransaction = false;
  #changed = false;

  /** The statement has been run, whether it failed or not. */
  ran(statement: string): void {
    if (statement === 'begin') this.#inTransaction = true;
    else if (statement === 'commit' || statement === 'rollback') this.#inTransaction = false;
    else this.#changed ||= mayChange(statement);
    if (this.#inTransaction || !this.#changed) return;
    this.#changed = false;
    this.count++;
  }
}

/** True in doubt. */
function mayChange(statement: string): boolean {
  if (statement.startsWith('select ')) return false;
  const [, verb, table = ''] = /^(insert into|update|delete from) "(\w+)"/.exec(statement) ?? [];
  const unnoticed = WATCHED.get(table);
  if (!verb) return true;
  if (!unnoticed) return false;
  if (verb !== 'update') return true;
  const [, set = ''] = / set (.*?)(?: where |$)/s.exec(statement) ?? [];
  const columns = [...set.matchAll(/"(\w+)" = /g)].map(([, column = '']) => column);
  return !columns.length || !columns.every((column) => unnoticed.includes(column));
}
