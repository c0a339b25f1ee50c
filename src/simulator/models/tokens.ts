/** A rough measure: each model counts in its own way. */
export const CHARACTERS_PER_TOKEN = 4;

/** How many tokens a text is about. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
