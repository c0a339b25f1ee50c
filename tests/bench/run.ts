/**
 * `npm run bench [-- --json] [-- engines|indicators|charts]`: what counts is the ratio between engines of one run, not the figure
 * of a machine. With --json a line for each measurement.
 */
import { measureCharts, type PictureTime } from './charts.ts';
import { measureEngines } from './engines.ts';
import { measureIndicators } from './indicators.ts';
import type { Measurement } from './measure.ts';
import { measureMemory } from './memory.ts';

const SUITES = { engines: measureEngines, indicators: measureIndicators } as const;

const words = process.argv.slice(2);
const isJson = words.includes('--json');
const isAsked = (suite: string) => words.every((word) => word.startsWith('--')) || words.includes(suite);

// First, while this process is small: the system counts what it holds when it starts another one as that one's own.
const megabytes = measureMemory();

for (const [suite, measure] of Object.entries(SUITES)) {
  if (!isAsked(suite)) continue;
  const measurements = await measure();
  for (const measurement of measurements) print(measurement, measurements);
}
if (isAsked('charts')) for (const time of await measureCharts()) printPicture(time);
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

function printPicture(time: PictureTime): void {
  if (isJson) {
    console.log(JSON.stringify(time));
    return;
  }
  const { workload, engine, medianMs, p90Ms } = time;
  console.log(
    `${workload.padEnd(34)}${engine.padEnd(32)}${medianMs.toFixed(1).padStart(6)} ms each   nine of ten within ${p90Ms.toFixed(1)} ms`,
  );
}
