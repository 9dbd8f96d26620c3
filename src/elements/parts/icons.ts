import { html, type TemplateResult } from 'lit';

/** Strokes on a grid of 20 × 20. */
const PATHS = {
  alert: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6.4v4.2M10 13.4v.01',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  bubble:
    'M6 3.6h8a3 3 0 0 1 3 3v4.9a3 3 0 0 1-3 3H9.2l-3.4 2.7c-.3.2-.7 0-.7-.4v-2.5A3 3 0 0 1 3 11.5V6.6a3 3 0 0 1 3-3z',
  clock: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6v4.2l2.6 1.6',
  down: 'M10 4v11.6M5 10.8l5 5 5-5',
  lock: 'M6.8 8.8h6.4a2.4 2.4 0 0 1 2.4 2.4v3a2.4 2.4 0 0 1-2.4 2.4H6.8a2.4 2.4 0 0 1-2.4-2.4v-3a2.4 2.4 0 0 1 2.4-2.4zM6.9 8.6V6.7a3.1 3.1 0 0 1 6.2 0v1.9',
  offline:
    'M6.4 6.2A4.3 4.3 0 0 0 3 10.6a4 4 0 0 0 4 4.1h7M9 4.9a4.7 4.7 0 0 1 5.6 4.1A3 3 0 0 1 16.4 14M3.8 3.8l12.4 12.4',
  retry: 'M15.7 10.6a5.8 5.8 0 1 1-1.5-4.5l1.6 1.5M15.9 4v3.6h-3.6',
  send: 'M10 16.2V4.4M4.9 9.4 10 4.3l5.1 5.1',
  trash:
    'M3.8 5.8h12.4M7.8 5.6V4.5c0-.6.5-1.1 1.1-1.1h2.2c.6 0 1.1.5 1.1 1.1v1.1M5.2 5.8l.7 9.2c.1.9.8 1.6 1.7 1.6h4.8c.9 0 1.6-.7 1.7-1.6l.7-9.2M8.5 9.2v4M11.5 9.2v4',
};

export type IconName = keyof typeof PATHS;

/** A decorative icon, 20 px; `classes`: `s16` for 16 px, `flip` to mirror it in right-to-left pages. */
export function icon(name: IconName, classes = ''): TemplateResult {
  return html`<svg class="i ${classes}" viewBox="0 0 20 20" aria-hidden="true">
    <path d=${PATHS[name]} />
  </svg>`;
}
