import type { Bot, Brackets, Distance, TrailRule } from './bots.ts';
import type { RoiTable } from './roi.ts';
import { counted, joined, NOTHING, type Sentence, say } from './sentence.ts';

/** Where a bot's trades end by themselves, and how that moves. */
export function levelWords({ kind, brackets }: Pick<Bot, 'kind' | 'brackets'>): readonly Sentence[] {
  if (brackets === undefined) return [say`It has ${'no stop and no target'}.`];
  const { trail, roi, target } = brackets;
  const isNamed = kind !== 'indicator-rules';
  return [
    bracketWords(brackets, isNamed),
    ...(trail === undefined ? [] : [trailWords(trail)]),
    ...(roi === undefined ? [] : [roiWords(roi, isNamed || target !== undefined)]),
  ];
}

/** @param isNamed Whether models name levels, before which these go back. */
function bracketWords({ stop, target, roi }: Brackets, isNamed: boolean): Sentence {
  const begins = isNamed ? say`Where no model names one, the stop lies ` : say`The stop lies `;
  const stopText = stop.kind === 'swing' ? swingText(stop) : say`${distanceText(stop)} away`;
  if (target === undefined) {
    return roi === undefined ? say`${begins}${stopText}; there is ${'no target'}.` : say`${begins}${stopText}.`;
  }
  const targetText =
    target.kind === 'risk' ? say`${target.multiple} times as far as the stop` : say`${distanceText(target)} away`;
  return say`${begins}${stopText}, the target ${targetText}.`;
}

function swingText({ candles, offsetPercent }: Extract<Brackets['stop'], { kind: 'swing' }>): Sentence {
  const beyond = offsetPercent === 0 ? NOTHING : say` by ${offsetPercent} %`;
  return say`beyond the swing of ${counted(candles, 'candle')}${beyond}`;
}

function trailWords({ distance, activateAfterPercent }: TrailRule): Sentence {
  const from = activateAfterPercent === 0 ? say`at once` : say`once it is ${activateAfterPercent} % in profit`;
  return say`The stop follows the best price at ${distanceText(distance)}, ${from}.`;
}

function roiWords(table: RoiTable, hasTarget: boolean): Sentence {
  const steps = table.map(({ afterMinutes, percent }) =>
    afterMinutes === 0 ? say`${percent} %` : say`after ${counted(afterMinutes, 'minute')} ${percent} %`,
  );
  const nearer = hasTarget ? say`, where that is nearer than the target` : NOTHING;
  return say`It takes a profit, before fees, of ${joined(steps)}${nearer}.`;
}

function distanceText(distance: Distance): string {
  return distance.kind === 'percent' ? `${distance.percent} %` : `${distance.multiple} ATR(${distance.period})`;
}
