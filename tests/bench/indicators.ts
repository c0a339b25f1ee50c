import type { Candles } from '#core/candles.ts';
import type { Indicator } from '#core/indicators/column.ts';
import { createIndicator, formatIndicator, INDICATOR_NAMES, parseIndicator } from '#core/indicators/registry.ts';
import { generateCandles } from './generator.ts';
import { type IndicatorPeer, loadIndicatorPeers } from './indicator-peers.ts';
import { type Measurement, medianCpuSeconds } from './measure.ts';

const COUNT = 1_000_000;
const SEED = 20260101;

/**
 * Every indicator with its default parameters over a million candles: ours into columns that are there already (a sweep
 * has them), ours into new ones, and the libraries in the folder AUTOTRADER_BENCH_PEERS, if it is set.
 */
export function measureIndicators(): Measurement[] {
  const candles = generateCandles(COUNT, SEED);
  const folder = process.env.AUTOTRADER_BENCH_PEERS;
  return [
    ...measureOurs(candles),
    ...(folder === undefined ? [] : loadIndicatorPeers(folder, candles).flatMap(measurePeer)),
  ];
}

function measureOurs(candles: Candles): Measurement[] {
  return INDICATOR_NAMES.flatMap((name) => {
    const spec = parseIndicator(name);
    const workload = formatIndicator(spec);
    const create = () => createIndicator(candles, spec);
    const buffers = create();
    buffers.advance(0, COUNT);
    const advance = (indicator: Indicator) => indicator.advance(0, COUNT);
    return [
      measurement(
        workload,
        'autotrader',
        medianCpuSeconds(() => lendBuffers(buffers, create()), advance),
      ),
      measurement(workload, 'autotrader, new columns', medianCpuSeconds(create, advance)),
    ];
  });
}

/** Makes `to` write where `from` wrote: new memory costs more to get than most indicators cost to compute. */
function lendBuffers(from: Indicator, to: Indicator): Indicator {
  for (const [name, column] of Object.entries(to.outputs)) column.values = from.outputs[name].values;
  return to;
}

function measurePeer({ engine, runs }: IndicatorPeer): Measurement[] {
  return Object.entries(runs).map(([name, run]) =>
    measurement(
      formatIndicator(parseIndicator(name)),
      engine,
      medianCpuSeconds(() => undefined, run),
    ),
  );
}

function measurement(workload: string, engine: string, seconds: number): Measurement {
  return { workload, engine, barsPerSecond: COUNT / seconds };
}

if (import.meta.main) {
  for (const { workload, engine, barsPerSecond } of measureIndicators()) {
    console.log(`${workload.padEnd(20)}${engine.padEnd(30)}${(barsPerSecond / 1e6).toFixed(1).padStart(8)} M bars/s`);
  }
}
