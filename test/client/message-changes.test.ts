import { expect } from '@open-wc/testing';
import type { Message, Reaction } from '../../src/protocol.js';
import { settled } from '../support/fake-host.js';
import { refusal, rejection } from '../support/fake-server.js';
import { ada, at, bob, message } from '../support/fixtures.js';
import { watching } from '../support/watching.js';

const own = (type: string): Reaction => ({ type, user_id: 'ada', message_id: 'm2' });

/** Ada's channel with a message of Bob's and one of her own. */
async function talking() {
  const messages = [message(1, bob), message(2, ada, { own_reactions: [], reaction_groups: {} })];
  const its = await watching({ messages });
  const held = (id = 'm2') => its.channel.state.value.messages.find((one) => one.id === id);
  return { ...its, held };
}

describe('a message that was sent', () => {
  it('is changed at once, and then as the server has it', async () => {
    const { server, channel, held } = await talking();
    server.routes['PUT /messages/m2'] = () => ({
      body: {
        message: message(2, ada, { text: 'better', updated_at: at(9), message_text_updated_at: at(9) }),
      },
    });

    const changing = channel.updateMessage('m2', 'better');
    await settled();
    const { text, updated_at } = held()!;
    await changing;

    expect([text, held()?.updated_at]).to.deep.equal(['better', at(9)]);
    expect(updated_at === at(2) || updated_at === at(9)).to.equal(true);
    expect(server.of('PUT /messages/m2')[0]?.body).to.deep.equal({ set: { text: 'better' } });
  });

  it('is as it was when the change is refused', async () => {
    const { server, channel, held } = await talking();
    server.routes['PUT /messages/m2'] = () => refusal(17, 403);

    const error = await rejection(channel.updateMessage('m2', 'better'));

    expect(error).to.have.property('code', 'not-allowed');
    expect(held()?.text).to.equal('text 2');
  });

  it('keeps what the server told of it while a change was refused', async () => {
    const { server, channel, held } = await talking();
    server.routes['PUT /messages/m2'] = () => {
      server.emit({ type: 'message.updated', cid: channel.cid, message: message(2, ada, { text: 'elsewhere', updated_at: at(8) }) }); // prettier-ignore
      return refusal(17, 403);
    };

    await rejection(channel.updateMessage('m2', 'better'));

    expect(held()?.text).to.equal('elsewhere');
  });

  for (const [what, text, code] of [
    ['without words', '  ', 'invalid-message'],
    ['too long', 'x'.repeat(5001), 'message-too-long'],
  ] as const)
    it(`is not changed to one that is ${what}`, async () => {
      const { server, channel } = await talking();

      expect(await rejection(channel.updateMessage('m2', text))).to.have.property('code', code);
      expect(server.of('PUT /messages/m2')).to.have.length(0);
    });

  it('is one that is loaded: any other is refused with its id', async () => {
    const { channel } = await talking();

    const error = await rejection(channel.deleteMessage('m7'));

    expect(error).to.have.property('code', 'invalid-message');
    expect((error as Error).message).to.contain('m7');
  });

  it('is deleted, and keeps its place', async () => {
    const { server, channel, held } = await talking();
    server.routes['DELETE /messages/m2'] = () => ({
      body: { message: message(2, ada, { type: 'deleted', text: '', deleted_at: at(9), updated_at: at(9) }) },
    });

    await channel.deleteMessage('m2');

    expect([held()?.type, held()?.text]).to.deep.equal(['deleted', '']);
  });

  it('is quoted in the one that answers it, which sends its id alone', async () => {
    const { server, channel, held } = await talking();

    await channel.sendMessage({ text: 'yes', quoted_message_id: 'm1', quoted_message: held('m1')! });

    const [send] = server.of('POST /channels/messaging/general/message');
    expect(send?.body['message']).to.include({ quoted_message_id: 'm1' });
    expect(send?.body['message']).not.to.have.property('quoted_message');
  });
});

describe('people who are told of a message', () => {
  it('go as ids, with a new one and with a changed one', async () => {
    const { server, channel, held } = await talking();
    server.routes['PUT /messages/m2'] = () => ({
      body: { message: message(2, ada, { text: '@Bob', mentioned_users: [bob], updated_at: at(9) }) },
    });

    await channel.sendMessage({ text: 'hi @Bob', mentioned_users: [bob] });
    await channel.updateMessage('m2', '@Bob', [bob]);

    const [send] = server.of('POST /channels/messaging/general/message');
    expect((send?.body['message'] as Message).mentioned_users).to.deep.equal(['bob']);
    expect(server.of('PUT /messages/m2')[0]?.body).to.deep.equal({
      set: { text: '@Bob', mentioned_users: ['bob'] },
    });
    expect(held()?.mentioned_users).to.deep.equal([bob]);
  });
});

describe('a reaction', () => {
  it('is given once at the same time, and taken back', async () => {
    const { server, channel, held } = await talking();
    server.routes['POST /messages/m2/reaction'] = () => ({
      body: { message: message(2, ada, { own_reactions: [own('like')], reaction_groups: { like: { count: 1 } }, updated_at: at(8) }) }, // prettier-ignore
    });
    server.routes['DELETE /messages/m2/reaction/like'] = () => ({
      body: { message: message(2, ada, { own_reactions: [], reaction_groups: {}, updated_at: at(9) }) },
    });

    const giving = channel.sendReaction('m2', 'like');
    await settled();
    expect(held()?.reaction_groups?.['like']?.count).to.equal(1);
    await giving;
    expect(server.of('POST /messages/m2/reaction')[0]?.body).to.deep.equal({ reaction: { type: 'like' } });
    expect(held()?.own_reactions).to.deep.equal([own('like')]);
    await channel.deleteReaction('m2', 'like');

    expect([held()?.own_reactions, held()?.reaction_groups]).to.deep.equal([[], {}]);
    await channel.deleteReaction('m2', 'like'); // there is none any more
    expect(server.of('DELETE /messages/m2/reaction/like')).to.have.length(1);
  });

  it('is gone again when it is refused', async () => {
    const { server, channel, held } = await talking();
    server.routes['POST /messages/m2/reaction'] = () => refusal(19, 400);

    await rejection(channel.sendReaction('m2', 'like'));

    expect([held()?.own_reactions, held()?.reaction_groups]).to.deep.equal([[], {}]);
  });

  it('of somebody else leaves one’s own, which events do not name', async () => {
    const { server, channel, held } = await talking();
    const tell = async (type: string, reaction: Reaction, groups: object, seconds: number) => {
      const told = message(2, ada, {
        own_reactions: [],
        reaction_groups: groups as never,
        updated_at: at(seconds),
      });
      server.emit({ type, cid: channel.cid, user: { id: reaction.user_id }, message: told, reaction });
      await settled();
    };

    await tell('reaction.new', own('like'), { like: { count: 1 } }, 3);
    await tell('reaction.new', { ...own('like'), user_id: 'bob' }, { like: { count: 2 } }, 4);
    const together = held();
    await tell('message.updated', own('like'), { like: { count: 2 } }, 5);
    const changed = held();
    await tell('reaction.updated', own('love'), { love: { count: 1 }, haha: { count: 1 } }, 6);
    const replaced = held();
    await tell('reaction.deleted', own('love'), {}, 7);

    expect(together?.reaction_groups?.['like']?.count).to.equal(2);
    const types = [together, changed, replaced, held()].map((one) =>
      one?.own_reactions?.map(({ type }) => type),
    );
    expect(types).to.deep.equal([['like'], ['like'], ['love'], []]);
  });
});
