import { expect } from '@open-wc/testing';
import { html, render } from 'lit';
import { avatar, hue, initials, nameOf } from '../../src/elements/parts/avatar.js';
import { isJumbo } from '../../src/elements/parts/emoji.js';
import { parse } from '../../src/elements/parts/later/markdown.js';
import { richText } from '../../src/elements/parts/later/rich-text.js';
import { momentOf } from '../../src/elements/parts/moment.js';
import { readersOf } from '../../src/elements/parts/readers.js';
import { readUntil, receiptOf } from '../../src/elements/parts/ticks.js';
import { dayLabel, listTime, timeOfDay } from '../../src/elements/parts/time.js';
import { en } from '../../src/locales/en.js';
import type { ReadEntry } from '../../src/protocol.js';
import { ada, at, bob, cyd, readEntry, sent } from '../support/fixtures.js';

const links = (text: string) =>
  parse(text).flatMap((piece) => (typeof piece === 'object' && piece.kind === 'link' ? piece.inside : []));

describe('addresses in a text', () => {
  it('become links, the rest stays text', () => {
    const pieces = parse('see https://a.example/x and mailto:a@b.example');

    expect(pieces).to.deep.equal([
      'see ',
      { kind: 'link', href: 'https://a.example/x', inside: ['https://a.example/x'] },
      ' and ',
      { kind: 'link', href: 'mailto:a@b.example', inside: ['mailto:a@b.example'] },
    ]);
  });

  it('end before the marks of the sentence, but keep brackets they opened', () => {
    expect(links('https://a.example/x.')).to.deep.equal(['https://a.example/x']);
    expect(links('(https://a.example/x)')).to.deep.equal(['https://a.example/x']);
    expect(links('https://a.example/x_(y)!?')).to.deep.equal(['https://a.example/x_(y)']);
  });

  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'http://',
    'https://[',
  ])
    it(`do not become links when they are ${text}`, () => {
      expect(parse(text)).to.deep.equal([text]);
    });

  it('end before a direction control, which could show another address', () => {
    expect(links('https://a.example/\u202etxt.exe')).to.deep.equal(['https://a.example/']);
  });

  it('open apart from this page, which they learn nothing of', () => {
    const box = document.createElement('p');

    render(html`${richText(sent(1, bob, { text: 'http://a.example' }), 'ada')}`, box);

    const link = box.querySelector('a');
    expect(link?.rel).to.equal('noopener noreferrer nofollow');
    expect(link?.target).to.equal('_blank');
  });
});

describe('a text of emoji alone', () => {
  for (const text of ['🎉', '👍🏽 👩‍👩‍👧', '🇫🇷🇩🇪🏴󠁧󠁢󠁳󠁣󠁴󠁿', '❤️', '1️⃣'])
    it(`is large: ${text}`, () => {
      expect(isJumbo(text)).to.equal(true);
    });

  for (const text of ['', ' ', '1', '#', 'a🎉', '🎉🎉🎉🎉', '🎉'.repeat(5000)])
    it(`is not large: ${text.slice(0, 10) || 'nothing'}`, () => {
      expect(isJumbo(text)).to.equal(false);
    });
});

describe('a name', () => {
  it('falls back to the id, and to a word', () => {
    expect(nameOf({ id: 'ada', name: 'Ada' }, en)).to.equal('Ada');
    expect(nameOf({ id: 'ada', name: ' \u202e ' }, en)).to.equal('ada');
    expect(nameOf(undefined, en)).to.equal('Someone');
    expect(nameOf({ id: 'ada', name: 42 }, en)).to.equal('ada');
  });

  it('is on one line and turns nothing round', () => {
    expect(nameOf({ id: 'x', name: 'a\n\u202eb\u2066' }, en)).to.equal('a b');
  });

  it('has initials: two, or one where letters would join', () => {
    expect(initials('Mara Lindqvist')).to.equal('ML');
    expect(initials('ada')).to.equal('A');
    expect(initials('سارة العلي')).to.equal('س');
    expect(initials('🎉 team')).to.equal('🎉');
    expect(initials('')).to.equal('');
  });

  it('has one hue wherever it is shown', () => {
    expect(hue('ada')).to.equal(hue('ada'));
    expect(hue('')).to.match(/^--chat-hue:\d+$/);
  });
});

describe('a picture', () => {
  const draw = (image: string | undefined) => {
    const box = document.createElement('p');
    render(avatar({ id: 'ada', name: 'Ada', image }), box);
    return box;
  };

  it('lies over the initials and tells its host nothing of the page', () => {
    const image = draw('https://a.example/ada.png').querySelector('img');

    expect(image?.referrerPolicy).to.equal('no-referrer');
    expect(image?.alt).to.equal('');
  });

  it('gives way to the initials when it does not load', () => {
    const box = draw('data:image/png;base64,broken');

    box.querySelector('img')?.dispatchEvent(new Event('error'));

    expect(box.querySelector('img')?.className).to.equal('broken');
    expect(box.textContent?.trim()).to.equal('A');
  });

  it('is not taken from what is no image address', () => {
    expect(draw('javascript:alert(1)').querySelector('img')).to.equal(null);
    expect(draw(undefined).querySelector('img')).to.equal(null);
  });
});

describe('times', () => {
  const now = new Date(2026, 2, 12, 15, 0);
  const day = (month: number, date: number, year = 2026) => new Date(year, month, date, 9, 5).toISOString();

  it('are told as people say them', () => {
    expect(dayLabel(day(2, 12), now, en)).to.equal('Today');
    expect(dayLabel(day(2, 11), now, en)).to.equal('Yesterday');
    expect(dayLabel(day(2, 9), now, en)).to.equal('Monday');
    expect(dayLabel(day(1, 12), now, en)).to.equal('12 Feb');
    expect(dayLabel(day(1, 12, 2025), now, en)).to.equal('12 Feb 2025');
  });

  it('in a list are the hour today, and the day before', () => {
    expect(listTime(day(2, 12), now, en)).to.equal('09:05');
    expect(listTime(day(2, 11), now, en)).to.equal('Yesterday');
  });

  it('of reading carry the day when it is not today', () => {
    expect(momentOf(day(2, 12), now, en)).to.equal('09:05');
    expect(momentOf(day(2, 11), now, en))
      .to.contain('11 Mar')
      .and.contain('09:05');
  });

  it('of a day that has not come by a clock that is behind are of today', () => {
    expect(dayLabel(day(2, 13), now, en)).to.equal('Today');
    expect(listTime(day(2, 13), now, en)).to.equal('09:05');
    expect(momentOf(day(2, 13), now, en)).to.equal('09:05');
  });

  it('follow the locale', () => {
    expect(timeOfDay(day(2, 12), { ...en, locale: 'en-US' })).to.match(/^0?9:05\sAM$/);
  });

  it('that are none are empty', () => {
    expect(timeOfDay('soon', en)).to.equal('');
    expect(dayLabel('soon', now, en)).to.equal('');
  });
});

describe('a receipt', () => {
  const until = readUntil({ ada: readEntry(ada, 9), bob: readEntry(bob, 3), cyd: readEntry(cyd, 2) }, 'ada');

  it('knows until when anybody else has read', () => {
    expect(until).to.equal(at(3));
    expect(readUntil({ ada: readEntry(ada, 9) }, 'ada')).to.equal('');
  });

  it('is read up to there, and sent after it', () => {
    expect(receiptOf(sent(3, ada), until)).to.equal('read');
    expect(receiptOf(sent(4, ada), until)).to.equal('sent');
    expect(receiptOf(sent(1, ada), '')).to.equal('sent');
  });

  it('of a message that was not taken is its state', () => {
    expect(receiptOf(sent(1, ada, { status: 'failed' }), until)).to.equal('failed');
    expect(receiptOf(sent(1, ada, { status: 'sending' }), until)).to.equal('sending');
  });
});

describe('readers', () => {
  it('are those who read up to the message, but not its author', () => {
    const entry = (id: string, last_read: string): ReadEntry => ({
      user: { id },
      last_read,
      unread_messages: 0,
    });
    const message = { created_at: '2026-01-02T03:04:05.1Z', user: { id: 'ada' } };

    const readers = readersOf(message, [
      entry('ada', '2026-01-02T03:04:09Z'),
      entry('bob', '2026-01-02T03:04:05.1Z'),
      entry('cyd', '2026-01-02T03:04:05.09Z'),
    ]);

    expect(readers.map((user) => user.id)).to.deep.equal(['bob']);
  });
});
