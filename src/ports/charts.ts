import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
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

/**
 * What a picture of a market shows. A drawn one shows nothing newer than the last candle; one that is captured from a
 * site shows that site's candles, the running one too.
 */
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
  /** SHA-256 of the PNG, lower-case hex: the same request always gives the same drawn one. */
  readonly sha256: string;
  /** SHA-256 of what was drawn, the same on every machine, also where pixels differ by a shade; of a captured one, of the PNG. */
  readonly drawnFrom: string;
  /** Pixels. A captured one may be smaller than what was asked for. */
  readonly width: number;
  readonly height: number;
}

/**
 * Why there is no picture: `browser`, none is there, or it does not start; `login`, the site wants somebody signed in;
 * `challenge`, it wants to see a person; `symbol`, it has no such chart; `stale`, what is shown is not what was asked for;
 * `late`, it was not there in time; `past`, pictures of the past cannot be had; `page`, anything else of the page.
 */
export type ChartFailure = 'browser' | 'login' | 'challenge' | 'symbol' | 'stale' | 'late' | 'past' | 'page';

/** There is no picture of this market now: never a wrong one. The message is a sentence with the fix. */
export class ChartUnavailable extends Error {
  override readonly name = 'ChartUnavailable';
  readonly failure: ChartFailure;

  constructor(failure: ChartFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Who makes pictures of a market. */
export interface Charts {
  /**
   * @throws ChartUnavailable where it has to be got from somewhere and cannot be; RangeError for a size outside the
   * limits, and without candles.
   */
  draw(request: ChartRequest): Promise<ChartImage>;
}
