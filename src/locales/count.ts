/** A number as English writes it. */
export const number = (n: number): string => n.toLocaleString('en');

/** A number with what is counted. */
export const count = (n: number, one: string, many = one + 's'): string =>
  `${number(n)} ${n === 1 ? one : many}`;
