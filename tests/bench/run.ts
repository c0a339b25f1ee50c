/**
 * `npm run bench [-- --json] [-- engines|indicators]`: what counts is the ratio between engines of one run, not the figure
 * of a machine. With --json a line for each measurement.
 */
import { measureEngines } from './engines.ts';
import { measureIndicators } from './indicators.ts';
import type { Measurement } from './measure.ts';
import { measureMemory } from './memory.ts';

const SUITES = { engines: measureEngines, indicators: measureIndicators } as const;

const asked = process.argv.slice(2).filter((text) => text in SUITES) as (keyof typeof SUITES)[];
const isJson = process.argv.includes('--json');

for (const suite of asked.length > 0 ? asked : (Object.keys(SUITES) as (keyof typeof SUITES)[])) {
  const measurements = await SUITES[suite]();
  for (const measurement of measurements) print(measurement, measurements);
}
const megabytes = measureMemory();
const memory = { workload: 'memory', engine: 'autotrader', maxRssMegabytes: megabytes };
console.log(
  isJson ? JSON.stringify(memory) : `\n1,000,000 candles from a CSV file through the CLI: ${megabytes} MB at most`,
);

function print(measurement: Measurement, all: readonly Measurement[]): void {
  if (isJson) {
    console.log(JSON.stringify(measurement));
    return;
  }
  const { workload, engine, barsPerSecond } = measurement;
  const yardstick = all.find((other) => other.workload === workload && other.engine === 'yardstick');
  const ratio = yardstick ? `${(barsPerSecond / yardstick.barsPerSecond).toFixed(2)} of the yardstick` : '';
  console.log(
    `${workload.padEnd(34)}${engine.padEnd(26)}${(barsPerSecond / 1e6).toFixed(1).padStart(8)} M bars/s   ${ratio}`.trimEnd(),
  );
}
