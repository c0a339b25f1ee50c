import { onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { seededPrices } from '#simulator/price-streams.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '#simulator/simulator.ts';
import type { TwinDefinition } from '#simulator/twin.ts';

/** When the invented market begins: a Monday. */
const START = Date.UTC(2026, 0, 5) as EpochMs;

/** An invented minute market of one symbol. */
export function inventedPrices(symbol: string, startPrice: number, tick: string, startTime: EpochMs = START) {
  const market = { seed: 7, startPrice, tick, lot: '0.0001', timeframe: '1m', startTime } as const;
  return seededPrices(symbol as MarketSymbol, market);
}

/** Twins on loopback for one test, over an invented market unless there is another one. */
export async function openServices(
  twins: readonly TwinDefinition[],
  options: Partial<SimulatorOptions> = {},
): Promise<Simulator> {
  const prices = [inventedPrices('BTC/USDT', 60_000, '0.1')];
  const simulator = await startSimulator({ twins, prices, clock: systemClock, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}
