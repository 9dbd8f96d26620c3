import { expect } from '@open-wc/testing';
import type { Channel } from '../../src/client/channel.js';
import type { LocalMessage } from '../../src/client/state.js';
import { eventually } from '../support/rig/eventually.js';
import { stages, TRANSPORTS, type Stage } from './stage.js';
import { unsent } from './unsent.js';

const openStage = stages();

/** The status of each refusal, by code. */
const REFUSALS = { 4: 400, 17: 403, 20: 400, 22: 413 };
const CODES = Object.keys(REFUSALS).map(Number);

const channelOf = ({ page, cid }: Stage): Channel => page.client.channels.find(cid) as Channel;
const own = (stage: Stage): readonly LocalMessage[] => channelOf(stage).state.value.messages;

/** Has the reader write it, past the page. */
async function written({ rig, reader }: Stage, cid: string, id: string): Promise<void> {
  const path = `/channels/${cid.replace(':', '/')}/message`;
  await rig.command(reader, 'POST', path, { message: { id, text: 'From an earlier try' } });
}

/** The message with this text, as the list shows it. */
async function shown({ page }: Stage, text: string): Promise<Element | undefined> {
  const all = (await page.list()).querySelectorAll('[part~="message"]');
  return [...all].find((message) => message.querySelector('.words')?.textContent === text);
}

for (const transport of TRANSPORTS) {
  describe(`F32 messages that the server refuses (${transport})`, () => {
    it('are marked with the reason and kept, and those behind them are sent', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      for (const [code, status] of Object.entries(REFUSALS)) {
        const body = JSON.stringify({ code: Number(code), StatusCode: status, message: 'No.' });
        await rig.proxy.addFault({ method: 'POST', path: '/message\\?', answer: { status, body } });
      }

      for (const code of CODES) await page.send(`Refused with ${code}`);
      await page.send('Taken');
      // Above those that failed, so that its mark is not shown.
      await eventually(() => own(stage).some(({ status }) => status === 'sent'), 'the message that is taken');

      expect(await stage.stored()).to.deep.equal(['Taken']);
      const failed = own(stage).filter(({ status }) => status === 'failed');
      expect(failed.map(({ error }) => error?.apiCode)).to.deep.equal(CODES);
      expect(failed.map(({ text }) => text)).to.deep.equal(CODES.map((code) => `Refused with ${code}`));
      expect(page.chatErrors).to.deep.equal([
        'invalid-input',
        'not-allowed',
        'message-too-long',
        'too-large',
      ]);
      for (const { text } of failed)
        expect((await shown(stage, text ?? ''))?.querySelector('[role="alert"]')?.textContent).to.equal(
          'Not sent',
        );
    });

    it('are still there after a reload, and sent when the visitor says so', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      const body = '{"code":17,"StatusCode":403,"message":"No."}';
      await rig.proxy.addFault({ method: 'POST', path: '/message\\?', answer: { status: 403, body } });
      await page.send('Refused at first');
      await eventually(() => shown(stage, 'Refused at first'), 'the message');
      const refused = async () =>
        (await unsent(page)).some(({ message, error }) => message.cid === stage.cid && error);
      await eventually(refused, 'the refusal in the storage');

      await page.reload();
      await eventually(() => shown(stage, 'Refused at first'), 'the message after the reload');
      expect(own(stage)[0]?.error?.code).to.equal('not-allowed');
      expect(await stage.stored()).to.deep.equal([]);
      const failure = await eventually(
        async () => (await shown(stage, 'Refused at first'))?.querySelector('[part~="failure"] button'),
        'what can be done',
      );
      (failure as HTMLElement).click();
      await eventually(() => page.sentMark('Refused at first'), 'the mark of a message that was sent');

      expect(await stage.stored()).to.deep.equal(['Refused at first']);
      expect(await page.texts()).to.deep.equal(['Refused at first']);
    });
  });

  describe(`F32 an id that the server has already (${transport})`, () => {
    it('is a message that was sent, where it is ours', async () => {
      const stage = await openStage({ pages: 0 });
      const id = stage.rig.unique('known');
      await written(stage, stage.cid, id);
      // So that the page has not seen it.
      await stage.produce(30, 1);
      await stage.rig.produced();
      const page = await stage.openPage({ on: transport });
      await eventually(() => channelOf(stage).state.value.messages.length === 30, 'the newest messages');

      const body = `{"code":4,"StatusCode":400,"message":"SendMessage failed with error: \\"a message with ID ${id} already exists\\""}`;
      await stage.rig.proxy.addFault({ method: 'POST', path: '/message\\?', answer: { status: 400, body } });
      const sent = await channelOf(stage).sendMessage({ id, text: 'From an earlier try' });

      expect(sent.status).to.equal('sent');
      const texts = await page.texts();
      expect(texts.filter((text) => text === 'From an earlier try')).to.have.lengthOf(1);
      expect((await stage.stored()).length).to.equal(31);
    });

    it('is a refusal, where it belongs to another channel', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig, reader } = stage;
      const id = rig.unique('known');
      await written(stage, await rig.makeChannel(rig.unique('elsewhere'), [reader]), id);

      const refused = await channelOf(stage)
        .sendMessage({ id, text: 'Somewhere else' })
        .catch(({ apiCode }: { apiCode: number }) => apiCode);

      expect(refused).to.equal(4);
      await eventually(() => shown(stage, 'Somewhere else'), 'the message, which is kept');
      await page.send('The next');
      await eventually(() => own(stage).some(({ status }) => status === 'sent'), 'the message that is taken');
      expect(await stage.stored()).to.deep.equal(['The next']);
    });
  });
}
