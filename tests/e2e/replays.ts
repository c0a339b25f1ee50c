import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import type { Candles } from '#core/candles.ts';
import { Resampled } from '#core/resample.ts';
import { DATABASE } from '#server/database-file.ts';
import { generateCandles } from '#tests/bench/generator.ts';

const CLI = 'src/server/cli/autotrader.js';
const MOST_OUTPUT = 1 << 28;

/** A folder with a candle file and a bot that fits it, and what the CLI makes of them. */
export class ReplayBench {
  private readonly folder = mkdtempSync(join(tmpdir(), 'autotrader-replay-'));
  private readonly candles = join(this.folder, 'candles.csv');
  private readonly bot = join(this.folder, 'bot.json');

  /** Options that tell what happened inside the candles. */
  private readonly inside: readonly string[];

  /**
   * @param example Name of a bot in examples/; it is run on one-minute candles.
   * @param changes What it is to say instead; then it is run on five-minute candles with those of a minute inside.
   */
  constructor(example: string, candles: number, changes?: object, generate = generateCandles) {
    const fine = generate(candles, 20260101);
    const path = join(this.folder, 'fine.csv');
    writeFileSync(path, formatCandles(fine));
    writeFileSync(this.candles, formatCandles(changes === undefined ? fine : coarser(fine)));
    this.inside = changes === undefined ? [] : ['--inside', path];
    const file = JSON.parse(readFileSync(`examples/${example}.json`, 'utf8'));
    writeFileSync(this.bot, JSON.stringify({ ...file, timeframe: changes === undefined ? '1m' : '5m', ...changes }));
  }

  /** The fills of a backtest, as they are printed. */
  backtestFills(): unknown[] {
    return this.read(['backtest', this.bot, '--candles', this.candles, ...this.inside, '--json']).fills;
  }

  /** The fills that paper trading has stored in a data directory, as they are printed. */
  paperFills(dataDir: string): unknown[] {
    return this.read(['fills', '--json'], dataDir).fills;
  }

  /** Starts paper trading on the candles, as fast as it goes. */
  start(dataDir: string): ChildProcess {
    const options = [
      '--bot',
      this.bot,
      '--market',
      `replay:${this.candles}`,
      '--speed',
      'max',
      '--exit-at-end',
      '--no-web',
      ...this.inside,
    ];
    return spawn(process.execPath, [CLI, 'start', ...options], { env: this.environment(dataDir), stdio: 'ignore' });
  }

  /** Every row of a table, without what tells how often it was written. */
  rows(dataDir: string, table: string): unknown[] {
    const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true });
    try {
      const rows = database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4`).all();
      return rows.map(({ revision, updated_at, ...row }) => row);
    } finally {
      database.close();
    }
  }

  dataDir(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(command: readonly string[], dataDir = this.folder): { fills: unknown[] } {
    const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, ...command], {
      env: this.environment(dataDir),
      encoding: 'utf8',
      maxBuffer: MOST_OUTPUT,
    });
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  }

  private environment(dataDir: string): NodeJS.ProcessEnv {
    return { ...process.env, DATA_DIR: dataDir };
  }
}

/** Five-minute candles, with volumes that a file can hold. */
function coarser(fine: Candles): Candles {
  const made = new Resampled(fine, '5m');
  for (let i = 0; i < fine.length; i++) made.take(i);
  const { candles } = made;
  for (let i = 0; i < candles.length; i++) candles.volume.values[i] = Math.round(candles.volume.values[i]! * 1e6) / 1e6;
  return candles;
}

/** How a process ended: its exit code, or nothing when a signal ended it. */
export function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}
