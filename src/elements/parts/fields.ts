import type { ChannelState } from '../../client/state.js';

/**
 * Selects some fields for a `ChannelSlice`: one object, the same one for as long as none of them changed.
 * So a message list does not render because somebody types.
 */
export function fields<K extends keyof ChannelState>(
  ...keys: K[]
): (state: ChannelState) => Pick<ChannelState, K> {
  let last: Pick<ChannelState, K> | undefined;
  return (state) => (last = last && keys.every((key) => last?.[key] === state[key]) ? last : state);
}
