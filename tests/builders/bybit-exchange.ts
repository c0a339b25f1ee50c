import { onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { type Candle, Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { type BybitOptions, bybitWith } from '#simulator/bybit/twin.ts';
import { type PriceStream, recordedPrices } from '#simulator/price-streams.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '#simulator/simulator.ts';

/** A Monday, and no moment of funding. */
export const START = Date.UTC(2026, 0, 5, 1) as EpochMs;
const MINUTE_MS = 60_000;

/** Open, high, low, close, and volume (100 when left out) of each minute. */
export type Row = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** Minute candles as they are written down. */
export function scripted(symbol: string, rows: readonly Row[], start: EpochMs = START): PriceStream {
  const candles = new Candles('1m');
  rows.forEach(([open, high, low, close, volume = 100], k) => {
    candles.append({ openTime: (start + k * MINUTE_MS) as EpochMs, open, high, low, close, volume } satisfies Candle);
  });
  return recordedPrices(symbol as MarketSymbol, candles);
}

/** Minutes in which nothing happens. */
export function still(price: number, minutes: number): readonly Row[] {
  return Array.from({ length: minutes }, () => [price, price, price, price] as const);
}

/** The Bybit twin on loopback for one test. */
export async function openBybit(
  prices: readonly PriceStream[],
  options: Partial<SimulatorOptions> & { readonly bybit?: BybitOptions } = {},
): Promise<Simulator> {
  const { bybit, ...rest } = options;
  const simulator = await startSimulator({ twins: [bybitWith(bybit)], prices, clock: systemClock, ...rest });
  onTestFinished(() => simulator.close());
  return simulator;
}
