import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import nodeResolve from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';
import literals from 'rollup-plugin-html-literals';
import { minify } from 'terser';

/** What a page's own bundler brings: left as imports in the modules, built into the script tag. */
export const external = [/^lit($|\/)/, /^@lit\//, 'nanoevents', 'idb-keyval'];

/**
 * The steps from source to a bundle.
 *
 * @param {boolean} [release] - Shortens the text of templates and styles as well, and the code once more.
 * @returns {import('rollup').Plugin[]}
 */
export function plugins(release = true) {
  return [
    nodeResolve({ exportConditions: ['production', 'browser'], extensions: ['.ts', '.js'] }),
    sourceExtension(),
    ...(release ? [literals({ include: ['src/**'], failOnError: true })] : []),
    esbuild({ target: 'es2022', minify: true, tsconfig: 'tsconfig.json', legalComments: 'none' }),
    ...(release ? [smaller()] : []),
  ];
}

/** A second pass over what esbuild made: 2 % less, for five seconds that only a release takes. */
function smaller() {
  const compress = {
    passes: 3,
    pure_getters: true,
    unsafe_arrows: true,
    unsafe_methods: true,
    keep_fargs: false,
  };
  return {
    name: 'smaller',
    async renderChunk(code, chunk, { format, sourcemap }) {
      const { code: less, map } = await minify(code, {
        compress,
        ecma: 2020,
        module: format === 'es',
        sourceMap: Boolean(sourcemap),
      });
      return { code: less, map: map ? JSON.parse(map) : null };
    },
  };
}

/** Imports name the file that will be (`./a.js`); here it is still `./a.ts`. */
function sourceExtension() {
  return {
    name: 'source-extension',
    resolveId(source, importer) {
      if (!importer?.endsWith('.ts') || !/^\.{1,2}\/.*\.js$/.test(source)) return null;
      return this.resolve(source.replace(/\.js$/, '.ts'), importer, { skipSelf: true });
    },
  };
}

/**
 * A module that is no file: `code`, as if it stood at the top of the project.
 *
 * @param {string} name
 * @param {string} code
 * @returns {import('rollup').Plugin}
 */
export function virtual(name, code) {
  const id = resolve(`${name}.virtual.js`);
  return {
    name: 'virtual',
    resolveId: (source) => (source === name ? { id, moduleSideEffects: true } : null),
    load: (loaded) => (loaded === id ? code : null),
  };
}

/** One entry per file that defines a tag. */
function elements() {
  const files = readdirSync('src/elements').filter((file) => file.endsWith('.ts'));
  const tagged = files.filter((file) => readFileSync(`src/elements/${file}`, 'utf8').includes('* @tag '));
  return Object.fromEntries(
    tagged.map((file) => [`elements/${file.replace('.ts', '')}`, `src/elements/${file}`]),
  );
}

/** The script tag: one small file under a name that stays, and all that it loads in a folder beside it. */
const SCRIPT = 'chat-session';

/**
 * The tag's own file only imports the first of the others. So these, which import each other by their
 * names, meet one copy of what they share, whatever a page adds to the tag's address (`?ver=2`).
 */
function scriptFile() {
  return {
    name: 'script-file',
    generateBundle(_, bundle) {
      const entry = Object.values(bundle).find((file) => file.isEntry);
      const source = `import"./${entry.fileName}";\n`;
      this.emitFile({ type: 'asset', fileName: `${SCRIPT}.js`, source });
    },
  };
}

/**
 * The build of the script tag: everything bundled, what a first load does not need as chunks.
 *
 * @param {boolean} [release]
 * @returns {import('rollup').RollupOptions & { output: import('rollup').OutputOptions }}
 */
export function scriptTag(release = true) {
  return {
    input: { main: 'script-tag' },
    plugins: [virtual('script-tag', "import './src/script-tag.ts';"), ...plugins(release), scriptFile()],
    output: {
      dir: 'dist',
      format: 'es',
      sourcemap: true,
      entryFileNames: `${SCRIPT}/[name]-[hash].js`,
      chunkFileNames: `${SCRIPT}/[name]-[hash].js`,
    },
  };
}

export default ({ watch }) => [
  {
    input: { index: 'src/index.ts', client: 'src/client/index.ts', ...elements() },
    external,
    plugins: plugins(!watch),
    output: {
      dir: 'dist',
      format: 'es',
      sourcemap: true,
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  },
  scriptTag(!watch),
];
