import lit from 'eslint-plugin-lit';
import wc from 'eslint-plugin-wc';
import tseslint from 'typescript-eslint';

const CODE = ['**/*.ts'];
const SCRIPTS = ['**/*.mjs', '**/*.js'];
const TESTS = ['test/**/*.ts', 'server/test/**/*.ts'];

/** The house: what each room may import. Anything else is refused; `typesOnly` may be imported as types. */
const ROOMS = [
  { files: ['src/errors.ts'], allow: [] },
  { files: ['src/message-parts.ts'], allow: [], typesOnly: ['\\./protocol\\.js$'] },
  { files: ['src/protocol.ts'], allow: [], typesOnly: ['\\./message-parts\\.js$'] },
  { files: ['src/transport/**'], allow: ['\\./', '\\.\\./errors\\.js$', 'nanoevents$'] },
  {
    files: ['src/client/*.ts'],
    allow: ['\\./(?!later/)', '\\.\\./(transport/|errors\\.js$|protocol\\.js$)', 'nanoevents$'],
    typesOnly: ['\\./later/'], // what comes later must not come at once
  },
  {
    files: ['src/client/later/**'],
    allow: [
      '\\./',
      '\\.\\./(?!index)[a-z-]+\\.js$',
      '\\.\\./\\.\\./(transport/|errors\\.js$|protocol\\.js$)',
      'idb-keyval$',
    ],
  },
  { files: ['src/styles/**'], allow: ['\\./', 'lit($|/)'] },
  { files: ['src/locales/**'], allow: ['\\./', '\\.\\./protocol\\.js$'] },
  {
    files: ['src/context.ts'],
    allow: ['lit($|/)', '@lit/context$', '\\./(errors|protocol)\\.js$'],
    typesOnly: ['\\./(client|locales)/'],
  },
  {
    files: ['src/elements/**'],
    allow: [
      '\\./',
      '(\\.\\./)+(styles|locales)/',
      '(\\.\\./)+(?!index)[a-z-]+\\.js$',
      'lit($|/)',
      '@lit/context$',
    ],
    typesOnly: ['(\\.\\./)+(client|transport)/'],
  },
  {
    files: ['src/elements/chat-session.ts', 'src/elements/session-*.ts'],
    allow: ['\\./', '\\.\\./(?!index|transport|server|test|demo)', 'lit($|/)', '@lit/context$'],
    typesOnly: ['\\.\\./transport/'],
  },
  { files: ['src/index.ts', 'src/script-tag.ts'], allow: ['\\./'] },
  {
    files: ['server/src/**'],
    allow: ['[^.]', '\\./', '\\.\\./(?!\\.\\./)', '(\\.\\./)+src/(protocol|errors)\\.(js|ts)$'],
  },
];

const DOM = ['document', 'window', 'HTMLElement', 'navigator', 'localStorage', 'sessionStorage', 'location'];

const MARKUP = [
  {
    selector: 'Identifier[name=/^unsafe(HTML|SVG|MathML|CSS|Static)$/]',
    message: "Strangers' text is bound as text, never as markup.",
  },
  {
    selector:
      'MemberExpression > Identifier.property[name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)$/]',
    message: 'Render through Lit: nothing here is markup made of strings.',
  },
  {
    selector: 'TemplateElement[value.raw=/\\s[.]?(innerHTML|outerHTML|srcdoc)=/]',
    message: 'Render through Lit: nothing here is markup made of strings.',
  },
  {
    selector: 'TemplateElement[value.raw=/\\sstyle=/]',
    message: 'A strict CSP refuses style attributes: use classes, or styleMap on a property through CSSOM.',
  },
];

const UNFINISHED = {
  selector:
    'MemberExpression[object.name=/^(it|describe|test|suite)$/] > Identifier.property[name=/^(only|skip|todo)$/]',
  message: 'Delete the test or make it true.',
};

function room({ files, allow, typesOnly = [] }) {
  const typed = typesOnly.length ? `|${typesOnly.join('|')}` : '';
  const patterns = [
    {
      regex: `^(?!${[...allow, '$^'].join('|')}${typed})`,
      message: 'Not to the right of this file in the house.',
    },
    ...typesOnly.map((source) => ({
      regex: `^${source}`,
      allowTypeImports: true,
      message:
        'Import it as a type: only chat-session makes a client, and what comes later comes by import().',
    })),
  ];
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } };
}

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'coverage/', '.data/'] },
  {
    files: CODE,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A false alarm on every `@click=${this.onClick}`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['it', 'test', 'describe', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: SCRIPTS, extends: [tseslint.configs.recommended] },
  {
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-self-compare': 'error',
      'no-unreachable-loop': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 50, IIFEs: true }],
    },
  },
  {
    files: ['src/**'],
    ...lit.configs['flat/recommended'],
  },
  {
    files: ['src/**'],
    ...wc.configs['flat/best-practice'],
  },
  {
    files: ['src/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...MARKUP],
      // Tags are registered by `define`, which the rules cannot see through.
      'wc/define-tag-after-class-definition': 'off',
      'wc/file-name-matches-element': 'off',
      'wc/guard-define-call': 'off',
    },
  },
  { files: ['src/transport/**', 'src/client/**'], rules: { 'no-restricted-globals': ['error', ...DOM] } },
  ...ROOMS.map(room),
  {
    files: TESTS,
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off', // chai's `to.be.true`
      '@typescript-eslint/no-floating-promises': 'off', // chai's assertions are typed as if they might be some
      'no-restricted-syntax': ['error', UNFINISHED],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off', // a `describe` is one function
    },
  },
);
