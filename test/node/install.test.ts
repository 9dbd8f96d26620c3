import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stalePackage } from '../../scripts/install.mjs';

const LOCKED = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { link: true } };
const there = () => true;

describe('what is installed', () => {
  it('is up to date when every version is that of the lock', () => {
    assert.equal(stalePackage(LOCKED, LOCKED, there), undefined);
  });

  it('is out of date when a package has another version', () => {
    const other = { ...LOCKED, 'node_modules/a': { version: '2.0.0' } };

    assert.equal(stalePackage(LOCKED, other, there), 'node_modules/a');
  });

  it('is out of date when a package was never installed', () => {
    assert.equal(stalePackage(LOCKED, {}, there), 'node_modules/a');
  });

  it('is out of date when a folder was deleted', () => {
    assert.equal(
      stalePackage(LOCKED, LOCKED, (path) => path !== 'node_modules/b'),
      'node_modules/b',
    );
  });

  it('may lack what is optional', () => {
    const optional = { 'node_modules/c': { version: '1.0.0', optional: true } };

    assert.equal(stalePackage(optional, {}, there), undefined);
  });
});
