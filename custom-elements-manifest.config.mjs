export default {
  globs: ['src/elements/**/*.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
  plugins: [documentedEventsOnly()],
};

/** The analyzer takes the first argument of any dispatched event for its name; ours have classes instead. */
function documentedEventsOnly() {
  return {
    name: 'documented-events-only',
    moduleLinkPhase({ moduleDoc }) {
      for (const declaration of moduleDoc.declarations ?? []) {
        declaration.events = declaration.events?.filter(({ name }) => name?.startsWith('chat-'));
      }
    },
  };
}
