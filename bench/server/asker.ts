import { connect, type Socket } from 'node:net';

/** Requests over one connection, one after the other. */
class Line {
  #socket: Socket;
  #text = '';
  #done: ((answer: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(url: URL) {
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#take(text));
    this.#socket.on('error', (error) => this.#failed?.(error));
    this.#socket.on('close', () =>
      this.#failed?.(new Error('The server closed the connection of a request.')),
    );
  }

  ask(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    const end = this.#text.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1];
    if (end < 0 || this.#text.length < end + 4 + Number(length)) return;
    const answer = this.#text;
    this.#text = '';
    this.#done?.(answer);
  }
}

/**
 * Asks a server over a few connections at the least cost, so that what is measured is the server: requests are texts,
 * and of answers nothing but the status is looked at.
 */
export class Asker {
  #url: URL;
  #free: Line[] = [];
  #all: Line[] = [];

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** @param headers - Lines, each with its end. @throws {Error} Unless the answer's status is 200 or 201. */
  async post(path: string, headers: string, body: string): Promise<void> {
    const line = this.#free.pop() ?? this.#more();
    const head = `POST ${path} HTTP/1.1\r\nhost: ${this.#url.host}\r\ncontent-type: application/json\r\n`;
    const length = `content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const answer = await line.ask(`${head}${headers}${length}${body}`);
    if (!/^HTTP\/1.1 20[01] /.test(answer)) throw new Error(`POST ${path}: ${answer}`);
    this.#free.push(line);
  }

  close(): void {
    for (const line of this.#all) line.close();
  }

  #more(): Line {
    const line = new Line(this.#url);
    this.#all.push(line);
    return line;
  }
}
