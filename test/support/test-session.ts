import { aTimeout, fixture, waitUntil } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import { ChatClient } from '../../src/client/client.js';
import type { ChatClientOptions } from '../../src/client/options.js';
import { ChatSessionElement } from '../../src/elements/chat-session.js';
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
  await waitUntil(() => session.client?.state.value.connection.status === 'live', 'the session is live');
  await session.updateComplete;
  return session.client as ChatClient;
}

/** Lets pass the task in which a session decides that it was removed. */
export const nextTask = (): Promise<void> => aTimeout(0);

/** The element inside `root`'s shadow, whose own update is done. */
export async function inner<K extends keyof HTMLElementTagNameMap>(
  root: Element,
  tag: K,
): Promise<HTMLElementTagNameMap[K]> {
  await waitUntil(() => root.shadowRoot?.querySelector(tag), `there is a ${tag}`);
  const element = root.shadowRoot?.querySelector(tag) as HTMLElementTagNameMap[K];
  await (element as unknown as { updateComplete?: Promise<unknown> }).updateComplete;
  return element;
}

/** What is written in an element's shadow, blanks joined. */
export function text(element: Element): string {
  return (element.shadowRoot?.textContent ?? '').replace(/\s+/g, ' ').trim();
}
