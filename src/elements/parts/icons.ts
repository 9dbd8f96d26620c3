import { html, type TemplateResult } from 'lit';

/** Strokes on a grid of 20 × 20. */
const PATHS = {
  alert: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6.4v4.2M10 13.4v.01',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  bubble: 'M6 4h8a3 3 0 0 1 3 3v4a3 3 0 0 1-3 3H9l-4 3v-3a3 3 0 0 1-2-3V7a3 3 0 0 1 3-3z',
  clock: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6v4.2l2.6 1.6',
  down: 'M10 4v11.6M5 10.8l5 5 5-5',
  lock: 'M5 9h10v7.5H5zM7 9V7a3 3 0 0 1 6 0v2',
  offline: 'M6.4 6A4.3 4.3 0 0 0 7 14.6h7M9 5a4.7 4.7 0 0 1 5.6 4 3 3 0 0 1 1.8 5M4 4l12 12',
  retry: 'M15.7 10.6a5.8 5.8 0 1 1-1.5-4.5l1.6 1.5M16 4v3.6h-3.6',
  send: 'M10 16.2V4.4M4.9 9.4 10 4.3l5.1 5.1',
  trash: 'M4 6h12M8 6V3.5h4V6M5 6l1 10.5h8L15 6M8.5 9v4M11.5 9v4',
};

export type IconName = keyof typeof PATHS;

/** A decorative icon, 20 px; `classes`: `s16` for 16 px, `flip` to mirror it in right-to-left pages. */
export function icon(name: IconName, classes = ''): TemplateResult {
  return html`<svg class="i ${classes}" viewBox="0 0 20 20" aria-hidden="true">
    <path d=${PATHS[name]} />
  </svg>`;
}
