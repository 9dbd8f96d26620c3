import type { Channel } from '../../client/channel.js';
import type { Attachment } from '../../protocol.js';

/** A file on its way into a message. */
export interface TrayItem {
  readonly file: File;
  /** Of a picture, to be shown; ends with the item. */
  readonly preview: string | undefined;
  /** From 0 to 1. */
  readonly progress: number;
  /** What is sent with the message; undefined until the file has arrived. */
  readonly attachment: Attachment | undefined;
  /** Why it did not arrive; undefined while it may. */
  readonly problem: string | undefined;
  /** Gives it up. */
  readonly abort: AbortController;
}

/** What will go with the next message of each channel: it waits while another channel is open. */
export const trays = new WeakMap<Channel, readonly TrayItem[]>();

/** What stands in the tray of a channel. */
export function trayOf(channel: Channel | undefined): readonly TrayItem[] {
  return (channel && trays.get(channel)) ?? [];
}
