// Strokes of the icons that a first look does not need, as those in `parts/icons.ts`.
export const ALERT = 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6.4v4.2M10 13.4v.01';
export const BUBBLE = 'M6 4h8a3 3 0 0 1 3 3v4a3 3 0 0 1-3 3H9l-4 3v-3a3 3 0 0 1-2-3V7a3 3 0 0 1 3-3z';
export const LOCK = 'M5 9h10v7.5H5zM7 9V7a3 3 0 0 1 6 0v2';
export const OFFLINE = 'M6.4 6A4.3 4.3 0 0 0 7 14.6h7M9 5a4.7 4.7 0 0 1 5.6 4 3 3 0 0 1 1.8 5M4 4l12 12';
export const RETRY = 'M15.7 10.6a5.8 5.8 0 1 1-1.5-4.5l1.6 1.5M16 4v3.6h-3.6';
