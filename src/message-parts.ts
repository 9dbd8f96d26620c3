// Of `protocol.ts`: what stands in and under a message. Custom fields stand beside the named ones.
import type { User } from './protocol.js';

/** The reactions of one type to one message. */
export interface ReactionGroup extends Record<string, unknown> {
  count: number;
}

/** Something beside the text. Which fields there are depends on `type`: image, video, audio, file, or a link's page. */
export interface Attachment extends Record<string, unknown> {
  type?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fallback?: string;
  image_url?: string;
  thumb_url?: string;
  asset_url?: string;
  og_scrape_url?: string;
  mime_type?: string;
  /** In bytes. */
  file_size?: number;
  original_width?: number;
  original_height?: number;
}

export interface Reaction extends Record<string, unknown> {
  type: string;
  user_id: string;
  user?: User;
  message_id?: string;
}
