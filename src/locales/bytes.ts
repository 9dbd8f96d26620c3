/** A file's size as people read it: kB below a megabyte. */
export const bytes = (count: number, locale: string): string =>
  count < 1e6
    ? `${Math.max(1, Math.round(count / 1000)).toLocaleString(locale)} KB`
    : `${(count / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`;
