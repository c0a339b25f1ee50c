/** One figure of the benchmark: how many candles of `workload` an engine gets through in a second of CPU time. */
export interface Measurement {
  readonly workload: string;
  readonly engine: string;
  readonly barsPerSecond: number;
}

/** An engine at the start: `prepare` makes what a run needs, outside of the measured part. */
export interface Contestant {
  readonly engine: string;
  prepare(): () => unknown | Promise<unknown>;
}

/** V8 replaces the code of a long loop several times before it is content. */
const WARM_UPS = 8;
const RUNS = 15;
/** Who is slow need not run as often: the median of 7 will do once it has used this much CPU time. */
const PATIENCE_SECONDS = 3;
const FEWEST_RUNS = 7;
/** Compiler and sweeper go on in threads of their own after a run or a collection, and would be charged to the next. */
const SETTLE_MS = 100;

/**
 * Median CPU time in steady state, all threads together. The contestants take turns, so that whatever else the machine
 * does falls on all of them alike. Collects garbage before each run when node runs with --expose-gc.
 * @param bars How many candles one run gets through.
 * @param warmUps Runs that are not counted: more for what is made of many functions.
 */
export async function measure(
  workload: string,
  bars: number,
  contestants: readonly Contestant[],
  warmUps = WARM_UPS,
): Promise<Measurement[]> {
  const seconds = contestants.map((): number[] => []);
  for (let round = 0; round < warmUps + RUNS; round++) {
    for (const [k, contestant] of contestants.entries()) {
      if (!isDone(seconds[k])) seconds[k].push(await cpuSeconds(contestant));
    }
  }
  return contestants.map(({ engine }, k) => ({
    workload,
    engine,
    barsPerSecond: bars / steadyMedian(seconds[k], warmUps),
  }));
}

function isDone(seconds: readonly number[]): boolean {
  return seconds.length > FEWEST_RUNS && seconds.reduce((total, one) => total + one, 0) > PATIENCE_SECONDS;
}

async function cpuSeconds({ prepare }: Contestant): Promise<number> {
  const run = prepare();
  globalThis.gc?.();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function steadyMedian(seconds: readonly number[], warmUps: number): number {
  const steady = seconds.slice(Math.min(warmUps, seconds.length - FEWEST_RUNS)).sort((a, b) => a - b);
  return steady[steady.length >> 1];
}
