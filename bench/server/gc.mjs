// Within the server that is measured: what nobody holds any more is no cost of what is held.
process.on('SIGUSR2', () => globalThis.gc());
