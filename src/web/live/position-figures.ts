import type { Position } from '#contract/api.ts';

/** What the engine does not send because it follows from what it sends. */

const directionSign = (position: Position): 1 | -1 => (position.direction === 'long' ? 1 : -1);

/** Mark against entry, as a fraction, positive when it is in our favour. */
export function moveFraction(position: Position): number {
  return (Number(position.mark) / Number(position.entryPrice) - 1) * directionSign(position);
}

/** What one R is in price: the distance to the first stop. Null when neither R nor target tell it. */
function priceOfR(position: Position): number | null {
  const entry = Number(position.entryPrice);
  const fromTarget =
    position.target !== null && position.targetR ? (Number(position.target) - entry) / position.targetR : null;
  const fromMark = position.r ? (Number(position.mark) - entry) / position.r : null;
  const price = fromTarget ?? fromMark;
  return price === null || price === 0 ? null : Math.abs(price);
}

/** Where the stop stands now in multiples of the first risk: -1 until it has been moved. Null without a stop. */
export function stopR(position: Position): number | null {
  if (position.stop === null) return null;
  const price = priceOfR(position);
  if (price === null) return -1;
  return ((Number(position.stop) - Number(position.entryPrice)) * directionSign(position)) / price;
}

export const ageMs = (position: Position): number => Math.max(0, position.markTime - position.entryTime);
