import type { Candles } from '../candles.ts';
import { Atr } from './atr.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { PriceLevels } from './price-levels.ts';
import { RollingRange } from './rolling-range.ts';

/**
 * Support and resistance: the nearest price at or below the close, and the nearest above it, at which the market has
 * turned. NaN while there is none.
 *
 * A candle is a swing high when none of the `strength` candles on each side has a higher high and the one before has a
 * lower one; a swing low the other way round. So a swing is known only `strength` candles after it, and counts from
 * then on. Swings within `tolerance` average true ranges of a level become part of it, see PriceLevels. The first
 * swings that count are known at the larger of 2 * strength and `atrPeriod`.
 * @see TradingView, ta.pivothigh and ta.pivotlow: swings; the levels are our own.
 */
export class SupportResistance implements Indicator {
  readonly outputs = { support: new Column(), resistance: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly strength: number;
  private readonly tolerance: number;
  private readonly atr: Atr;
  private readonly highest = new Column();
  private readonly lowest = new Column();
  private readonly range: RollingRange;
  private readonly levels = new PriceLevels();

  /** @throws RangeError unless `strength` and `atrPeriod` are whole numbers >= 1 and `tolerance` is a number >= 0. */
  constructor(candles: Candles, strength: number, tolerance: number, atrPeriod: number) {
    checkParameters(supportResistance, [strength, tolerance, atrPeriod]);
    this.candles = candles;
    this.strength = strength;
    this.tolerance = tolerance;
    this.atr = new Atr(candles, atrPeriod);
    this.range = new RollingRange(candles, { highest: this.highest, lowest: this.lowest }, 2 * strength + 1);
    this.firstIndex = Math.max(2 * strength, atrPeriod);
  }

  advance(from: number, to: number): void {
    this.atr.advance(from, to);
    this.range.advance(from, to);
    const { firstIndex, levels } = this;
    const close = this.candles.close.values;
    const support = this.outputs.support.reserve(to);
    const resistance = this.outputs.resistance.reserve(to);
    for (let i = from; i < Math.min(firstIndex, to); i++) support[i] = resistance[i] = NaN;
    for (let i = Math.max(from, firstIndex); i < to; i++) {
      this.addSwings(i);
      support[i] = levels.below(close[i]);
      resistance[i] = levels.above(close[i]);
    }
  }

  /** Adds the swings that candle `i` confirms. */
  private addSwings(i: number): void {
    const swing = i - this.strength;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const isHigh = high[swing] === this.highest.values[i] && high[swing] > high[swing - 1];
    const isLow = low[swing] === this.lowest.values[i] && low[swing] < low[swing - 1];
    const tolerance = this.tolerance * this.atr.outputs.atr.values[i];
    if (isHigh) this.levels.add(high[swing], tolerance);
    if (isLow) this.levels.add(low[swing], tolerance);
  }
}

export const supportResistance: Definition = {
  name: 'supportResistance',
  title: 'Support and resistance by swings',
  parameters: [
    period('strength', 5),
    { name: 'tolerance', default: 0.5, minimum: 0, whole: false },
    period('atrPeriod', 14),
  ],
  outputs: ['support', 'resistance'],
  create: (candles, [strength, tolerance, atrPeriod]) => new SupportResistance(candles, strength, tolerance, atrPeriod),
};
