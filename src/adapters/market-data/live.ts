import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { type LiveQueries, type MarketData, MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import { settledMs } from './closed.ts';
import { type Exchange, exchangeTime } from './exchange.ts';
import type { CandleSource, Pace } from './feed.ts';
import { candlePages } from './history.ts';
import { BreathingPace } from './pace.ts';
import { type Tape, TapeSource } from './tape.ts';

/** How often the running candle is looked at, so that marks on pages are not as old as the candle. */
const LOOK_MS = 15_000;
/** At how many of them at a time, in turn: an exchange that allows a call a second must have time for those that close. */
const MOST_AT_A_LOOK = 3;
/** Pauses between two questions for a candle that should be there, or while nothing answers: doubling from and to. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Two looks and the time a call may take: who says nothing for longer is silent. */
const SILENT_MS = 45_000;

export interface LiveMarketOptions {
  readonly exchange: Exchange;
  readonly clock: WallClock;
  /** What is traded on it, with what is known so far. */
  readonly tapes: readonly Tape[];
  /** Where a bot that never ran begins. */
  readonly start: EpochMs;
  /** What people read; its prices are labelled as simulated when they are not the exchange's own. */
  readonly label: string;
  readonly simulated: boolean;
  /** Told once when the exchange falls silent, and once when it speaks again. */
  readonly say: (line: string) => void;
}

/** An exchange in real time: candles are asked for as they close, and what was missed meanwhile comes first. */
export class LiveMarket implements MarketData<TapeSource> {
  readonly name: string;
  readonly label: string;
  readonly simulated: boolean;
  readonly newcomers = 'now';
  readonly start: EpochMs;
  /** Asked for prices between candles. */
  readonly queries: LiveQueries;
  private readonly exchange: Exchange;
  private readonly clock: WallClock;
  private readonly tapes: readonly Tape[];
  private readonly say: (line: string) => void;
  /** Wall time of the last answer. */
  private heardAt: EpochMs;
  private wasSilent = false;
  /** Index of the tape that is looked at next. */
  private turn = 0;

  constructor({ exchange, clock, tapes, start, label, simulated, say }: LiveMarketOptions) {
    this.exchange = exchange;
    this.queries = exchange;
    exchange.repeats = false;
    this.clock = clock;
    this.tapes = tapes;
    this.start = start;
    this.name = exchange.id;
    this.label = label;
    this.simulated = simulated;
    this.say = say;
    this.heardAt = clock.wall();
  }

  open(symbol: MarketSymbol, timeframe: Timeframe, until = this.start): TapeSource | undefined {
    const ofSymbol = this.tapes.filter(({ instrument }) => instrument.symbol === symbol);
    if (ofSymbol.length === 0) return undefined;
    const tape = ofSymbol.find((one) => one.timeframe === timeframe);
    if (tape) return new TapeSource(tape, until, () => this.now());
    throw new SeriesUnavailable(
      `Cannot trade ${symbol} on ${this.exchange.name} in ${timeframe} candles as it must have them: it has ` +
        `${this.exchange.timeframes.join(', ')}; set the bot's "timeframe" to one of these`,
    );
  }

  /** The exchange's time. */
  now(): EpochMs {
    return exchangeTime(this.exchange, this.clock);
  }

  get silentSince(): EpochMs | undefined {
    return this.clock.wall() - this.heardAt > SILENT_MS ? this.heardAt : undefined;
  }

  /** Holds a feed back until the candles of a boundary are there. `abort` ends what is on its way. */
  pace(abort: AbortSignal): Pace {
    abort.addEventListener('abort', () => this.exchange.close(), { once: true });
    const breathing = new BreathingPace(this.clock, abort);
    return {
      until: (boundary, looking = []) => {
        // Those that close are looked at for that.
        const running = this.tapesOf(looking).filter(({ due }) => due > boundary);
        if (running.length > 0) return this.waitForLook(boundary, running, abort);
        return this.isComplete(boundary) ? breathing.until() : this.wait(boundary, abort);
      },
      now: () => this.now(),
      look: (sources) => this.look(abort, this.tapesOf(sources)),
    };
  }

  /** Asks for what closed since, and for the candles that run. An exchange that does not answer is asked again later. */
  private async look(abort: AbortSignal, tapes = this.tapes): Promise<void> {
    try {
      for (const tape of tapes) await this.fill(tape);
      await this.readQuotes(tapes.filter(({ terms }) => terms.wantsQuotes));
    } catch (error) {
      if (!(error instanceof MarketUnavailable)) throw error;
      if (!abort.aborted) this.fallSilent(error.message);
    }
  }

  private async wait(boundary: EpochMs, abort: AbortSignal): Promise<void> {
    await this.watch(boundary, settleOf(this.tapes.filter(({ due }) => due <= boundary)), abort);
    for (let pause = FIRST_PAUSE_MS; !abort.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await this.look(
        abort,
        this.tapes.filter(({ due }) => due <= boundary),
      );
      if (this.isComplete(boundary)) return;
      await this.clock.sleep(pause, abort);
    }
  }

  /** The running candles as they are at a tick: an exchange that is silent then has told nothing of it. */
  private async waitForLook(tick: EpochMs, tapes: readonly Tape[], abort: AbortSignal): Promise<void> {
    if (this.isComplete(tick)) await this.watch(tick, settleOf(tapes), abort);
    else await this.wait(tick, abort);
    if (!abort.aborted) await this.look(abort, tapes);
  }

  private tapesOf(sources: readonly CandleSource[]): readonly Tape[] {
    return this.tapes.filter((tape) => sources.some((source) => source instanceof TapeSource && source.tape === tape));
  }

  /** Looks at the running candles until those of `boundary` should be there. */
  private async watch(boundary: EpochMs, settleMs: number, abort: AbortSignal): Promise<void> {
    if (this.exchange.toldTime !== undefined) return;
    if (this.tapes.some(({ running }) => running === undefined)) await this.look(abort);
    for (;;) {
      const left = boundary + settleMs - this.now();
      if (left <= 0 || abort.aborted) return;
      await this.clock.sleep(Math.min(left, LOOK_MS), abort);
      if (left > LOOK_MS && !abort.aborted) await this.look(abort, this.nextInTurn());
    }
  }

  private nextInTurn(): readonly Tape[] {
    const { tapes, turn } = this;
    this.turn = (turn + MOST_AT_A_LOOK) % tapes.length;
    return tapes.length <= MOST_AT_A_LOOK ? tapes : [...tapes, ...tapes].slice(turn, turn + MOST_AT_A_LOOK);
  }

  private isComplete(boundary: EpochMs): boolean {
    return this.tapes.every(({ due }) => due > boundary);
  }

  private async fill(tape: Tape): Promise<void> {
    const { instrument, timeframe, completeTo } = tape;
    // Time may go on while it is asked: the candle that runs then shows that the one before it is closed.
    const to = (this.now() + 2 * TIMEFRAME_MS[timeframe]) as EpochMs;
    const wanted = { symbol: instrument.symbol, timeframe, from: completeTo, to };
    const settled = settledMs(this.exchange);
    let isEmpty = true;
    for await (const page of candlePages(this.exchange, wanted, () => this.now())) {
      if (page.length > 0) tape.take(page, this.now(), settled);
      isEmpty &&= page.length === 0;
      this.heard();
    }
    if (isEmpty) tape.take([], this.now(), settled);
    this.heard();
  }

  /** A symbol that the exchange tells nothing of keeps what it told last, which is soon too old. */
  private async readQuotes(tapes: readonly Tape[]): Promise<void> {
    if (tapes.length === 0) return;
    const { rows } = await this.exchange.tickers([...new Set(tapes.map(({ instrument }) => instrument.symbol))]);
    for (const tape of tapes) {
      const row = rows.get(tape.instrument.symbol);
      if (row) tape.quote = { bid: row.bid, ask: row.ask, at: this.now() };
    }
    this.heard();
  }

  private heard(): void {
    this.heardAt = this.clock.wall();
    if (this.wasSilent) this.say(`${this.exchange.name} answers again; what was missed is read first.`);
    this.wasSilent = false;
  }

  private fallSilent(why: string): void {
    if (!this.wasSilent) this.say(`${why}. Nothing is decided until it answers; it is asked again and again.`);
    this.wasSilent = true;
  }
}

/** The longest of the delays that tapes are given. */
function settleOf(tapes: readonly Tape[]): number {
  return Math.max(0, ...tapes.map(({ terms }) => terms.settleMs));
}
