import type { ChannelData } from '../../protocol.js';

/** Whether the visitor has one of these capabilities. Of a server that names none all is asked, and it decides. */
export function may(data: ChannelData | undefined, ...capabilities: string[]): boolean {
  const held = data?.own_capabilities;
  return !held || capabilities.some((one) => held.includes(one));
}
