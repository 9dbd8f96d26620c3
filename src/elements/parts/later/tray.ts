import { css, html, nothing, type TemplateResult } from 'lit';
import type { Channel } from '../../../client/channel.js';
import type { ChatError } from '../../../errors.js';
import { words } from '../../../locales/en-composer.js';
import { icon } from '../icons.js';
import { forget, trayOf, trays, type TrayItem } from '../trays.js';
import { CLOSE, FILE, RETRY } from './icon-paths.js';

/** Files in one message: what a server takes of attachments is 5 KB, the address of each some 300 bytes. */
export const MOST_FILES = 10;

export const styles = css`
  [part~='tray'] {
    display: flex;
    flex: 1 0 100%;
    gap: 8px;
    padding: 6px 6px 4px;
    overflow-x: auto;
  }
  [part~='tray-item'] {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    flex: none;
    align-items: center;
    position: relative;
    inline-size: 72px;
    block-size: 72px;
    overflow: hidden;
    border-radius: min(12px, calc(var(--chat-radius-bubble) * 0.67));
    outline: 1px solid transparent;
    background: var(--chat-fill);
    font-size: var(--chat-size-md);
    line-height: 1.3;
  }
  [part~='tray-item'].named {
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 9px;
    inline-size: 190px;
    padding-inline: 10px 34px;
  }
  [part~='tray-item'].refused {
    background: var(--chat-danger-soft);
  }
  [part~='tray-item'] img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  [part~='tray-item'] b {
    display: block;
    font-weight: 500;
  }
  [part~='tray-item'] small {
    display: block;
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm);
  }
  .refused small {
    color: var(--chat-danger);
  }
  [part~='tray-item'] progress {
    position: absolute;
    inset: auto 6px 6px;
    inline-size: calc(100% - 12px);
    block-size: 4px;
    accent-color: var(--chat-accent-fill);
  }
  .out {
    display: grid;
    place-items: center;
    position: absolute;
    inset-block-start: 4px;
    inset-inline-end: 4px;
    inline-size: 24px;
    block-size: 24px;
    border-radius: 50%;
    background: var(--chat-surface);
    color: var(--chat-text-2);
  }
  .again {
    inset-block-start: 32px;
  }
  .out::after {
    content: '';
    position: absolute;
    inset: calc(var(--chat-hit) * -1);
  }
  .out .i {
    inline-size: 14px;
    block-size: 14px;
  }
`;

/** Who shows a tray. */
export interface TrayHost {
  /** The tray has changed. */
  changed(): void;
  /** Something that is heard, and not seen otherwise. */
  say(sentence: string): void;
}

/** Puts files into the tray of `channel` and uploads them. Those that are too many are told, and left out. */
export function addFiles(channel: Channel, files: readonly File[], host: TrayHost): void {
  const room = MOST_FILES - trayOf(channel).length;
  for (const file of files.slice(0, room)) start(channel, file, host);
  if (files.length > room) host.say(words.tooManyFiles(MOST_FILES));
}

/** Takes a file out of the tray; one on its way is given up. */
export function removeFile(channel: Channel, item: TrayItem, host: TrayHost): void {
  set(channel, item, undefined);
  host.changed();
}

function start(channel: Channel, file: File, host: TrayHost): void {
  const preview = /^image\//.test(file.type) ? URL.createObjectURL(file) : undefined;
  const abort = new AbortController();
  let item: TrayItem = { file, preview, abort, progress: 0, attachment: undefined, problem: undefined };
  const change = (fields: Partial<TrayItem>) => {
    const next = { ...item, ...fields };
    if (set(channel, item, next)) item = next;
    host.changed();
  };
  trays.set(channel, [...trayOf(channel), item]);
  host.changed();
  host.say(words.uploading(file.name));
  const onProgress = (sent: number, total: number) => change({ progress: total ? sent / total : 0 });
  channel.upload(file, { onProgress, signal: abort.signal }).then(
    (attachment) => {
      change({ attachment, progress: 1 });
      host.say(words.uploaded(file.name));
    },
    (error: ChatError) => {
      if (abort.signal.aborted) return;
      change({ problem: problemOf(error, file) });
      host.say(`${words.notUploaded(file.name)}. ${problemOf(error, file)}`);
    },
  );
}

function problemOf({ code }: ChatError, { name }: File): string {
  if (code === 'too-large') return words.fileTooLarge(name);
  return code === 'invalid-input' ? words.fileNotAllowed : words.fileFailed;
}

/** Puts `next` in the place of `item`, or takes it away. @returns Whether it was there. */
function set(channel: Channel, item: TrayItem, next: TrayItem | undefined): boolean {
  const items = trayOf(channel);
  const at = items.indexOf(item);
  if (at < 0) return false;
  trays.set(channel, items.toSpliced(at, 1, ...(next ? [next] : [])));
  if (!next) {
    item.abort.abort();
    forget([item]);
  }
  return true;
}

/** The files over the field, each with how far it has come and a way out. */
export function tray(channel: Channel, locale: string, host: TrayHost): TemplateResult | typeof nothing {
  const items = trayOf(channel);
  if (!items.length) return nothing;
  const again = (item: TrayItem) => {
    removeFile(channel, item, host);
    addFiles(channel, [item.file], host);
  };
  return html`<div part="tray" role="group" aria-label=${words.files}>
    ${items.map((item) => {
      const { file, preview, progress, attachment, problem } = item;
      const named = !preview || problem;
      return html`<div part="tray-item" class="${named ? 'named' : ''} ${problem ? 'refused' : ''}">
        ${preview && !named ? html`<img src=${preview} alt=${file.name} />` : nothing}
        ${
          named
            ? html`${icon(FILE)}<span
                  ><b class="truncate" dir="auto">${file.name}</b
                  ><small>${problem ?? words.size(file.size, locale)}</small></span
                >`
            : nothing
        }
        ${
          attachment || problem
            ? nothing
            : html`<progress max="1" .value=${progress} aria-label=${words.uploading(file.name)}></progress>`
        }
        <button
          class="out"
          aria-label=${words.removeFile(file.name)}
          @click=${() => removeFile(channel, item, host)}
        >
          ${icon(CLOSE)}
        </button>
        ${
          problem
            ? html`<button
                class="out again"
                aria-label=${words.tryFile(file.name)}
                @click=${() => again(item)}
              >
                ${icon(RETRY)}
              </button>`
            : nothing
        }
      </div>`;
    })}
  </div>`;
}
