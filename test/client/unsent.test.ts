import { expect } from '@open-wc/testing';
import type { LocalMessage } from '../../src/client/state.js';
import { ChatError } from '../../src/errors.js';
import { FakeHost, settled } from '../support/fake-host.js';
import { rejection } from '../support/fake-server.js';
import { ada, sent } from '../support/fixtures.js';
import { denying, UnsentPage, UnsentScope } from '../support/unsent-page.js';

const DAY_MS = 24 * 3_600_000;

/** A message of Ada's that waits, by the second in which it was written. */
function waiting(second: number, fields: Partial<LocalMessage> = {}): LocalMessage {
  return sent(second, ada, { status: 'sending', ...fields });
}

const ids = (messages: readonly LocalMessage[]) => messages.map(({ id }) => id);

describe('unsent messages in the browser', () => {
  let scope: UnsentScope;

  beforeEach(() => {
    scope = new UnsentScope();
  });

  afterEach(() => scope.wipe());

  it('are there for the page that comes after', async () => {
    const before = await scope.open();
    await before.put(waiting(1, { mood: 'fine' }));
    await before.close(false);

    const after = await scope.open();

    expect(await after.adopt()).to.deep.equal([waiting(1, { mood: 'fine' })]);
  });

  it('are kept in a database that a page left behind half made', async () => {
    await scope.leaveHalfMade();

    const page = await scope.open();
    await page.put(waiting(1));
    await page.close(false);

    expect(ids(await (await scope.open()).adopt())).to.deep.equal(['m1']);
  });

  it('are taken over once', async () => {
    const before = await scope.open();
    await before.put(waiting(1));
    await before.close(false);
    const [one, other] = [await scope.open(), await scope.open()];

    const taken = [await one.adopt(), await other.adopt(), await one.adopt()];

    expect(taken.map(ids)).to.deep.equal([['m1'], [], []]);
  });

  it('are not taken from a page that lives', async () => {
    const living = await scope.open();
    await living.put(waiting(1));
    const other = await scope.open();
    expect(await other.adopt()).to.deep.equal([]);

    await living.close(false);
    await scope.locks(1);

    expect(ids(await other.adopt())).to.deep.equal(['m1']);
  });

  it('are not taken from the page that has taken them over', async () => {
    const before = await scope.open();
    await before.put(waiting(1));
    await before.close(false);
    const heir = await scope.open();
    await heir.adopt();

    const other = await scope.open();

    expect(await other.adopt()).to.deep.equal([]);
  });

  it('come in the order in which they were written, over all pages', async () => {
    const [page, later] = [new UnsentPage(), new UnsentPage()];
    const [one, two] = [await scope.open(page), await scope.open(later)];
    later.clock += 5;
    await two.put(waiting(3));
    await one.put(waiting(9));
    await one.put(waiting(1));
    later.clock += 5;
    await two.put(waiting(2));
    for (const store of [one, two]) await store.close(false);

    const after = await scope.open();

    expect(ids(await after.adopt())).to.deep.equal(['m9', 'm1', 'm3', 'm2']);
  });

  it('keep the reason for which they failed', async () => {
    const before = await scope.open();
    const error = new ChatError('not-allowed', 'You may not.', { apiCode: 17 });
    await before.put(waiting(1));
    await before.put(waiting(1, { status: 'failed', error }));
    await before.close(false);

    const [kept, ...rest] = await (await scope.open()).adopt();

    expect(rest).to.deep.equal([]);
    expect(kept).to.include({ id: 'm1', status: 'failed' });
    expect(kept?.error)
      .to.be.instanceOf(ChatError)
      .and.include({ code: 'not-allowed', message: 'You may not.' });
  });

  it('are gone once they are dropped', async () => {
    const before = await scope.open();
    await before.put(waiting(1));
    await before.put(waiting(2));
    await before.drop('m1');
    await before.close(false);

    expect(ids(await (await scope.open()).adopt())).to.deep.equal(['m2']);
  });

  it('are not wanted any more after seven days', async () => {
    const page = new UnsentPage();
    const before = await scope.open(page);
    await before.put(waiting(1));
    page.clock += 1;
    await before.put(waiting(2));
    await before.close(false);
    page.clock += 7 * DAY_MS;

    const after = await scope.open(page);
    expect(ids(await after.adopt())).to.deep.equal(['m2']);
    await after.close(false);
    page.clock -= DAY_MS;

    expect(ids(await (await scope.open(page)).adopt())).to.deep.equal(['m2']);
  });

  it('are wiped of all pages at once', async () => {
    const [one, two] = [await scope.open(), await scope.open()];
    await one.put(waiting(1));
    await two.put(waiting(2));

    await one.close(true);
    await two.close(false);

    expect(await (await scope.open()).adopt()).to.deep.equal([]);
  });

  it('are not stored any more after the end', async () => {
    const before = await scope.open();
    await before.close(true);

    await before.put(waiting(1));

    expect(await (await scope.open()).adopt()).to.deep.equal([]);
  });

  it('are reached by one connection, however many sessions come and go', async () => {
    const { open } = IDBFactory.prototype;
    const { close } = IDBDatabase.prototype;
    let held = 0;
    IDBFactory.prototype.open = function (...of) {
      held++;
      return Reflect.apply(open, this, of);
    };
    IDBDatabase.prototype.close = function () {
      held--;
      close.call(this);
    };
    try {
      for (let session = 0; session < 3; session++) await (await scope.open()).close(false);
    } finally {
      IDBFactory.prototype.open = open;
      IDBDatabase.prototype.close = close;
    }

    expect(held).to.equal(1);
  });

  it('are strangers to another scope', async () => {
    const before = await scope.open();
    await before.put(waiting(1));
    await before.close(false);
    const others = new UnsentScope();

    expect(await (await others.open()).adopt()).to.deep.equal([]);
    await others.wipe();
  });

  it('are taken by every page where the browser has no locks', async () => {
    const page = () => new UnsentPage({ locks: undefined });
    const living = await scope.open(page());
    await living.put(waiting(1));

    const other = await scope.open(page());

    expect(ids(await other.adopt())).to.deep.equal(['m1']);
    expect(await other.adopt()).to.deep.equal([]);
  });
});

describe('the locks of unsent messages', () => {
  let scope: UnsentScope;

  beforeEach(() => {
    scope = new UnsentScope();
  });

  afterEach(() => scope.wipe());

  it('are given back while the page is put aside, and taken again when it is back', async () => {
    const page = new UnsentPage();
    await scope.open(page);
    await scope.locks(1);

    page.signal('suspend');
    await scope.locks(0);
    page.signal('resume');

    await scope.locks(1);
  });

  it('are given back with those of pages whose messages were taken over', async () => {
    const before = await scope.open();
    await before.put(waiting(1));
    await before.close(false);
    const page = new UnsentPage();
    const heir = await scope.open(page);
    await heir.adopt();
    await scope.locks(2);

    page.signal('suspend');

    await scope.locks(0);
  });

  it('are given back in the end, and the page is not listened to any more', async () => {
    const page = new UnsentPage();
    const store = await scope.open(page);

    await store.close(false);

    await scope.locks(0);
    expect(page.listeners).to.equal(0);
  });

  for (const [what, end] of [
    ['put aside', (page: UnsentPage) => page.signal('suspend')],
    ['closed', (_: UnsentPage, store: { close(wipe: boolean): Promise<void> }) => store.close(false)],
  ] as const)
    it(`are not kept by a page that is ${what} while it waits for one`, async () => {
      const page = new UnsentPage();
      const store = await scope.open(page);
      page.signal('suspend');
      await scope.locks(0);

      page.signal('resume');
      await end(page, store);
      // The browser answers requests for locks in order: once this one is there, that one was.
      await navigator.locks.query();
      await navigator.locks.request(`after ${scope.scope}`, () => undefined);

      await scope.locks(0);
    });
});

describe('a browser that does not store', () => {
  it('says so where there is no IndexedDB', async () => {
    const page = new UnsentPage({ indexedDB: undefined });

    expect(await rejection(new UnsentScope().open(page))).to.be.instanceOf(Error);
    expect(page.listeners).to.equal(0);
  });

  it('says so where opening it throws', async () => {
    const page = new UnsentPage();

    await denying('throws', async () => {
      expect(await rejection(new UnsentScope().open(page))).to.have.property('name', 'SecurityError');
    });

    expect(page.listeners).to.equal(0);
  });

  it('says so where opening it hangs for three seconds', async () => {
    const host = Object.assign(new FakeHost(), { indexedDB });

    await denying('hangs', async () => {
      const opening = rejection(new UnsentScope().open(Object.assign(new UnsentPage(), { host })));
      await settled();
      host.tick(3000);

      expect(await opening)
        .to.have.property('message')
        .that.contains('does not open');
    });

    expect([host.listeners, host.timers]).to.deep.equal([0, 0]);
  });
});
