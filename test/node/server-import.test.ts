import assert from 'node:assert/strict';
import { it } from 'node:test';

it('can be imported where pages are rendered on a server', async () => {
  const { ChatSessionElement } = await import('../../src/index.js');

  assert.equal(typeof ChatSessionElement, 'function');
});
