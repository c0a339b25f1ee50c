import type { Candles } from '#core/candles.ts';
import type { Indicator } from '#core/indicators/column.ts';
import {
  createIndicator,
  formatIndicator,
  INDICATOR_NAMES,
  type IndicatorSpec,
  parseIndicator,
} from '#core/indicators/registry.ts';
import { createWithAllOutputs } from '#tests/builders/indicators.ts';
import { generateCandles } from './generator.ts';
import { loadIndicatorPeers } from './indicator-peers.ts';
import { type Contestant, type Measurement, measure } from './measure.ts';

const COUNT = 1_000_000;
const SEED = 20260101;

/**
 * Every indicator with its default parameters over a million candles: ours into columns that are there already (a sweep
 * has them), ours into new ones (and into one for each output, where not all are computed unasked), and the libraries in the folder AUTOTRADER_BENCH_PEERS, if it is set.
 */
export async function measureIndicators(): Promise<Measurement[]> {
  const candles = generateCandles(COUNT, SEED);
  const folder = process.env.AUTOTRADER_BENCH_PEERS;
  const peers = folder === undefined ? [] : loadIndicatorPeers(folder, candles);
  const results: Measurement[] = [];
  for (const name of INDICATOR_NAMES) {
    const spec = parseIndicator(name);
    const others = peers.flatMap(({ engine, runs }): Contestant[] => {
      const run = runs[name];
      return run === undefined ? [] : [{ engine, prepare: () => run }];
    });
    results.push(...(await measure(formatIndicator(spec), COUNT, [...ours(candles, spec), ...others])));
  }
  return results;
}

function ours(candles: Candles, spec: IndicatorSpec): Contestant[] {
  const create = () => createIndicator(candles, spec);
  const start = (indicator: Indicator) => () => indicator.advance(0, COUNT);
  const lender = create();
  lender.advance(0, COUNT);
  return [
    { engine: 'autotrader', prepare: () => start(lendColumns(lender, create())) },
    { engine: 'autotrader, new columns', prepare: () => start(create()) },
    ...(lender.include === undefined
      ? []
      : [
          {
            engine: 'autotrader, new columns for all outputs',
            prepare: () => start(createWithAllOutputs(candles, spec.name)),
          },
        ]),
  ];
}

/** Makes `to` write where `from` wrote: new memory costs more to get than most indicators cost to compute. */
function lendColumns(from: Indicator, to: Indicator): Indicator {
  for (const [name, column] of Object.entries(to.outputs)) column.values = from.outputs[name].values;
  return to;
}
