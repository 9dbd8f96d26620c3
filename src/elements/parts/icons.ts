import { html, type TemplateResult } from 'lit';

// Strokes on a grid of 20 × 20.
export const BACK = 'M12 4.5 6.5 10l5.5 5.5';
export const CLOCK = 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6v4.2l2.6 1.6';
export const SEND = 'M10 16.2V4.4M4.9 9.4 10 4.3l5.1 5.1';
export const TRASH = 'M4 6h12M8 6V3.5h4V6M5 6l1 10.5h8L15 6M8.5 9v4M11.5 9v4';

/** A decorative icon, 20 px; `classes`: `s16` for 16 px, `flip` to mirror it in right-to-left pages. */
export function icon(path: string, classes = ''): TemplateResult {
  return html`<svg class="i ${classes}" viewBox="0 0 20 20" aria-hidden="true">
    <path d=${path} />
  </svg>`;
}
