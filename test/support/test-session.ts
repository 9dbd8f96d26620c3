import { aTimeout, fixture, waitUntil } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import { ChatClient } from '../../src/client/client.js';
import type { ChatClientOptions } from '../../src/client/options.js';
import { ChatSessionElement } from '../../src/elements/chat-session.js';
import type { ChatError } from '../../src/errors.js';
import { FakeService } from './fake-service.js';

let service = new FakeService();

/** A session whose clients talk to the service of the running test. */
export class TestSession extends ChatSessionElement {
  protected override createClient(apiKey: string, options: ChatClientOptions): ChatClient {
    return new ChatClient(apiKey, { ...options, host: service.host });
  }
}
customElements.define('test-session', TestSession);

/** A service for the sessions of one test. */
export function newService(): FakeService {
  return (service = new FakeService());
}

/** Puts a `<test-session>` on the page, into `parentNode` if given. */
export function mount(template: TemplateResult, parentNode?: Element): Promise<TestSession> {
  return fixture<TestSession>(template, parentNode && { parentNode });
}

export async function live(session: ChatSessionElement): Promise<ChatClient> {
  await eventually(() => session.client?.state.value.connection.status === 'live');
  await session.updateComplete;
  return session.client as ChatClient;
}

/** The next error that `session` tells its page. */
export function nextError(session: ChatSessionElement): Promise<ChatError> {
  return new Promise((resolve) =>
    session.addEventListener('chat-error', ({ error }) => resolve(error), { once: true }),
  );
}

/** Waits for what comes in its own time: longer than a busy machine takes. */
export function eventually(condition: () => unknown): Promise<void> {
  return waitUntil(condition, `never: ${condition.toString()}`, { timeout: 9000 });
}

/** Lets pass the task in which a session decides that it was removed. */
export const nextTask = (): Promise<void> => aTimeout(0);

/** The element inside `root`'s shadow, whose own update is done. */
export async function inner<K extends keyof HTMLElementTagNameMap>(
  root: Element,
  tag: K,
): Promise<HTMLElementTagNameMap[K]> {
  await eventually(() => root.shadowRoot?.querySelector(tag));
  const element = root.shadowRoot?.querySelector(tag) as HTMLElementTagNameMap[K];
  await (element as unknown as { updateComplete?: Promise<unknown> }).updateComplete;
  return element;
}

/** What is written in an element's shadow, blanks joined. */
export function text(element: Element): string {
  return (element.shadowRoot?.textContent ?? '').replace(/\s+/g, ' ').trim();
}
