import type { Position } from '#contract/api.ts';

type Stopped = Pick<Position, 'mode' | 'stopConfirmed'>;

function count(positions: readonly Stopped[]): string {
  return positions.length === 1 ? '1 position has' : `${positions.length} positions have`;
}

/** What is known of the stops while the engine cannot be asked. Says nothing that was not confirmed. */
export function stopSentence(positions: readonly Stopped[]): string {
  if (positions.length === 0) return '';
  const unconfirmed = positions.filter((position) => !position.stopConfirmed);
  if (unconfirmed.length > 0) return `${count(unconfirmed)} no exchange stop.`;
  const live = positions.some((position) => position.mode === 'live');
  const paper = positions.some((position) => position.mode === 'paper');
  if (live && paper)
    return 'Live stops are held by the exchange and stay active. Paper stops are worked by the engine itself: they wait until it is back.';
  return live
    ? 'Stops are held by the exchange and stay active.'
    : 'Paper stops are worked by the engine itself: they wait until it is back.';
}
