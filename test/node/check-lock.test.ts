import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lockProblems } from '../../scripts/check-lock.mjs';

const lock = (packages: object) => JSON.stringify({ packages });

describe('the lock check', () => {
  it('finds nothing in a whole lock', () => {
    const whole = lock({
      'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0' } },
      'node_modules/a-linux': { version: '1.0.0' },
      'node_modules/b': { resolved: 'server', link: true },
    });

    assert.deepEqual(lockProblems(whole), []);
  });

  it('finds an optional package that is named but not locked', () => {
    const holed = lock({ 'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0' } } });

    assert.deepEqual(lockProblems(holed), ['node_modules/a names a-linux, which is not locked.']);
  });

  it('finds the address of a registry', () => {
    const addressed = lock({ 'node_modules/a': { resolved: 'https://registry.example.com/a.tgz' } });

    assert.deepEqual(lockProblems(addressed), [
      'node_modules/a is locked to an address: remove its "resolved".',
    ]);
  });

  it('finds a package that nothing needs', () => {
    const leftover = lock({ 'node_modules/a': { version: '1.0.0', extraneous: true } });

    assert.deepEqual(lockProblems(leftover), [
      'node_modules/a is locked, but nothing needs it: remove it with npm prune.',
    ]);
  });
});
