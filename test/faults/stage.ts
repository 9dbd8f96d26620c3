import type { TransportName } from '../../src/transport/transport.js';
import type { RemoteProxy, RigOptions } from '../support/rig/api.js';
import { eventually } from '../support/rig/eventually.js';
import { Page, type PageOptions } from '../support/rig/page.js';
import type { Wrongs } from '../support/rig/recorder.js';
import { Rig } from '../support/rig/rig.js';

export const TRANSPORTS: readonly TransportName[] = ['websocket', 'longpoll'];

/** Switches of a page that is to be live on a transport. */
export const HOSTS: Readonly<Record<TransportName, Record<string, string>>> = {
  websocket: {},
  longpoll: { 'no-websocket': '' },
};

/** 0/0/0: nothing lost, nothing twice, nothing out of order. */
export const NOTHING_WRONG: Wrongs = { lost: [], doubled: [], misordered: [] };

/**
 * How many of the newest messages a client sees at once that was away. A test that cuts it off produces no more
 * than these before it looks: older ones would be loaded only on the way up.
 */
const NEWEST = 30;

/** What a server says to a poll of a connection that it has given up. */
export const GIVEN_UP = {
  transport: 'longpoll',
  answer: { status: 404, body: '{"code":46,"message":"This connection has ended.","StatusCode":404}' },
} as const;

export interface StageOptions {
  /** What the page is live on before the fault; `longpoll` refuses it every upgrade. Default: nothing yet. */
  on?: TransportName;
  /** The page's clock and timers run so many times as fast. */
  speed?: number;
  /** What the network is to be before the page is opened. */
  before?: (proxy: RemoteProxy) => Promise<void>;
  /** What pages are opened with besides. */
  open?: (stage: Stage) => Partial<PageOptions>;
  /** How many pages of the same reader. Default 1. */
  pages?: number;
}

/** One channel, somebody who writes numbered messages to it, and the page of somebody who reads them. */
export class Stage {
  readonly rig: Rig;
  readonly cid: string;
  readonly reader: string;
  readonly pages: Page[] = [];
  #writer: string;
  #produced = 0;

  private constructor(rig: Rig, cid: string, reader: string, writer: string) {
    this.rig = rig;
    this.cid = cid;
    this.reader = reader;
    this.#writer = writer;
  }

  static async open(rig: Rig, options: StageOptions = {}): Promise<Stage> {
    const reader = rig.unique('reader');
    const writer = rig.unique('writer');
    const cid = await rig.makeChannel(rig.unique('channel'), [writer, reader]);
    // What one test has remembered of the network is no hint for the next.
    sessionStorage.clear();
    const stage = new Stage(rig, cid, reader, writer);
    await options.before?.(rig.proxy);
    for (let i = 0; i < (options.pages ?? 1); i++) await stage.openPage(options);
    return stage;
  }

  /** The first. */
  get page(): Page {
    return this.pages[0] as Page;
  }

  /** One more page of the reader. */
  async openPage({ on, speed, open }: StageOptions = {}): Promise<Page> {
    const { host, ...more } = open?.(this) ?? {};
    const page = await Page.open(this.rig, {
      user: this.reader,
      channel: this.cid,
      ...more,
      host: {
        ...host,
        ...(on && HOSTS[on]),
        ...(speed && { speed: String(speed) }),
      },
    });
    this.pages.push(page);
    if (!on) return page;
    await page.live(on);
    // Of the page's two halves the second too, which knows what browsers tell.
    await eventually(() => page.client.isLive, 'what keeps the connection');
    await page.record();
    return page;
  }

  /** Ends what is connected, so that a page needs a new connection. */
  async breaks(): Promise<void> {
    // A poll that gets lost is only asked for again.
    if (this.page.changes.at(-1)?.transport === 'longpoll') await this.rig.proxy.addFault(GIVEN_UP);
    await this.rig.proxy.reset();
  }

  /** Cuts off what is connected, without telling anybody. */
  async strands(): Promise<void> {
    const { proxy } = this.rig;
    if (this.page.changes.at(-1)?.transport !== 'longpoll') return proxy.strand();
    const held = async () => {
      const poll = (await proxy.log({ transport: 'longpoll' })).at(-1);
      return poll?.status === undefined ? poll : undefined;
    };
    // A poll that is on its way yet would get through, and so would one that follows an answer just given.
    for (;;) {
      const { n } = await eventually(held, 'a poll that is held');
      await proxy.strand();
      if ((await held())?.n === n) return;
    }
  }

  /** Begins to post the next numbered messages. */
  async produce(count = NEWEST, everyMs = 20): Promise<void> {
    this.#produced = await this.rig.produce(this.cid, this.#writer, { count, everyMs });
  }

  /** Waits until the page shows a first message: from then on it misses nothing but by the fault. */
  async begins(): Promise<void> {
    await this.produce(1);
    const wrongs = await this.wrongs();
    if (wrongs.lost.length) throw new Error(`The page never showed its first message: ${this.page.words}`);
  }

  /** Waits until every page has shown all that was produced, or the time is over. @returns What was wrong. */
  async wrongs(page = this.page): Promise<Wrongs> {
    await this.rig.produced();
    return page.recorded(this.#produced);
  }

  /** The messages that the server has. */
  async stored(): Promise<string[]> {
    const path = `/channels/${this.cid.replace(':', '/')}/query`;
    const answer = await this.rig.command(this.reader, 'POST', path, {
      state: true,
      messages: { limit: 100 },
    });
    return (answer as { messages: { text: string }[] }).messages.map(({ text }) => text);
  }

  close(): void {
    for (const page of this.pages) page.close();
  }
}

/**
 * Gives the tests of a file one rig, whole again after each of them.
 *
 * @returns Opens a stage on it, which ends with its test.
 */
export function stages(
  server: RigOptions['server'] = 'shared',
  options: Omit<RigOptions, 'server'> = {},
): (options?: StageOptions) => Promise<Stage> {
  let rig: Rig;
  const open: Stage[] = [];

  before(async () => {
    rig = await Rig.start({ server, ...options });
  });

  afterEach(async () => {
    for (const stage of open.splice(0)) stage.close();
    await rig.proxy.clear();
    await rig.proxy.reset();
  });

  after(() => rig.close());

  return async (options) => {
    const stage = await Stage.open(rig, options);
    open.push(stage);
    return stage;
  };
}
