import { expect } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { LocalMessage } from '../../src/client/state.js';
import type { MessageListElement } from '../../src/elements/message-list.js';
import '../../src/elements/message-list.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { eventually, find, group, parts, settled, text, renderIn } from '../support/elements.js';
import { ada, bob, sent } from '../support/fixtures.js';

before(fetchAll);

const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
const picture = (title: string) => ({ type: 'image', image_url: PIXEL, title });

const listing = (...messages: LocalMessage[]) =>
  renderIn<MessageListElement>(html`<message-list></message-list>`, { ...group, messages });
const one = async (fields: Partial<LocalMessage>) => (await listing(sent(1, bob, fields))).el;

describe('a message with marks', () => {
  it('shows what they mean, and never markup of strangers', async () => {
    const el = await one({ text: '**a** _b_ ~~c~~ `d` <img src=x onerror=alert(1)>\n```js\nlet e\n```' });

    const kinds = ['strong', 'em', 'del', 'code', 'pre'].map((tag) => find(el, `.words ${tag}`).textContent);
    expect(kinds).to.deep.equal(['a', 'b', 'c', 'd', 'let e']);
    expect(el.renderRoot.querySelector('.words img')).to.equal(null);
    await expect(el).to.be.accessible();
  });

  it('marks who was told, and oneself the more', async () => {
    const el = await one({ text: '@Ada @Bob', mentioned_users: [ada, bob] });

    expect(parts(el, 'mention').map((it) => [it.textContent, it.className])).to.deep.equal([
      ['@Ada', 'me'],
      ['@Bob', ''],
    ]);
  });

  it('copies its code, and says so', async () => {
    const copied = sinon.stub(navigator.clipboard, 'writeText').resolves();
    const el = await one({ text: '```\nlet e\n```' });

    const button = find(el, '.code-head button');
    button.click();
    await eventually(() => button.textContent === 'Copied');

    expect(copied.args).to.deep.equal([['let e']]);
    sinon.restore();
  });
});

describe('a message that answers another', () => {
  it('shows that in short, and leads to it', async () => {
    const quoted_message = sent(1, ada, { text: 'the **first**' });
    const { el } = await listing(quoted_message, sent(2, bob, { quoted_message, quoted_message_id: 'm1' }));

    expect(text(el, 'quote')).to.equal('Youthe first');
    parts(el, 'quote')[0]?.click();
    await settled(el);

    expect((el.renderRoot as ShadowRoot).activeElement?.getAttribute('data-id')).to.equal('m1');
  });

  it('reads older pages on the way to it, until there are none', async () => {
    const first = sent(1, ada, { text: 'far up' });
    const { el, set, channel } = await listing(
      sent(9, bob, { quoted_message: first, quoted_message_id: 'm1' }),
    );
    let pages = 0;
    channel.loadOlder = sinon.fake(() => {
      const { messages } = channel.state.value;
      if (++pages === 3) set({ messages: [first, ...messages], hasOlder: false });
      return Promise.resolve();
    });
    set({ hasOlder: true, olderPhase: 'failed' }); // so that the list itself asks for nothing

    parts(el, 'quote')[0]?.click();
    await eventually(() => (el.renderRoot as ShadowRoot).activeElement?.getAttribute('data-id') === 'm1');

    expect(pages).to.equal(3);
  });

  it('says that what it answers was deleted', async () => {
    const el = await one({ quoted_message: sent(1, ada, { type: 'deleted', text: '' }) });

    expect(text(el, 'quote')).to.equal('YouMessage deleted');
  });
});

describe('attachments', () => {
  it('of pictures are a grid; those that do not fit are counted', async () => {
    const el = await one({ text: '', attachments: ['a', 'b', 'c', 'd', 'e'].map(picture) });

    const names = [...find(el, "[part='images']").querySelectorAll('img')].map((it) => it.alt);
    expect(names).to.deep.equal(['a', 'b', 'c, 2 more pictures']);
    await expect(el).to.be.accessible();
  });

  it('keep the room of one picture before it is there', async () => {
    const el = await one({
      text: '',
      attachments: [{ ...picture('a'), original_width: 200, original_height: 100 }],
    });

    const { width, height } = find(el, "[part='images']").getBoundingClientRect();
    expect(width / height).to.be.closeTo(2, 0.01);
  });

  it('of files say their name, kind and size, and open apart', async () => {
    const file = {
      type: 'file',
      title: 'plan.pdf',
      asset_url: 'https://a.example/plan.pdf',
      file_size: 4_100_000,
    };
    const el = await one({ text: 'See', attachments: [file] });

    const link = find<HTMLAnchorElement>(el, "[part='file']");
    expect(link.innerText.trim().split('\n')).to.deep.equal(['plan.pdf', 'PDF, 4.1 MB']);
    expect([link.href, link.target, link.rel]).to.deep.equal([
      'https://a.example/plan.pdf',
      '_blank',
      'noopener noreferrer nofollow',
    ]);
  });

  it('play films and sounds', async () => {
    const asset_url = 'https://a.invalid/x';
    const el = await one({
      attachments: [
        { type: 'video', asset_url },
        { type: 'audio', asset_url, title: 'hum' },
      ],
    });

    expect([find(el, 'video').ariaLabel, find(el, 'audio').ariaLabel]).to.deep.equal(['Attachment', 'hum']);
  });

  it('of a link’s page stand under the text', async () => {
    const card = { og_scrape_url: 'https://a.example/x', title: 'A page', text: 'About it' };
    const el = await one({ text: 'https://a.example/x', attachments: [card] });

    expect(text(el, 'link-card')).to.equal('a.example A page About it');
  });

  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://a b'])
    it(`lead nowhere by ${url}`, async () => {
      const el = await one({
        attachments: [
          { type: 'file', title: 'x', asset_url: url },
          { title_link: url, title: 'y' },
        ],
      });

      const links = [...el.renderRoot.querySelectorAll('a')].map((link) => link.getAttribute('href'));
      expect(links).to.deep.equal([null, null]);
    });

  it('two hundred of them are no more than a page can hold', async () => {
    const el = await one({
      attachments: Array.from({ length: 200 }, (_, n) => ({
        type: 'file',
        title: `${n}`,
        asset_url: 'https://a.example',
      })),
    });

    expect(parts(el, 'file')).to.have.length(20);
  });
});

describe('reactions', () => {
  it('are counted under the bubble, one’s own pressed, with who gave them', async () => {
    const { el, channel } = await listing(
      sent(1, bob, {
        reaction_groups: { like: { count: 2 }, party: { count: 1 }, love: { count: 0 } },
        own_reactions: [{ type: 'like', user_id: 'ada' }],
        latest_reactions: [
          { type: 'like', user_id: 'ada', user: ada },
          { type: 'like', user_id: 'bob', user: bob },
          { type: 'party', user_id: 'bob', emoji_code: '🥳' },
        ],
      }),
    );

    const shown = parts(el, 'reaction').map((it) => [it.ariaLabel, it.ariaPressed, it.title, text(el, 'reaction') && it.innerText.replace(/\s+/g, ' ').trim()]); // prettier-ignore
    expect(shown).to.deep.equal([
      ['Thumbs up, 2, you reacted', 'true', 'Ada, Bob', '👍 2'],
      ['party, 1', 'false', 'bob', '🥳 1'],
    ]);
    await expect(el).to.be.accessible();
    parts(el, 'reaction').forEach((it) => it.click());

    expect(channel.deleteReaction.args).to.deep.equal([['m1', 'like']]);
    expect(channel.sendReaction.args).to.deep.equal([['m1', 'party']]);
  });
});
