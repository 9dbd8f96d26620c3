import { words } from '../../../locales/en-rich.js';
import type { Reaction } from '../../../protocol.js';

/** The reactions that are offered: the type on the wire, and what is shown for it. */
export const OFFERED = [
  ['like', '👍'],
  ['love', '❤️'],
  ['haha', '😂'],
  ['celebrate', '🎉'],
  ['eyes', '👀'],
  ['thanks', '🙏'],
] as const;

/** Types of other clients of the same server. */
const KNOWN = new Map<string, string>([...OFFERED, ['wow', '😮'], ['sad', '😢'], ['angry', '😠']]);

/** What is shown and said for a type: what its sender gave with it, for one that is not known here. */
export function emojiOf(type: string, among: readonly Reaction[] = []): { emoji: string; name: string } {
  const given = among.find((reaction) => reaction.type === type)?.['emoji_code'];
  const emoji = KNOWN.get(type) ?? (typeof given === 'string' && given ? given : type);
  const names: Readonly<Record<string, string>> = words.reactions;
  return { emoji, name: (Object.hasOwn(names, type) && names[type]) || type };
}
