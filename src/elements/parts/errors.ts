import { ChatError } from '../../errors.js';

/** Whatever was thrown, as the one error that this library tells of. */
export function asChatError(thrown: unknown): ChatError {
  return thrown instanceof ChatError ? thrown : new ChatError('refused', String(thrown), { cause: thrown });
}
