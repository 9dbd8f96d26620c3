import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const folded = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The README's code, each block with the file that the comment over it names. */
const blocks = [...read('README.md').matchAll(/<!-- (\S+) -->\n```\w*\n(.*?)\n```/gs)];

describe('the README', () => {
  it('shows code of every demo', () => {
    const shown = blocks.map(([, file]) => file);

    for (const file of [
      'demo/script-tag.html',
      'demo/cms.html',
      'demo/vue/src/App.vue',
      'demo/svelte/src/App.svelte',
    ])
      assert.ok(shown.includes(file), file);
  });

  for (const [, file = '', code = ''] of blocks)
    it(`shows what ${file} has: ${code.slice(0, 40).split('\n')[0]}`, () => {
      assert.ok(folded(read(file)).includes(folded(code)));
    });

  it('names every attribute of <chat-session>', () => {
    const source = read('src/elements/chat-session.ts');
    const attributes = [...source.matchAll(/attribute: '([a-z-]+)'/g)].map(([, name = '']) => name);
    const table = read('README.md');

    assert.ok(attributes.length > 4);
    for (const name of attributes) assert.ok(table.includes(`| \`${name}\` |`), name);
  });

  it('names every event that a page may listen to', () => {
    const events = [...read('src/elements/events.ts').matchAll(/'(chat-[a-z-]+)'/g)].map(
      ([, name = '']) => name,
    );

    assert.ok(events.length > 5);
    for (const name of new Set(events)) assert.ok(read('README.md').includes(`\`${name}\``), name);
  });
});
