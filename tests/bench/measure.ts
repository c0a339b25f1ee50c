/** One figure of the benchmark: how many candles of `workload` an engine gets through in a second of CPU time. */
export interface Measurement {
  readonly workload: string;
  readonly engine: string;
  readonly barsPerSecond: number;
}

/** V8 replaces the code of a long loop several times before it is content. */
const WARM_UPS = 8;
const RUNS = 15;
/** A slow workload needs no patience: it is over after this, with the fewest runs that have a median worth the name. */
const PATIENCE_MS = 3_000;
const FEWEST_RUNS = 7;
/** Compiler and sweeper go on in threads of their own after a run or a collection, and would be charged to the next. */
const SETTLE_MS = 100;

/**
 * Median seconds of CPU time of `run` in steady state, all threads together. Prepares anew for each run, outside of the
 * measured part, and collects garbage before it when node runs with --expose-gc.
 */
export function medianCpuSeconds<Prepared>(prepare: () => Prepared, run: (prepared: Prepared) => unknown): number {
  const seconds: number[] = [];
  let total = 0;
  while (seconds.length < WARM_UPS + RUNS && (total * 1000 < PATIENCE_MS || seconds.length < 1 + FEWEST_RUNS)) {
    const prepared = prepare();
    settle();
    const before = process.cpuUsage();
    run(prepared);
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
    total += (user + system) / 1e6;
  }
  const steady = seconds.slice(Math.min(WARM_UPS, seconds.length - FEWEST_RUNS)).sort((a, b) => a - b);
  return steady[steady.length >> 1];
}

function settle(): void {
  globalThis.gc?.();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
}
