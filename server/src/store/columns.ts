import type { ColumnType } from 'kysely';

/** Written as JSON text, read parsed: drivers disagree on how they turn arrays into parameters. */
export type JsonColumn<T> = ColumnType<T, string, string>;

/** May be left out when a row is made. */
export type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
