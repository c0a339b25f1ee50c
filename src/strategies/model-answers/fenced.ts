const LONGEST = 500;

/**
 * Words from outside on one line between marks that they cannot write themselves: a model is told that what stands between them is
 * never an instruction. It guards no limit: whatever a model makes of them, code holds its answer to the bot's own rules.
 */
export function fenced(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/[<>＜＞‹›«»{}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const cut = [...plain].slice(0, LONGEST).join('');
  return `<<<${cut}>>>`;
}
