import type { Candles } from '#core/candles.ts';
import type { Column } from '#core/indicators/column.ts';
import { parseIndicator } from '#core/indicators/registry.ts';
import type { MarketFigures } from '#core/market-figures.ts';
import type { Indicators } from '../indicator-rules/operands.ts';

/** How far back analysts are told of candles. */
export const CANDLES_TOLD = 200;

/** The figures of a market at any of its closes; its columns are filled with the other indicators'. */
export class FiguresAt {
  private readonly candles: Candles;
  private readonly columns: Readonly<
    Record<'emaFast' | 'emaSlow' | 'rsi' | 'adx' | 'atr' | 'support' | 'resistance', Column>
  >;

  constructor(candles: Candles, indicators: Indicators) {
    const column = (text: string) => indicators.column(parseIndicator(text));
    this.candles = candles;
    this.columns = {
      emaFast: column('ema(20)'),
      emaSlow: column('ema(50)'),
      rsi: column('rsi(14)'),
      adx: column('adx(14)'),
      atr: column('atr(14)'),
      support: column('supportResistance.support'),
      resistance: column('supportResistance.resistance'),
    };
  }

  at(i: number): MarketFigures {
    const { close, low, high } = this.candles;
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = Math.max(0, i - CANDLES_TOLD + 1); k <= i; k++) {
      lowest = Math.min(lowest, low.values[k]!);
      highest = Math.max(highest, high.values[k]!);
    }
    const { emaFast, emaSlow, rsi, adx, atr, support, resistance } = this.columns;
    return {
      price: close.values[i]!,
      emaFast: emaFast.values[i]!,
      emaSlow: emaSlow.values[i]!,
      rsi: rsi.values[i]!,
      adx: adx.values[i]!,
      atr: atr.values[i]!,
      support: support.values[i]!,
      resistance: resistance.values[i]!,
      low: lowest,
      high: highest,
    };
  }
}
