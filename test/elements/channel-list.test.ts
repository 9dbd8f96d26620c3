import { expect, html } from '@open-wc/testing';
import '../../src/index.js';
import type { ChannelListElement } from '../../src/elements/channel-list.js';
import type { ChatChannelSelectEvent } from '../../src/elements/events.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import type { ChannelStateResponse, User } from '../../src/protocol.js';
import { type FakeService, refuse, tokenOf } from '../support/fake-service.js';
import { ada, at, bob, cyd, message, readEntry, response } from '../support/fixtures.js';
import { eventually, live, mount, newService, text } from '../support/test-session.js';

before(fetchAll);

const members = (...users: User[]) => users.map((user) => ({ user_id: user.id, user }));

function channel(
  id: string,
  fields: Partial<ChannelStateResponse> = {},
  name?: string,
): ChannelStateResponse {
  const cid = `messaging:${id}`;
  const { members: people = members(ada, bob, cyd) } = fields;
  return response({
    channel: { id, type: 'messaging', cid, name, created_at: at(0), member_count: people.length },
    members: people,
    read: [],
    ...fields,
  });
}

describe('<channel-list>', () => {
  let service: FakeService;

  beforeEach(() => {
    service = newService();
  });

  async function list(...channels: ChannelStateResponse[]): Promise<ChannelListElement> {
    service.channels = channels;
    const session = await mount(
      html`<test-session api-key="key" base-url="https://chat.test" user="ada" .token=${tokenOf('ada')}>
        <channel-list></channel-list>
      </test-session>`,
    );
    await live(session);
    const element = session.querySelector('channel-list');
    if (!element) throw new Error('the page has a list');
    await eventually(() => session.client?.state.value.channelsPhase !== 'loading');
    await element.updateComplete;
    return element;
  }

  const rows = (element: Element) => [
    ...(element.shadowRoot?.querySelectorAll<HTMLElement>('[part="channel"]') ?? []),
  ];
  const part = (row: Element | undefined, name: string) => row?.querySelector(`[part~="${name}"]`);
  const said = (row: Element | undefined) => row?.querySelector('.sr')?.textContent;

  it('is accessible', async () => {
    const element = await list(
      channel('a', { messages: [message(5)], read: [readEntry(ada, 0, 2)] }, 'Atlas'),
      channel('b', { members: members(ada, { ...bob, online: true }) }),
    );

    await expect(element).to.be.accessible();
  });

  it('names direct channels by the other person, groups by their name or people', async () => {
    const element = await list(
      channel('a', { members: members(ada, bob) }),
      channel('b', {}, 'Atlas'),
      channel('c'),
    );

    const names = rows(element).map((row) => part(row, 'channel-name')?.textContent);
    expect(names).to.deep.equal(['Bob', 'Atlas', 'Bob, Cyd']);
  });

  it('previews the last message with its author in a group, without in a direct channel', async () => {
    const element = await list(
      channel('a', { messages: [message(6)] }),
      channel('b', { members: members(ada, bob), messages: [message(5)] }),
    );

    const previews = rows(element).map((row) => part(row, 'channel-preview')?.textContent);
    expect(previews).to.deep.equal(['Bob: text 6', 'text 5']);
  });

  it('shows how far an own last message has come', async () => {
    const element = await list(
      channel('a', { messages: [message(5, ada)], read: [readEntry(bob, 9)] }),
      channel('b', { messages: [message(5, ada)] }),
    );

    const labels = rows(element).map((row) => part(row, 'ticks')?.getAttribute('aria-label'));
    expect(labels).to.deep.equal(['Read', 'Sent']);
    expect(said(rows(element)[1])).to.contain('You: text 5');
  });

  it('says that the last message was deleted', async () => {
    const element = await list(channel('a', { messages: [message(5, bob, { type: 'deleted' })] }));

    expect(part(rows(element)[0], 'channel-preview')?.textContent).to.equal('Message deleted');
  });

  it('counts unread messages, to 99', async () => {
    const element = await list(
      channel('a', { read: [readEntry(ada, 0, 3)] }),
      channel('b', { read: [readEntry(ada, 0, 100)] }),
      channel('c'),
    );

    const badges = rows(element).map((row) => part(row, 'badge')?.textContent);
    expect(badges).to.deep.equal(['3', '99+', undefined]);
  });

  it('says a row as one sentence', async () => {
    const element = await list(
      channel('a', {
        members: members(ada, { ...bob, online: true }),
        messages: [message(5)],
        read: [readEntry(ada, 0, 2)],
      }),
    );

    expect(said(rows(element)[0])).to.match(/^Bob, online, 2 unread, text 5, 2 Jan/);
  });

  it('marks people who are online, and only people', async () => {
    const online = { ...bob, online: true };
    const element = await list(
      channel('a', { members: members(ada, online) }),
      channel('b', { members: members(ada, online, cyd) }),
    );

    expect(part(rows(element)[0], 'presence')).to.exist;
    expect(part(rows(element)[1], 'presence')).not.to.exist;
  });

  it('shows who types, until they stop', async () => {
    const element = await list(channel('a', { messages: [message(5)] }));
    const preview = () => part(rows(element)[0], 'channel-preview')?.textContent;

    service.push({ type: 'typing.start', cid: 'messaging:a', user: bob });
    await eventually(() => preview() === 'Bob is typing…');
    service.push({ type: 'typing.stop', cid: 'messaging:a', user: bob });

    await eventually(() => preview() === 'Bob: text 5');
  });

  it('moves a channel up when a message comes', async () => {
    const element = await list(
      channel('a', { messages: [message(9)] }, 'Atlas'),
      channel('b', { messages: [message(5)] }, 'Basil'),
    );

    service.push({
      type: 'message.new',
      cid: 'messaging:b',
      message: message(20, bob, { cid: 'messaging:b' }),
    });

    await eventually(() => part(rows(element)[0], 'channel-name')?.textContent === 'Basil');
    expect(part(rows(element)[0], 'badge')?.textContent).to.equal('1');
  });

  it('keeps what is written by others text, whatever it is', async () => {
    const name = '<img src=x onerror=alert(1)>\u202Egnp.exe';
    const element = await list(
      channel('a', { messages: [message(5, bob, { text: 'x'.repeat(10_000) })] }, name),
    );

    const row = rows(element)[0];
    expect(part(row, 'channel-name')?.textContent).to.equal('<img src=x onerror=alert(1)>gnp.exe');
    expect(element.shadowRoot?.querySelector('img')).to.be.null;
    expect(element.scrollWidth).to.equal(element.clientWidth);
  });

  it('walks by arrow keys with one tab stop, and opens the row that was reached', async () => {
    const element = await list(channel('a', {}, 'A'), channel('b', {}, 'B'), channel('c', {}, 'C'));
    const chosen: string[] = [];
    element.addEventListener('chat-channel-select', (event: ChatChannelSelectEvent) =>
      chosen.push(event.cid),
    );

    const focused = () => element.shadowRoot?.activeElement as HTMLElement;

    element.focus();
    for (const key of ['ArrowDown', 'End', 'ArrowUp'])
      focused().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await element.updateComplete;
    focused().click();
    await element.updateComplete;

    expect(chosen).to.deep.equal(['messaging:b']);
    expect(rows(element).map((row) => row.tabIndex)).to.deep.equal([-1, 0, -1]);
  });

  it('marks the open channel', async () => {
    const element = await list(channel('a', {}, 'A'), channel('b', {}, 'B'));

    rows(element)[1]?.click();

    await eventually(() => rows(element)[1]?.getAttribute('aria-current') === 'true');
    expect(rows(element)[0]?.hasAttribute('aria-current')).to.be.false;
  });

  it('says that there are no conversations yet', async () => {
    const element = await list();

    expect(text(element)).to.contain('No conversations yet');
    await expect(element).to.be.accessible();
  });

  it('offers to try again when the list did not load', async () => {
    service.answer = () => refuse(-1, 500);
    const element = await list(channel('a', {}, 'Atlas'));
    expect(text(element)).to.contain('Conversations did not load');
    await expect(element).to.be.accessible();

    service.answer = undefined;
    element.shadowRoot?.querySelector<HTMLElement>('.button')?.click();

    await eventually(() => text(element).includes('Atlas'));
  });

  it('shows its shape while it waits', async () => {
    service.silent = true;
    const session = await mount(
      html`<test-session api-key="key" base-url="https://chat.test" user="ada" .token=${tokenOf('ada')}>
        <channel-list></channel-list>
      </test-session>`,
    );
    const element = session.querySelector('channel-list');

    await eventually(() => element?.shadowRoot?.querySelector('[aria-busy="true"]'));
  });
});
