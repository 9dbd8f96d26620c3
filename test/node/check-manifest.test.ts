import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { undocumented, unnamed } from '../../scripts/check-manifest.mjs';

const manifest = (declaration: object) => ({
  modules: [{ declarations: [{ tagName: 'a-b', ...declaration }] }],
});

describe('the manifest check', () => {
  it('finds nothing where everything has a description', () => {
    const whole = manifest({ description: 'An a.', cssParts: [{ name: 'base', description: 'All of it.' }] });

    assert.deepEqual(undocumented(whole), []);
  });

  it('finds an element without a description', () => {
    assert.deepEqual(undocumented(manifest({})), ['<a-b> has no description.']);
  });

  for (const [kind, key] of [
    ['attribute', 'attributes'],
    ['event', 'events'],
    ['slot', 'slots'],
    ['part', 'cssParts'],
    ['custom property', 'cssProperties'],
    ['member', 'members'],
  ]) {
    it(`finds no description: ${kind}`, () => {
      const found = undocumented(
        manifest({ description: 'An a.', [key ?? '']: [{ name: 'x', description: '' }] }),
      );

      assert.deepEqual(found, [`<a-b>: ${kind} "x" has no description.`]);
    });
  }

  it('leaves private members and what Lit calls alone', () => {
    const inner = [
      { kind: 'field', name: '#x' },
      { kind: 'field', name: 'y', privacy: 'protected' },
      { kind: 'method', name: 'render' },
    ];

    assert.deepEqual(undocumented(manifest({ description: 'An a.', members: inner })), []);
  });

  it('finds a manifest without elements', () => {
    assert.equal(undocumented({ modules: [] }).length, 1);
  });

  it('finds a part that no element documents', () => {
    const known = manifest({ cssParts: [{ name: 'base' }] });

    assert.deepEqual(unnamed(known, '<p part="base dot"></p>'), [
      'Part "dot" is used but no @csspart names it.',
    ]);
  });

  it('finds an event that no element documents', () => {
    const known = manifest({ events: [{ name: 'chat-a', type: { text: 'ChatAEvent' } }] });

    assert.deepEqual(unnamed(known, 'new ChatAEvent(1); new ChatBEvent()'), [
      'ChatBEvent is fired but no @event names it.',
    ]);
  });
});
