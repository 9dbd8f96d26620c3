import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  // The snippets are no files, so nothing knows their types.
  overrideConfig: [
    { ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] },
    { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } },
  ] as ESLint.Options['overrideConfig'],
});

async function rulesBrokenBy(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

const IMPORTS = '@typescript-eslint/no-restricted-imports';

const REFUSED: [about: string, file: string, code: string, rule: string][] = [
  [
    'a transport that imports the client',
    'src/transport/a.ts',
    "export * from '../client/client.js';",
    IMPORTS,
  ],
  ['a transport that knows the wire', 'src/transport/a.ts', "export * from '../protocol.js';", IMPORTS],
  ['a client that imports an element', 'src/client/a.ts', "export * from '../elements/define.js';", IMPORTS],
  ['a client that imports the context', 'src/client/a.ts', "export * from '../context.js';", IMPORTS],
  ['a client that imports Lit', 'src/client/a.ts', "export { html } from 'lit';", IMPORTS],
  [
    'a context that makes a client',
    'src/context.ts',
    "export { ChatClient } from './client/client.js';",
    IMPORTS,
  ],
  [
    'an element that makes a client',
    'src/elements/a.ts',
    "export { ChatClient } from '../client/client.js';",
    IMPORTS,
  ],
  [
    'an element part that makes a client',
    'src/elements/parts/a.ts',
    "export { ChatClient } from '../../client/client.js';",
    IMPORTS,
  ],
  ['an element that imports the index', 'src/elements/a.ts', "export * from '../index.js';", IMPORTS],
  [
    'a session that imports a transport',
    'src/elements/chat-session.ts',
    "export * from '../transport/http.js';",
    IMPORTS,
  ],
  ['a wire that imports anything', 'src/protocol.ts', "export * from './errors.js';", IMPORTS],
  [
    'a server that imports the client',
    'server/src/a.ts',
    "export * from '../../src/client/client.js';",
    IMPORTS,
  ],
  [
    'a transport that reads the page',
    'src/transport/a.ts',
    'export const a = document.title;',
    'no-restricted-globals',
  ],
  [
    'a client that reads the page',
    'src/client/a.ts',
    'export const a = navigator.onLine;',
    'no-restricted-globals',
  ],
  [
    'markup from strangers',
    'src/elements/a.ts',
    "import { unsafeHTML } from 'lit/directives/unsafe-html.js';",
    'no-restricted-syntax',
  ],
  ['assigned markup', 'src/elements/a.ts', "document.body.innerHTML = '';", 'no-restricted-syntax'],
  [
    'bound markup',
    'src/elements/a.ts',
    "import { html } from 'lit'; html`<p .innerHTML=${'a'}></p>`;",
    'no-restricted-syntax',
  ],
  [
    'a style attribute',
    'src/elements/a.ts',
    'import { html } from \'lit\'; html`<p style="top:0"></p>`;',
    'no-restricted-syntax',
  ],
  ['a focused test', 'test/client/a.test.ts', "it.only('a', () => {});", 'no-restricted-syntax'],
  ['any', 'src/client/a.ts', 'export const a: any = 1;', '@typescript-eslint/no-explicit-any'],
];

const ALLOWED: [about: string, file: string, code: string][] = [
  [
    'an element that takes the client as a type',
    'src/elements/a.ts',
    "export type { ChatClient } from '../client/client.js';",
  ],
  [
    'a session that makes a client',
    'src/elements/chat-session.ts',
    "export { ChatClient } from '../client/client.js';",
  ],
  ['a server that asks the wire', 'server/src/http/a.ts', "export * from '../../../src/protocol.js';"],
];

describe('lint', () => {
  for (const [about, file, code, rule] of REFUSED) {
    it(`refuses ${about}`, async () => {
      assert.ok((await rulesBrokenBy(file, code)).includes(rule));
    });
  }

  for (const [about, file, code] of ALLOWED) {
    it(`allows ${about}`, async () => {
      assert.deepEqual(await rulesBrokenBy(file, code), []);
    });
  }
});
