import { ContextConsumer } from '@lit/context';
import { LitElement } from 'lit';
import { termsContext } from '../context.js';
import { en, type Terms } from '../locales/en.js';

/** An element that speaks the words of the session around it; English outside one. */
export abstract class ChatElement extends LitElement {
  #terms = new ContextConsumer(this, { context: termsContext, subscribe: true });

  protected get terms(): Terms {
    return this.#terms.value ?? en;
  }
}
