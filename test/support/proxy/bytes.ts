// TypeScript's own library and this version of Node's types differ over what a Buffer's memory is; these two
// say once that a Buffer is an array of bytes.

/** All of `parts` in one piece. */
export function joined(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts as unknown as Uint8Array[]);
}

export function asBytes(buffer: Buffer): Uint8Array {
  return buffer as unknown as Uint8Array;
}
