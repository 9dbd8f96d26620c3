// Strokes of the icons that a first look does not need, as those in `parts/icons.ts`.
export const ALERT = 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 6.4v4.2M10 13.4v.01';
export const BUBBLE = 'M6 4h8a3 3 0 0 1 3 3v4a3 3 0 0 1-3 3H9l-4 3v-3a3 3 0 0 1-2-3V7a3 3 0 0 1 3-3z';
export const LOCK = 'M5 9h10v7.5H5zM7 9V7a3 3 0 0 1 6 0v2';
export const OFFLINE = 'M6.4 6A4.3 4.3 0 0 0 7 14.6h7M9 5a4.7 4.7 0 0 1 5.6 4 3 3 0 0 1 1.8 5M4 4l12 12';
export const RETRY = 'M15.7 10.6a5.8 5.8 0 1 1-1.5-4.5l1.6 1.5M16 4v3.6h-3.6';
export const FILE = 'M6 3h5.5L15 6.5V17H6zM11 3v4h4';
export const REPLY = 'M8.5 5 4 9.5 8.5 14M4.4 9.5H11a5 5 0 0 1 5 5v1';
export const COPY = 'M8 7h8v9H8zM12 7V4H4v9h4';
export const EDIT = 'M4 16l.8-3.4L13.6 3.8l2.6 2.6-8.8 8.8zM11.8 5.6l2.6 2.6';
export const MORE = 'M4.5 10v.01M10 10v.01M15.5 10v.01';
export const REACT =
  'M16 9.2A6.5 6.5 0 1 1 10.5 3.7M7.6 8.6v.01M11.6 8.6v.01M7 11.8a3.4 3.4 0 0 0 5.2 0M15.6 2.6v4.8M13.2 5h4.8';
export const CLOSE = 'M5.5 5.5l9 9M14.5 5.5l-9 9';
export const CHECK = 'M4.5 10.5l3.8 3.8 7.2-8';
export const PLUS = 'M10 4v12M4 10h12';
