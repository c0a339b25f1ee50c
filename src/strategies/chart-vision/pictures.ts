import type { Candles } from '#core/candles.ts';
import type { Column } from '#core/indicators/column.ts';
import { formatIndicator, type IndicatorName, type IndicatorSpec } from '#core/indicators/registry.ts';
import type { ChartLook } from '#core/model-bots.ts';
import { Resampled } from '#core/resample.ts';
import type { ChartImage, ChartLine, ChartRequest, Charts } from '#ports/charts.ts';
import { Indicators } from '../indicator-rules/operands.ts';
import type { ShownMarket } from '../model-answers/asking.ts';

/** Values at which people draw a line. */
const GUIDES: Partial<Record<IndicatorName, readonly number[]>> = {
  rsi: [30, 70],
  stochastic: [20, 80],
  stochRsi: [20, 80],
  mfi: [20, 80],
  williamsR: [-80, -20],
  cci: [-100, 100],
  adx: [20],
  macd: [0],
  cmf: [0],
  roc: [0],
};

interface DrawnLine {
  readonly label: string;
  readonly column: Column;
}

/** One series as it is drawn: candles up to the last closed one, with their lines. */
class Picture {
  private readonly market: ShownMarket;
  private readonly look: ChartLook;
  private readonly candles: Candles;
  private readonly overlays: readonly DrawnLine[];
  private readonly panes: readonly { readonly lines: readonly DrawnLine[]; readonly guides: readonly number[] }[];

  constructor(market: ShownMarket, look: ChartLook, candles: Candles, indicators: Indicators) {
    const line = (spec: IndicatorSpec) => ({ label: formatIndicator(spec), column: indicators.column(spec) });
    this.market = market;
    this.look = look;
    this.candles = candles;
    this.overlays = look.overlays.map(line);
    this.panes = look.panes.map((specs) => ({
      lines: specs.map(line),
      guides: specs.length === 0 ? [] : (GUIDES[specs[0]!.name] ?? []),
    }));
  }

  /** What is drawn when candle `i` is the last one. */
  requestAt(i: number): ChartRequest {
    const first = Math.max(0, i + 1 - this.look.candles);
    const shown = ({ label, column }: DrawnLine): ChartLine => ({ label, values: column.values.slice(first, i + 1) });
    const { theme, width, height } = this.look;
    return {
      ...{ symbol: this.market.symbol, timeframe: this.candles.timeframe, priceDecimals: this.market.decimals },
      ...{ theme, width, height },
      candles: Array.from({ length: i + 1 - first }, (_, k) => this.candles.at(first + k)),
      overlays: this.overlays.map(shown),
      panes: this.panes.map(({ lines, guides }) => ({ lines: lines.map(shown), guides })),
    };
  }
}

/** A higher timeframe, made of the bot's own candles as far as they are decided. */
class HigherPicture {
  private readonly resampled: Resampled;
  private readonly indicators: Indicators;
  private readonly picture: Picture;
  private taken = 0;
  private advanced = 0;

  constructor(market: ShownMarket, look: ChartLook, timeframe: ChartLook['timeframes'][number]) {
    this.resampled = new Resampled(market.candles, timeframe);
    this.indicators = new Indicators(this.resampled.candles);
    this.picture = new Picture(market, look, this.resampled.candles, this.indicators);
  }

  /** Undefined while no candle of it has closed. */
  requestAt(i: number): ChartRequest | undefined {
    for (; this.taken <= i; this.taken++) this.resampled.take(this.taken);
    const { length } = this.resampled.candles;
    if (length > this.advanced) this.indicators.advance(this.advanced, length);
    this.advanced = length;
    return length === 0 ? undefined : this.picture.requestAt(length - 1);
  }
}

/** The pictures that a model is shown at a close: the bot's own timeframe first, then the higher ones. */
export class Pictures {
  private readonly own: Picture;
  private readonly higher: readonly HigherPicture[];

  /** @param indicators Those of the bot's candles; what is drawn is added to them. */
  constructor(market: ShownMarket, look: ChartLook, indicators: Indicators) {
    this.own = new Picture(market, look, market.candles, indicators);
    this.higher = look.timeframes.map((timeframe) => new HigherPicture(market, look, timeframe));
  }

  /** Candle `i` is the last one: nothing after it is drawn. Asked in the order of the candles. */
  requestsAt(i: number): readonly ChartRequest[] {
    const above = this.higher.map((picture) => picture.requestAt(i)).filter((request) => request !== undefined);
    return [this.own.requestAt(i), ...above];
  }

  draw(i: number, charts: Charts): Promise<readonly ChartImage[]> {
    return Promise.all(this.requestsAt(i).map((request) => charts.draw(request)));
  }
}
