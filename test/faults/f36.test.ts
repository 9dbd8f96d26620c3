import { expect } from '@open-wc/testing';
import type { Message } from '../../src/protocol.js';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS, type Stage } from './stage.js';

const openStage = stages();

type Event = Record<string, unknown> & { type: string };

/** One REST call of the reader's, from elsewhere. @returns The message in its answer. */
async function command(
  { rig, reader }: Stage,
  method: string,
  path: string,
  text?: string,
): Promise<Message> {
  const body = text === undefined ? undefined : { message: { text } };
  return ((await rig.command(reader, method, path, body)) as { message: Message }).message;
}

const write = (stage: Stage, text: string) =>
  command(stage, 'POST', `/channels/${stage.cid.replace(':', '/')}/message`, text);

/** Lets these come to the page after all that the server has told so far, and waits until they have. */
async function tell(stage: Stage, events: readonly Event[]): Promise<void> {
  const { page, rig, cid } = stage;
  const all = events.map((event) => ({ cid, created_at: new Date().toISOString(), ...event }));
  if (page.changes.at(-1)?.transport === 'websocket')
    for (const event of all) await rig.proxy.inject(JSON.stringify(event));
  else {
    await rig.proxy.addFault({ transport: 'longpoll', answer: { body: JSON.stringify({ events: all }) } });
    // Ends the poll that is held: the next one gets that answer.
    await stage.produce(1);
    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
  }
  await stage.produce(1);
  expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
}

/** All texts but the numbered ones. */
const texts = async ({ page }: Stage) => (await page.texts()).filter((text) => !text.startsWith('#'));

for (const transport of TRANSPORTS) {
  describe(`F36 events in the wrong order (${transport})`, () => {
    it('never bring back an older version, nor what was deleted', async () => {
      const stage = await openStage({ on: transport });
      const written = await write(stage, 'As it was written');
      await eventually(async () => (await texts(stage)).join() === 'As it was written', 'the message');
      const path = `/messages/${written.id}`;
      const changed = await command(stage, 'POST', path, 'As it was changed');
      await eventually(async () => (await texts(stage)).join() === 'As it was changed', 'its change');

      await tell(stage, [
        { type: 'message.updated', message: written },
        { type: 'message.new', message: written },
      ]);
      expect(await texts(stage)).to.deep.equal(['As it was changed']);

      await command(stage, 'DELETE', `${path}?hard=true`);
      await eventually(async () => !(await texts(stage)).length, 'no message');
      await tell(stage, [
        { type: 'message.new', message: written },
        { type: 'message.updated', message: changed },
      ]);
      expect(await texts(stage)).to.deep.equal([]);
    });

    it('show the last version alone of what was changed or deleted before it came', async () => {
      const stage = await openStage({ on: transport });
      await stage.begins();
      const written = await write(stage, 'A model');
      await eventually(async () => (await texts(stage)).length, 'the message');
      const { updated_at } = await command(stage, 'POST', `/messages/${written.id}`, 'Model');
      const old = (id: string): Message => ({ ...written, id, text: `Old ${id}` });
      const fresh = (id: string): Message => ({ ...old(id), text: `New ${id}`, updated_at });

      await tell(stage, [
        { type: 'message.updated', message: fresh('changed') },
        { type: 'message.new', message: old('changed') },
        { type: 'message.deleted', message: { ...fresh('deleted'), type: 'deleted' } },
        { type: 'message.updated', message: old('deleted') },
        { type: 'message.new', message: old('deleted') },
        { type: 'message.deleted', hard_delete: true, message: fresh('erased') },
        { type: 'message.new', message: old('erased') },
      ]);

      expect((await texts(stage)).toSorted()).to.deep.equal(['Message deleted', 'Model', 'New changed']);
    });
  });
}
