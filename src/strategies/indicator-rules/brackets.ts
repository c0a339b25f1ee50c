import type { Brackets, Distance, SwingDistance, TrailRule } from '#core/bots.ts';
import type { AttachedTrail } from '#core/brackets.ts';
import { unreachable } from '#core/brand.ts';
import type { Candles } from '#core/candles.ts';
import type { BracketDistances } from '#core/signals.ts';
import type { Indicators } from './operands.ts';

type Side = 'long' | 'short';
type DistanceAt = (i: number, side: Side) => number;

/** Stop and target of an entry that is signalled at the close of candle `i`, as distances. */
export type BracketsAt = (i: number, side: Side) => BracketDistances;

/** Brackets as closures over columns. */
export function compileBrackets(brackets: Brackets, candles: Candles, indicators: Indicators): BracketsAt {
  const levelsAt = compileLevels(brackets, candles, indicators);
  if (brackets.trail === undefined) return levelsAt;
  const trailAt = compileTrail(brackets.trail, candles, indicators);
  return (i, side) => ({ ...levelsAt(i, side), trail: trailAt(i, side) });
}

function compileTrail(
  { distance, activateAfterPercent }: TrailRule,
  candles: Candles,
  indicators: Indicators,
): (i: number, side: Side) => AttachedTrail {
  const { close } = candles;
  const fraction = activateAfterPercent / 100;
  if (distance.kind === 'percent') {
    // A percent is of the best price, so that it grows with it.
    return (i) => ({ distance, activation: close.values[i]! * fraction });
  }
  const distanceAt = distanceOf(distance, candles, indicators);
  return (i, side) => ({
    distance: { kind: 'absolute', distance: distanceAt(i, side) },
    activation: close.values[i]! * fraction,
  });
}

function compileLevels({ stop, target }: Brackets, candles: Candles, indicators: Indicators): BracketsAt {
  const stopAt = distanceOf(stop, candles, indicators);
  if (target === undefined) return (i, side) => ({ stop: stopAt(i, side), target: undefined });
  if (target.kind === 'risk') {
    const { multiple } = target;
    return (i, side) => {
      const distance = stopAt(i, side);
      return { stop: distance, target: multiple * distance };
    };
  }
  const targetAt = distanceOf(target, candles, indicators);
  return (i, side) => ({ stop: stopAt(i, side), target: targetAt(i, side) });
}

function distanceOf(distance: Distance | SwingDistance, candles: Candles, indicators: Indicators): DistanceAt {
  const { close } = candles;
  switch (distance.kind) {
    case 'percent': {
      const fraction = distance.percent / 100;
      return (i) => close.values[i]! * fraction;
    }
    case 'atr': {
      const { multiple, period } = distance;
      const atr = indicators.column({ name: 'atr', parameters: [period], output: 'atr' });
      return (i) => multiple * atr.values[i]!;
    }
    case 'swing':
      return swingOf(distance, candles, indicators);
    default:
      return unreachable(distance);
  }
}

/** A close at the swing itself leaves no distance, and the signal is refused for it. */
function swingOf(
  { candles: count, offsetPercent }: SwingDistance,
  { close }: Candles,
  indicators: Indicators,
): DistanceAt {
  const channel = (output: string) => indicators.column({ name: 'donchian', parameters: [count], output });
  const [lowest, highest] = [channel('lower'), channel('upper')];
  const fraction = offsetPercent / 100;
  return (i, side) =>
    side === 'long'
      ? close.values[i]! - lowest.values[i]! * (1 - fraction)
      : highest.values[i]! * (1 + fraction) - close.values[i]!;
}
