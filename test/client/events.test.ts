import { expect } from '@open-wc/testing';
import { EventBus, type EventOf } from '../../src/client/events.js';
import type { Message, User } from '../../src/protocol.js';
import { FakeHost } from '../support/fake-host.js';
import { ada, message } from '../support/fixtures.js';

describe('the events of a client', () => {
  it('reach those who listen to their type, and those who listen to all', () => {
    const bus = new EventBus(new FakeHost());
    const told: string[] = [];
    bus.on('typing.start', ({ type }) => told.push(type));
    bus.on('message.new', ({ type }) => told.push(type));
    bus.on('*', ({ type }) => told.push(`any ${type}`));

    bus.emit({ type: 'message.new', message: message(1) });

    expect(told).to.deep.equal(['message.new', 'any message.new']);
  });

  it('have the fields of their type, as the compiler sees it', () => {
    const bus = new EventBus(new FakeHost());
    const seen: (Message | User)[] = [];
    bus.on('message.new', (event) => seen.push(event.message));
    bus.on('typing.stop', (event) => seen.push(event.user));
    const greeting: EventOf<'health.check'> = { type: 'health.check', connection_id: 'c1' };

    bus.emit({ type: 'typing.stop', user: ada });
    bus.emit(greeting);

    expect(seen).to.deep.equal([ada]);
  });

  it('are told no more after the undo', () => {
    const bus = new EventBus(new FakeHost());
    let told = 0;
    const stop = bus.on('*', () => told++);

    stop();
    bus.emit({ type: 'typing.stop', user: ada });

    expect(told).to.equal(0);
  });

  it('reach the others when one listener throws, whose fault the page sees afterwards', () => {
    const host = new FakeHost();
    const bus = new EventBus(host);
    let told = 0;
    bus.on('*', () => {
      throw new Error('a listener of the page');
    });
    bus.on('*', () => told++);

    bus.emit({ type: 'typing.stop', user: ada });

    expect(told).to.equal(1);
    expect(() => host.tick(0)).to.throw('a listener of the page');
  });
});
