import { FrameSplitter, isWholeText, textFrame } from './frames.js';
import type { Lane } from './lane.js';

/** An upgraded connection: frames both ways, whole. */
export class Tunnel {
  /** Drops every frame, both ways. */
  swallows: boolean;

  #toClient: Lane;
  #toServer: Lane;
  #drops: (text: string) => boolean;
  #up = new FrameSplitter();
  #down = new FrameSplitter();
  /** Whether the client has the beginning of a message and not its end. */
  #inMessage = false;
  #injected: Buffer[] = [];

  /** @param drops - Asked once for each text that would reach the client: whether it gets lost. */
  constructor(toClient: Lane, toServer: Lane, swallows: boolean, drops: (text: string) => boolean) {
    this.#toClient = toClient;
    this.#toServer = toServer;
    this.swallows = swallows;
    this.#drops = drops;
  }

  fromClient(bytes: Buffer): void {
    for (const frame of this.#up.push(bytes)) if (!this.swallows) this.#toServer.write(frame.bytes);
  }

  fromServer(bytes: Buffer): void {
    for (const frame of this.#down.push(bytes)) {
      if (this.swallows) continue;
      if (isWholeText(frame) && this.#drops(frame.payload.toString())) continue;
      this.#toClient.write(frame.bytes);
      if (frame.opcode < 8) this.#inMessage = !frame.fin; // control frames may stand between
      this.#flush();
    }
  }

  /** Sends the client a text that the server never sent. */
  inject(text: string): void {
    this.#injected.push(textFrame(text));
    this.#flush();
  }

  #flush(): void {
    if (this.#inMessage) return;
    for (const bytes of this.#injected.splice(0)) this.#toClient.write(bytes);
  }
}
