import { html, nothing, type ReactiveElement, type TemplateResult } from 'lit';
import type { Channel } from '../../client/channel.js';
import { words } from '../../locales/en-composer.js';
import type { Attachment } from '../../protocol.js';
import { icon } from './icons.js';
import { PLUS } from './later/icon-paths.js';
import { Lazy } from './lazy.js';
import { may } from './may.js';
import { attachmentsOf, trayOf } from './trays.js';

const part = new Lazy(() => import('./later/tray.js'));

/** What a composer is at. */
interface At {
  readonly channel: Channel | undefined;
  /** A change of a message leaves its files as they are. */
  readonly changing: boolean;
}

/** How files come into a composer: chosen, pasted, dropped. It is the listener of `paste`, `dragover` and `drop`. */
export class Attaching {
  #host: ReactiveElement;
  #at: () => At;

  constructor(host: ReactiveElement, at: () => At) {
    this.#host = host;
    this.#at = at;
  }

  /** The files that have arrived. */
  get ready(): Attachment[] {
    return attachmentsOf(trayOf(this.#at().channel));
  }

  /** Whether a file is still on its way. */
  get busy(): boolean {
    return trayOf(this.#at().channel).some(({ attachment, problem }) => !attachment && !problem);
  }

  /** Puts files into the tray and uploads them. */
  add(files: readonly File[]): void {
    const { channel } = this.#at();
    if (channel && files.length && this.#allowed) part.run(({ addFiles }) => addFiles(channel, files, this));
  }

  handleEvent(event: ClipboardEvent | DragEvent): void {
    const data = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
    const files = [...(data?.files ?? [])];
    // What is dragged is not shown before it is dropped.
    const comes = event.type === 'dragover' ? data?.types.includes('Files') : files.length > 0;
    if (!this.#allowed || !comes) return;
    event.preventDefault();
    if (event.type !== 'dragover') this.add(files);
  }

  /** The button that opens the choice of files. */
  button(): TemplateResult | typeof nothing {
    if (!this.#allowed) return nothing;
    const choose = () => this.#host.renderRoot.querySelector<HTMLInputElement>('input')?.click();
    const chosen = ({ target }: Event) => {
      const input = target as HTMLInputElement;
      this.add([...(input.files ?? [])]);
      input.value = ''; // the same file may be chosen again
    };
    return html`<button part="icon-button" aria-label=${words.attach} @click=${choose}>${icon(PLUS)}</button>
      <input type="file" multiple hidden @change=${chosen} />`;
  }

  /** What stands over the field. */
  tray(locale: string): TemplateResult | typeof nothing {
    const { channel } = this.#at();
    if (!channel || !trayOf(channel).length) return nothing;
    return part.for(this.#host)?.tray(channel, locale, this) ?? nothing;
  }

  changed(): void {
    this.#host.requestUpdate();
  }

  say(sentence: string): void {
    const region = this.#host.renderRoot.querySelector('[role=status].sr');
    if (region) region.textContent = sentence;
  }

  get #allowed(): boolean {
    const { channel, changing } = this.#at();
    const { data } = channel?.state.value ?? {};
    return Boolean(data) && may(data, 'upload-file') && data?.config?.['uploads'] !== false && !changing;
  }
}
