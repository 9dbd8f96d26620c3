import type { Shape } from './modes.js';

/** How long one slice may keep the line, in seconds: slow lines deliver little by little. */
const SLICE_S = 0.05;

/** A line with a speed, shared by the connections that run over it. */
export class Line {
  readonly shape: Shape;
  /** When each direction is free again, by `performance.now()`. */
  #free = { up: 0, down: 0 };

  constructor(shape: Shape = {}) {
    this.shape = shape;
  }

  /** Whether it delays anything. */
  get limits(): boolean {
    return Boolean(this.shape.latencyMs || this.shape.bytesPerSecond);
  }

  /** Cuts `bytes` so that no piece keeps the line for long. */
  slice(bytes: Buffer): Buffer[] {
    const { bytesPerSecond } = this.shape;
    const size = bytesPerSecond ? Math.max(1, Math.floor(bytesPerSecond * SLICE_S)) : bytes.length;
    const slices = [bytes.subarray(0, size)];
    for (let at = size; at < bytes.length; at += size) slices.push(bytes.subarray(at, at + size));
    return slices;
  }

  /** Takes its time on the line for `count` bytes. @returns When they arrive, by `performance.now()`. */
  due(direction: 'up' | 'down', count: number): number {
    const { latencyMs = 0, bytesPerSecond } = this.shape;
    const start = Math.max(performance.now(), this.#free[direction]);
    this.#free[direction] = start + (bytesPerSecond ? (count / bytesPerSecond) * 1000 : 0);
    return this.#free[direction] + latencyMs;
  }
}
