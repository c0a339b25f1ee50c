import { systemClock } from '#adapters/clock/system.ts';
import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import type { Fault } from '#simulator/faults.ts';
import { krakenWith } from '#simulator/kraken/twin.ts';
import type { PriceStream } from '#simulator/price-streams.ts';
import { type Simulator, startSimulator } from '#simulator/simulator.ts';
import { inventedPrices } from '#tests/builders/loopback-services.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const DAY = TIMEFRAME_MS['1d'];
/** As far back as Kraken gives candles of five minutes. */
const USUAL_DAYS = 2.5;
const PATH = '/0/public/';
const BTC = 'BTC/USDT' as MarketSymbol;
const VOLUME_DECIMALS = 8;

export interface LiveKrakenOptions {
  /** Days that have been traded before. */
  readonly days?: number;
  /** Whole minutes in which BTC/USDT was traded long ago, UTC ms. */
  readonly past?: { readonly from: number; readonly to: number };
  /** Trades of a page, at most 1,000. */
  readonly tradesPerPage?: number;
}

/** Kraken on loopback as it is now: its market goes on with this machine's time. */
export class LiveKraken {
  private readonly simulator: Simulator;
  private downFault: number | undefined;

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
    simulator.service('kraken').conditions.rateLimits = false;
  }

  static async open({ days = USUAL_DAYS, past, tradesPerPage }: LiveKrakenOptions = {}): Promise<LiveKraken> {
    const history = Math.round((days * DAY) / MINUTE);
    const now = Date.now();
    const start = (now - (now % MINUTE) - history * MINUTE) as EpochMs;
    const others = [inventedPrices('ETH/USDT', 3_000, '0.01', start), inventedPrices('SOL/USDT', 150, '0.01', start)];
    const prices = past === undefined ? [inventedPrices(BTC, 60_000, '0.1', start), ...others] : [btcOf(start, past)];
    const before = past === undefined ? 0 : (past.to - past.from) / MINUTE;
    return new LiveKraken(
      await startSimulator({
        twins: [krakenWith(tradesPerPage === undefined ? {} : { tradesPerPage })],
        prices,
        clock: systemClock,
        history: before + history,
        pace: { speed: 1 },
      }),
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

  /** The closed candles of BTC/USDT that open in [from, to), as Kraken tells them. */
  candles(timeframe: Timeframe, from: number, to: number): readonly Candle[] {
    const closed = this.simulator.line.find(BTC)!.closed(timeframe)!;
    const all = Array.from({ length: closed.length }, (_, i) => closed.at(i));
    return all
      .filter(({ openTime }) => openTime >= from && openTime < to)
      .map((candle) => ({ ...candle, volume: Number(candle.volume.toFixed(VOLUME_DECIMALS)) }));
  }

  /** Every connection is cut until it is up again. */
  set down(isDown: boolean) {
    if (this.downFault !== undefined) this.simulator.faults.clear(this.downFault);
    this.downFault = isDown ? this.set({ kind: 'drop-request' }) : undefined;
  }

  /** Each answer takes so long, until it is called off. @returns what calls it off */
  delay(ms: number): () => void {
    const id = this.set({ kind: 'delay', ms });
    return () => void this.simulator.faults.clear(id);
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

/** What was traded in the past, and then nothing until `start`. */
function btcOf(start: EpochMs, { from, to }: { readonly from: number; readonly to: number }): PriceStream {
  const past = inventedPrices(BTC, 60_000, '0.1', from as EpochMs);
  const recent = inventedPrices(BTC, 60_000, '0.1', start);
  let left = (to - from) / MINUTE;
  const next = () => {
    left -= 1;
    return left >= 0 ? past.next() : recent.next();
  };
  return { ...recent, next };
}
