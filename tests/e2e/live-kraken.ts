import { systemClock } from '#adapters/clock/system.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import type { Fault } from '#simulator/faults.ts';
import { krakenTwin } from '#simulator/kraken/twin.ts';
import { type Simulator, startSimulator } from '#simulator/simulator.ts';
import { inventedPrices } from '#tests/builders/loopback-services.ts';

/** Minutes that have been traded before: as far back as Kraken gives candles of five minutes. */
const HISTORY = 720 * 5;
const PATH = '/0/public/';

/** Kraken on loopback as it is now: its market goes on with this machine's time. */
export class LiveKraken {
  private readonly simulator: Simulator;
  private downFault: number | undefined;

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
    simulator.service('kraken').conditions.rateLimits = false;
  }

  static async open(): Promise<LiveKraken> {
    const now = Date.now();
    const start = (now - (now % TIMEFRAME_MS['1m']) - HISTORY * TIMEFRAME_MS['1m']) as EpochMs;
    const prices = [
      inventedPrices('BTC/USDT', 60_000, '0.1', start),
      inventedPrices('ETH/USDT', 3_000, '0.01', start),
      inventedPrices('SOL/USDT', 150, '0.01', start),
    ];
    const pace = { speed: 1 };
    return new LiveKraken(
      await startSimulator({ twins: [krakenTwin], prices, clock: systemClock, history: HISTORY, pace }),
    );
  }

  get address(): string {
    return this.simulator.service('kraken').address;
  }

  /** The endpoints that were asked, in order: "Time". */
  get asked(): readonly string[] {
    return this.simulator.journal.list().map(({ route }) => route.slice(`GET ${PATH}`.length));
  }

  /** What was asked of one endpoint. */
  askedOf(endpoint: string): readonly URLSearchParams[] {
    const entries = this.simulator.journal.list({ route: `GET ${PATH}${endpoint}` });
    return entries.map(({ query }) => new URLSearchParams(query));
  }

  /** Every connection is cut until it is up again. */
  set down(isDown: boolean) {
    if (this.downFault !== undefined) this.simulator.faults.clear(this.downFault);
    this.downFault = isDown ? this.set({ kind: 'drop-request' }) : undefined;
  }

  /** The next request gets no answer for as long as anybody waits. */
  keepSilent(): void {
    this.set({ kind: 'delay', ms: TIMEFRAME_MS['1h'] }, 1);
  }

  close(): Promise<void> {
    return this.simulator.close();
  }

  private set(fault: Fault, count?: number): number {
    return this.simulator.faults.set({ service: 'kraken', route: '*', fault, count });
  }
}
