import type { MarketSymbol } from '#core/bots.ts';
import type { Candle } from '#core/candles.ts';
import type { Timeframe } from '#core/time.ts';

/** A line over the candles, or in a pane of its own: one value for each candle, NaN where there is none. */
export interface ChartLine {
  /** As it is written in the legend: "ema(20)". */
  readonly label: string;
  readonly values: ArrayLike<number>;
}

/** A strip below the candles with a scale of its own. */
export interface ChartPane {
  readonly lines: readonly ChartLine[];
  /** Values at which a dashed line is drawn: 30 and 70 of an RSI. */
  readonly guides: readonly number[];
}

/** What a picture of a market shows: nothing of it is newer than the last candle. */
export interface ChartRequest {
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
  /** Closed ones, oldest first; at least one. */
  readonly candles: readonly Candle[];
  /** Decimals of the instrument's tick: prices are written with as many. */
  readonly priceDecimals: number;
  readonly overlays: readonly ChartLine[];
  readonly panes: readonly ChartPane[];
  readonly theme: 'dark' | 'light';
  /** Pixels: 320 to 4096 wide, 240 to 4096 high. */
  readonly width: number;
  readonly height: number;
}

export interface ChartImage {
  readonly png: Uint8Array;
  /** SHA-256 of the PNG, lower-case hex: the same request always gives the same. */
  readonly sha256: string;
  /** SHA-256 of what was drawn: the same on every machine, also where pixels differ by a shade. */
  readonly drawnFrom: string;
  readonly width: number;
  readonly height: number;
}

/** Who makes pictures of a market. */
export interface Charts {
  /** @throws RangeError for a size outside the limits, and without candles. */
  draw(request: ChartRequest): Promise<ChartImage>;
}
