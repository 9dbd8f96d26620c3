import { css, html, nothing, type TemplateResult } from 'lit';
import { words } from '../../../locales/en-rich.js';
import type { Terms } from '../../../locales/en.js';
import type { Attachment, Message } from '../../../protocol.js';
import { isImageUrl } from '../avatar.js';
import { icon } from '../icons.js';
import { FILE } from './icon-paths.js';
import { openable } from './links.js';

export const attachmentStyles = css`
  [part~='images'] {
    display: grid;
    grid-template-columns: 2fr 1fr;
    grid-template-rows: 1fr 1fr;
    gap: 3px;
    inline-size: 392px;
    max-inline-size: calc(100% + 18px);
    aspect-ratio: 392 / 264;
    margin: 2px -9px 4px;
    overflow: hidden;
    border-radius: 8px;
  }
  [part~='images'] > a {
    position: relative;
    overflow: hidden;
    background: var(--_inset);
  }
  [part~='images'] > a:first-child {
    grid-row: span 2;
  }
  .one,
  .two {
    grid-template-rows: 1fr;
  }
  .one {
    grid-template-columns: 1fr;
    inline-size: min(392px, 264px * var(--_ratio, 1.48));
    aspect-ratio: var(--_ratio, 1.48);
  }
  .two {
    grid-template-columns: 1fr 1fr;
  }
  [part~='images'] img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .more {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    background: oklch(0.2 0.02 264 / 0.6);
    color: #fff;
    font-size: 20px;
    font-weight: 600;
  }
  [part~='file'] {
    display: grid;
    grid-template-columns: 42px minmax(0, 1fr);
    gap: 11px;
    align-items: center;
    inline-size: 280px;
    max-inline-size: 100%;
    padding-block: 3px;
    color: inherit;
    text-decoration: none;
  }
  article:not(.own) [part~='file'] {
    color: inherit;
  }
  .file-icon {
    display: grid;
    place-items: center;
    inline-size: 42px;
    block-size: 42px;
    border-radius: var(--chat-radius-control);
    background: var(--_inset);
  }
  [part~='file'] b {
    display: block;
    overflow: hidden;
    font-weight: 500;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [part~='file'] small,
  [part~='link-card'] small {
    display: block;
    color: var(--_quiet);
    font-size: var(--chat-size-sm);
  }
  video,
  audio {
    display: block;
    inline-size: 320px;
    max-inline-size: 100%;
    margin-block: 3px;
    border-radius: 8px;
  }
  [part~='link-card'] {
    display: block;
    inline-size: 348px;
    max-inline-size: calc(100% + 16px);
    margin: 6px -8px 2px;
    overflow: hidden;
    border-radius: var(--_card);
    background: var(--_inset);
    color: inherit;
    font-size: var(--chat-size-md);
    line-height: 1.35;
    text-decoration: none;
  }
  article:not(.own) [part~='link-card'] {
    color: inherit;
  }
  [part~='link-card'] img {
    display: block;
    inline-size: 100%;
    block-size: 120px;
    object-fit: cover;
  }
  .card-words {
    display: block;
    padding: 9px 12px 11px;
  }
  .card-words b {
    display: block;
    font-size: var(--chat-size-lg);
    font-weight: 600;
  }
  .clamp {
    display: -webkit-box;
    overflow: hidden;
    color: var(--_quiet);
    -webkit-line-clamp: 2;
    -webkit-box-orient: vertical;
  }
`;

/** Pictures in one grid; what is more than these is counted on the last. */
const SHOWN_IMAGES = 4;
/** Of other attachments; who sends more is not shown to the end. */
const SHOWN_FILES = 20;

const isCard = (it: Attachment) => Boolean(it.og_scrape_url || (it.title_link && !it.asset_url));
const imageOf = (it: Attachment) => [it.image_url, it.thumb_url].find(isImageUrl);
const isImage = (it: Attachment) => it.type === 'image' && !isCard(it) && Boolean(imageOf(it));

/** What stands over the text of a message: pictures, films, sounds and files. */
export function media({ attachments = [] }: Message, terms: Terms): unknown[] {
  const images = attachments.filter(isImage);
  const rest = attachments.filter((it) => !isImage(it) && !isCard(it)).slice(0, SHOWN_FILES);
  return [images.length ? grid(images) : nothing, ...rest.map((it) => one(it, terms))];
}

/** What stands under it: the pages that its links lead to. */
export function cards({ attachments = [] }: Message): unknown[] {
  return attachments.filter(isCard).slice(0, 3).map(card);
}

function grid(images: readonly Attachment[]): TemplateResult {
  const shown = images.slice(0, SHOWN_IMAGES - (images.length > SHOWN_IMAGES ? 1 : 0));
  const more = images.length - shown.length;
  const [{ original_width: width, original_height: height } = {} as Attachment] = images;
  const ratio = width && height ? Math.min(2.4, Math.max(0.6, width / height)) : undefined;
  const count = ['', 'one', 'two'][images.length] ?? '';
  const only = images.length === 1 && ratio;
  return html`<div part="images" class=${count} .style=${only ? `--_ratio:${ratio}` : ''}>
    ${shown.map((it, at) => picture(it, at === shown.length - 1 ? more : 0))}
  </div>`;
}

function picture(it: Attachment, more: number): TemplateResult {
  const name = String(it.title || it.fallback || words.picture);
  return html`<a
    href=${openable(it.image_url) ?? nothing}
    target="_blank"
    rel="noopener noreferrer nofollow"
    tabindex="-1"
    ><img
      src=${imageOf(it) ?? ''}
      alt=${more ? words.pictureAndMore(name, more) : name}
      loading="lazy"
      referrerpolicy="no-referrer"
      @error=${hide}
    />${more ? html`<span class="more" dir="ltr" aria-hidden="true">+${more}</span>` : nothing}</a
  >`;
}

const hide = ({ target }: Event) => (target as Element).classList.add('broken');

function one(it: Attachment, terms: Terms): TemplateResult {
  const url = openable(it.asset_url);
  const name = String(it.title || it.fallback || it.text || terms.attachment);
  if (url && it.type === 'video')
    return html`<video src=${url} controls preload="metadata" aria-label=${name}></video>`;
  if (url && (it.type === 'audio' || it.type === 'voiceRecording'))
    return html`<audio src=${url} controls preload="metadata" aria-label=${name}></audio>`;
  const kind = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toUpperCase();
  const size = it.file_size ? words.bytes(it.file_size, terms.locale) : '';
  return html`<a
    part="file"
    href=${url ?? nothing}
    target="_blank"
    rel="noopener noreferrer nofollow"
    tabindex="-1"
  >
    <span class="file-icon">${icon(FILE)}</span>
    <span><b dir="auto">${name}</b><small>${[kind, size].filter(Boolean).join(', ')}</small></span>
  </a>`;
}

function card(it: Attachment): TemplateResult {
  const url = openable(it.og_scrape_url) ?? openable(it.title_link);
  const image = imageOf(it);
  return html`<a
    part="link-card"
    href=${url ?? nothing}
    target="_blank"
    rel="noopener noreferrer nofollow"
    tabindex="-1"
  >
    ${image ? html`<img src=${image} alt="" loading="lazy" referrerpolicy="no-referrer" @error=${hide} />` : nothing}
    <span class="card-words">
      <small>${url ? new URL(url).host : ''}</small>
      <b dir="auto">${it.title ?? ''}</b>
      <span class="clamp" dir="auto">${it.text ?? ''}</span>
    </span>
  </a>`;
}
