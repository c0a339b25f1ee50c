/** A piece of a sentence; facts are what stands in the bot's file. */
export interface Piece {
  readonly text: string;
  readonly isFact: boolean;
}
export type Sentence = readonly Piece[];

/** Says nothing. */
export const NOTHING: Sentence = [];

/** A sentence whose values are facts; a part that is made in the same way goes in as it is. */
export function say(words: TemplateStringsArray, ...parts: readonly (string | number | Sentence)[]): Sentence {
  return words.flatMap((text, k) => [...(text === '' ? [] : [{ text, isFact: false }]), ...piecesOf(parts[k])]);
}

function piecesOf(part: string | number | Sentence | undefined): Sentence {
  if (typeof part === 'object') return part;
  return part === undefined ? [] : [{ text: String(part), isFact: true }];
}

export function joined(parts: readonly Sentence[]): Sentence {
  return parts.flatMap((part, k) => (k === 0 ? part : [{ text: ', ', isFact: false }, ...part]));
}

/** "1 candle", "3 candles". */
export function counted(count: number, what: string): Sentence {
  return [
    { text: String(count), isFact: true },
    { text: ` ${what}${count === 1 ? '' : 's'}`, isFact: false },
  ];
}
