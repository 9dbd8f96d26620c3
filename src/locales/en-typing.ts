const list = new Intl.ListFormat('en');

/** Who is typing: the first names, and how many more there are. */
export const typing = (names: string[], others: number): string =>
  others
    ? `${names.length + others} people are typing`
    : `${list.format(names)} ${names.length === 1 ? 'is' : 'are'} typing`;
