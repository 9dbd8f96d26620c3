/** One to three emoji and nothing else. Not a literal, since the flag is younger than our language target. */
const EMOJI = new RegExp('^(\\s*\\p{RGI_Emoji}){1,3}\\s*$', 'v');

/** Whether `text` is one to three emoji alone, which are shown large. */
export function isJumbo(text: string): boolean {
  return text.length < 80 && EMOJI.test(text);
}
