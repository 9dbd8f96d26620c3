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

/** What has arrived of these, as it goes with a message. */
export function attachmentsOf(items: readonly TrayItem[]): Attachment[] {
  return items.flatMap(({ attachment }) => (attachment ? [attachment] : []));
}

/** Takes all that has arrived out of the tray, for a message. */
export function takeFiles(channel: Channel): readonly TrayItem[] {
  const taken = trayOf(channel).filter(({ attachment }) => attachment);
  trays.set(
    channel,
    trayOf(channel).filter((item) => !taken.includes(item)),
  );
  return taken;
}

/** Puts back what was taken for a message that was not even shown. */
export function putBack(channel: Channel, items: readonly TrayItem[]): void {
  trays.set(channel, [...items, ...trayOf(channel)]);
}

/** These are not shown in a tray any more. */
export function forget(items: readonly TrayItem[]): void {
  for (const { preview } of items) if (preview) URL.revokeObjectURL(preview);
}

/** What stands in the tray of a channel. */
export function trayOf(channel: Channel | undefined): readonly TrayItem[] {
  return (channel && trays.get(channel)) ?? [];
}
