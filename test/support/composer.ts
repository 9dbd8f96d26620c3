import { html } from 'lit';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageComposerElement } from '../../src/elements/message-composer.js';
import '../../src/elements/message-composer.js';
import { find, group, renderIn, settled } from './elements.js';

/** A composer in a channel of three. */
export const composing = (fields: Partial<ChannelState> = {}) =>
  renderIn<MessageComposerElement>(html`<message-composer></message-composer>`, { ...group, ...fields });

export const field = (el: MessageComposerElement) => find<HTMLTextAreaElement>(el, 'textarea');
export const sendButton = (el: MessageComposerElement) => find<HTMLButtonElement>(el, "[part='send']");

/** Makes `words` what stands in the field, as if they had been typed. */
export async function type(el: MessageComposerElement, words: string, caret = words.length): Promise<void> {
  field(el).value = words;
  field(el).setSelectionRange(caret, caret);
  field(el).dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  await settled(el);
}

/** Presses a key in the field. @returns The event, which what listens may have prevented. */
export function press(el: MessageComposerElement, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, bubbles: true, ...init });
  field(el).dispatchEvent(event);
  return event;
}
