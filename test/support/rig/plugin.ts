import type { TestRunnerPlugin } from '@web/test-runner';
import type { Context, Middleware } from 'koa';
import { startDemo, type TestServer } from '../server.js';
import { CALLS, type CallRequest, type Reply, type StartRequest, type Started } from './api.js';
import { engineOf, Measures } from './measures.js';
import { NodeRig, removeTemplate } from './node-rig.js';

const PREFIX = '/__rig/';

/** Every rig of a run. They end with the page that asked for them: at the latest when the next one of its engine asks. */
class Rigs {
  readonly measures = new Measures();
  #rigs = new Map<number, { rig: NodeRig; session: string; engine: string }>();
  #last = 0;
  /** By how long they hold an idle poll. */
  #shared = new Map<number | undefined, Promise<TestServer>>();

  async start({ session, ...options }: StartRequest, engine: string): Promise<Started> {
    for (const [id, known] of this.#rigs)
      if (known.engine === engine && known.session !== session) await this.close(id);
    const shared = () => this.#sharedServer(options.pollHoldMs);
    const rig = await NodeRig.start(options, shared, (measure) => this.measures.add(engine, measure));
    const id = ++this.#last;
    this.#rigs.set(id, { rig, session, engine });
    return { id, url: rig.proxy.url, apiKey: rig.apiKey };
  }

  call({ id, on, method, args }: CallRequest): unknown {
    const known = this.#rigs.get(id);
    if (!known) throw new Error(`There is no rig ${id}: it was closed, or its page is not the newest.`);
    const { rig } = known;
    const target = { rig, proxy: rig.proxy, server: rig.process }[on];
    if (!target) throw new Error('The shared server goes on as it is: ask for a rig with its own.');
    if (!(CALLS[on] as readonly string[]).includes(method)) throw new Error(`No such call: ${on}.${method}`);
    const member = (target as unknown as Record<string, unknown>)[method];
    return typeof member === 'function' ? (Reflect.apply(member, target, args) as unknown) : member;
  }

  #sharedServer(pollHoldMs: number | undefined): Promise<TestServer> {
    const server = this.#shared.get(pollHoldMs) ?? startDemo(pollHoldMs ? { pollHoldMs } : {});
    this.#shared.set(pollHoldMs, server);
    return server;
  }

  async close(id: number): Promise<void> {
    const known = this.#rigs.get(id);
    this.#rigs.delete(id);
    await known?.rig.close();
  }

  async closeAll(): Promise<void> {
    for (const id of [...this.#rigs.keys()]) await this.close(id);
    for (const server of this.#shared.values()) await (await server).close();
    await removeTemplate();
  }
}

/** What the browser runner needs for fault tests: the control that pages reach at `/__rig/…`. */
export function faultRig(): { plugin: TestRunnerPlugin; middleware: Middleware } {
  const rigs = new Rigs();
  return {
    middleware: async (context, next) => {
      if (context.path.startsWith(PREFIX)) context.body = await replyTo(rigs, context);
      else await next();
    },
    plugin: {
      name: 'fault-rig',
      async serverStop() {
        await rigs.closeAll();
        const table = rigs.measures.toString();
        if (table) console.log(`\n${table}\n`);
      },
    },
  };
}

async function replyTo(rigs: Rigs, context: Context): Promise<Reply> {
  try {
    const body: unknown = JSON.parse(await textOf(context));
    switch (context.path.slice(PREFIX.length)) {
      case 'start':
        return { value: await rigs.start(body as StartRequest, engineOf(context.get('user-agent'))) };
      case 'call':
        return { value: await rigs.call(body as CallRequest) };
      case 'close':
        return { value: await rigs.close((body as Started).id) };
      default:
        throw new Error(`There is nothing at ${context.path}.`);
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function textOf({ req }: Context): Promise<string> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk);
  return text;
}
