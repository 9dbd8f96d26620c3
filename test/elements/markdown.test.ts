import { expect } from '@open-wc/testing';
import { parse, plain, type Piece } from '../../src/elements/parts/later/markdown.js';

const marked = (kind: 'strong' | 'em' | 'del', ...inside: Piece[]): Piece => ({ kind, inside });
const code = (text: string): Piece => ({ kind: 'code', text });
const link = (href: string, ...inside: Piece[]): Piece => ({ kind: 'link', href, inside });

describe('the marks of a text', () => {
  const cases: [text: string, pieces: Piece[]][] = [
    ['a **b** c', ['a ', marked('strong', 'b'), ' c']],
    ['__b__', [marked('strong', 'b')]],
    ['*a* and _b_', [marked('em', 'a'), ' and ', marked('em', 'b')]],
    ['~~gone~~', [marked('del', 'gone')]],
    ['`a *b*`', [code('a *b*')]],
    ['**a _b_ c**', [marked('strong', 'a ', marked('em', 'b'), ' c')]],
    [
      '**see https://a.example/**',
      [marked('strong', 'see ', link('https://a.example/', 'https://a.example/'))],
    ],
    ['[the **docs**](https://a.example/x)', [link('https://a.example/x', 'the **docs**')]],
    ['https://a.example/a_b_c', [link('https://a.example/a_b_c', 'https://a.example/a_b_c')]],
  ];
  for (const [text, pieces] of cases)
    it(`are read in ${text}`, () => {
      expect(parse(text)).to.deep.equal(pieces);
    });

  for (const text of [
    'snake_case_name',
    '2 * 3 * 4',
    '**',
    '****',
    '* one\n* two',
    '** a **',
    '*a\nb*',
    '``',
    '`a',
    '~~~~',
    '[a](javascript:alert(1))',
    '[a](b',
    '@nobody',
    '<b>x</b> & <img src=x onerror=alert(1)>',
  ])
    it(`are none in ${JSON.stringify(text)}`, () => {
      expect(parse(text).every((piece) => typeof piece === 'string')).to.equal(true);
      expect(plain(text)).to.equal(text);
    });

  it('make a block of what stands between fences, and of its language', () => {
    expect(parse('See:\n```yaml\na: *b*\n```\nend')).to.deep.equal([
      'See:',
      { kind: 'block', text: 'a: *b*', language: 'yaml' },
      'end',
    ]);
    expect(parse('```\nopen')).to.deep.equal(['```\nopen']);
  });

  it('never make a link inside of a link', () => {
    expect(parse('[https://good.example](https://bad.example/)')).to.deep.equal([
      link('https://bad.example/', 'https://good.example'),
    ]);
  });

  it('name people who were told, by the whole of their name', () => {
    const mentioned = new Map([
      ['Ada', 'ada'],
      ['Tomás Rey', 'tom'],
    ]);

    expect(parse('@Ada and @Tomás Rey, not @Adam or a@Ada', mentioned)).to.deep.equal([
      { kind: 'mention', text: '@Ada', id: 'ada' },
      ' and ',
      { kind: 'mention', text: '@Tomás Rey', id: 'tom' },
      ', not @Adam or a@Ada',
    ]);
  });

  it('are left out of one line of it', () => {
    expect(plain('**a** `b` [c](https://a.example) ~~d~~')).to.equal('a b c d');
  });

  for (const piece of ['*', '_', '~~', '**a', '[', '[a](', '`', '@', 'h', '```\n', '_a*'])
    it(`are read to the end of five thousand of ${JSON.stringify(piece)}`, () => {
      const text = piece.repeat(Math.ceil(5000 / piece.length));

      expect(parse(text)).to.have.length.greaterThan(0);
    });
});
