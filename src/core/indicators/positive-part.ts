/**
 * The larger of `value` and 0, exactly. It is computed, not chosen: whether a price rose is a coin toss to a processor,
 * and a branch on it makes an indicator two to four times slower.
 */
export function positivePart(value: number): number {
  return (Math.abs(value) + value) * 0.5;
}
