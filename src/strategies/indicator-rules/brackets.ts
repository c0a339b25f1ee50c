import type { Brackets, Distance, SwingDistance, TrailRule } from '#core/bots.ts';
import type { AttachedTrail } from '#core/brackets.ts';
import { unreachable } from '#core/brand.ts';
import type { BracketDistances } from '#core/signals.ts';
import type { Indicators } from './operands.ts';

type Side = 'long' | 'short';
type DistanceAt = (i: number, side: Side, price: number) => number;

/**
 * Stop and target of an entry that is signalled when candle `i` was the last that closed, as distances.
 * `price` is the last one, quote per base: at a close the close.
 */
export type BracketsAt = (i: number, side: Side, price: number) => BracketDistances;

/** Brackets as closures over columns. */
export function compileBrackets(brackets: Brackets, indicators: Indicators): BracketsAt {
  const levelsAt = compileLevels(brackets, indicators);
  if (brackets.trail === undefined) return levelsAt;
  const trailAt = compileTrail(brackets.trail, indicators);
  return (i, side, price) => ({ ...levelsAt(i, side, price), trail: trailAt(i, side, price) });
}

function compileTrail(
  { distance, activateAfterPercent }: TrailRule,
  indicators: Indicators,
): (i: number, side: Side, price: number) => AttachedTrail {
  const fraction = activateAfterPercent / 100;
  if (distance.kind === 'percent') {
    // A percent is of the best price, so that it grows with it.
    return (_, __, price) => ({ distance, activation: price * fraction });
  }
  const distanceAt = distanceOf(distance, indicators);
  return (i, side, price) => ({
    distance: { kind: 'absolute', distance: distanceAt(i, side, price) },
    activation: price * fraction,
  });
}

function compileLevels({ stop, target }: Brackets, indicators: Indicators): BracketsAt {
  const stopAt = distanceOf(stop, indicators);
  if (target === undefined) return (i, side, price) => ({ stop: stopAt(i, side, price), target: undefined });
  if (target.kind === 'risk') {
    const { multiple } = target;
    return (i, side, price) => {
      const distance = stopAt(i, side, price);
      return { stop: distance, target: multiple * distance };
    };
  }
  const targetAt = distanceOf(target, indicators);
  return (i, side, price) => ({ stop: stopAt(i, side, price), target: targetAt(i, side, price) });
}

function distanceOf(distance: Distance | SwingDistance, indicators: Indicators): DistanceAt {
  switch (distance.kind) {
    case 'percent': {
      const fraction = distance.percent / 100;
      return (_, __, price) => price * fraction;
    }
    case 'atr': {
      const { multiple, period } = distance;
      const atr = indicators.column({ name: 'atr', parameters: [period], output: 'atr' });
      return (i) => multiple * atr.values[i]!;
    }
    case 'swing':
      return swingOf(distance, indicators);
    default:
      return unreachable(distance);
  }
}

/** A price at the swing itself leaves no distance, and the signal is refused for it. */
function swingOf({ candles: count, offsetPercent }: SwingDistance, indicators: Indicators): DistanceAt {
  const channel = (output: string) => indicators.column({ name: 'donchian', parameters: [count], output });
  const [lowest, highest] = [channel('lower'), channel('upper')];
  const fraction = offsetPercent / 100;
  return (i, side, price) =>
    side === 'long' ? price - lowest.values[i]! * (1 - fraction) : highest.values[i]! * (1 + fraction) - price;
}
