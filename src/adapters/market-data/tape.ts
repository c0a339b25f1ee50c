import { type Candle, Candles } from '#core/candles.ts';
import type { Instrument } from '#core/instruments.ts';
import { closeTimeIn } from '#core/sessions/session-candles.ts';
import { SliceTape } from '#core/slices.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { Quotation, Ticker } from '#ports/market-data.ts';
import { closedCount } from './closed.ts';
import type { SourcedSeries } from './feed.ts';

/** Candles of which an exchange says nothing for this long, though it answers, had no trade. */
const QUIET_MS = 30_000;

/** After a candle's end, before it is asked for: trades of its last moments are on their way until then. */
export const USUAL_SETTLE_MS = 1_500;
/** A quote is of a moment when it was told no farther from it. */
const QUOTE_FITS_MS = 60_000;

/** How a tape is asked for. */
export interface TapeTerms {
  /** ms after a candle's end before it is asked for. */
  readonly settleMs: number;
  /** Whether bid and ask are asked for too. */
  readonly wantsQuotes: boolean;
}

/** The candles of one symbol and timeframe as an exchange tells them, each taken once, when it is closed. */
export class Tape {
  readonly instrument: Instrument;
  readonly candles: Candles;
  /** The candle that runs, as it was told last. */
  running: Candle | undefined;
  /** When that was, or was told to be none, in the exchange's time. */
  seenAt = Number.NEGATIVE_INFINITY;
  /** What was bid and asked, and when that was told, in the exchange's time. */
  quote: Pick<Ticker, 'bid' | 'ask' | 'at'> | undefined;
  readonly terms: TapeTerms;
  /** Up to here all that closed is known: a candle that is missing before it had no trade, or is lost. */
  completeTo: EpochMs;
  /** Since when the answers have nothing new, in the exchange's time. */
  private emptySince: EpochMs | undefined;

  /** @param candles Closed ones that are known already. @param completeTo Up to where they are all there are. */
  constructor(
    instrument: Instrument,
    candles: Candles,
    completeTo: EpochMs,
    terms: TapeTerms = { settleMs: USUAL_SETTLE_MS, wantsQuotes: false },
  ) {
    this.instrument = instrument;
    this.terms = terms;
    this.candles = candles;
    this.completeTo = completeTo;
  }

  get timeframe(): Timeframe {
    return this.candles.timeframe;
  }

  /** Close time of the candle that is to come next: while its market is closed, of the next session's first one. */
  get due(): EpochMs {
    return this.closeOf(this.completeTo);
  }

  /**
   * Takes an answer: candles from `completeTo` on, oldest first, the last of them perhaps open.
   * @param now The exchange's time. @param settled How long after its end a candle may still change, ms.
   */
  take(answer: readonly Candle[], now: EpochMs, settled: number): void {
    const candles = answer.filter(({ openTime }) => openTime >= this.completeTo);
    if (candles.length === 0) {
      this.takeNothing(now);
      return;
    }
    this.seenAt = now;
    this.emptySince = undefined;
    const closed = closedCount(candles, this.candles, now, settled);
    for (const candle of candles.slice(0, closed)) {
      this.candles.append(candle);
      this.completeTo = this.closeOf(candle.openTime);
    }
    this.running = candles[closed];
    if (this.running) this.completeTo = this.running.openTime;
  }

  private closeOf(at: EpochMs): EpochMs {
    return closeTimeIn(this.candles.calendar, at, this.timeframe);
  }

  /** One empty answer may be a mistake: candles are passed over when it has been the answer for a while. */
  private takeNothing(now: EpochMs): void {
    if (this.running === undefined) this.seenAt = now;
    this.emptySince ??= now;
    if (now - this.emptySince < QUIET_MS) return;
    while (this.due <= this.emptySince) this.completeTo = this.due;
    if (this.running && this.running.openTime < this.completeTo) this.running = undefined;
    this.emptySince = undefined;
  }
}

/** One reader of a tape: it closes the tape's candles in order, as its feed comes to them. */
export class TapeSource implements SourcedSeries {
  readonly instrument: Instrument;
  readonly symbol: Instrument['symbol'];
  readonly candles: Candles;
  readonly inside = new SliceTape();
  readonly tape: Tape;
  private readonly now: () => EpochMs;
  private looked: { readonly at: EpochMs; readonly running: Candle | undefined } | undefined;
  /** Index in the tape of the candle that is closed next. */
  private next = 0;

  /** @param until Candles that close by then are history. @param now The exchange's time. */
  constructor(tape: Tape, until: EpochMs, now: () => EpochMs) {
    this.tape = tape;
    this.now = now;
    this.instrument = tape.instrument;
    this.symbol = tape.instrument.symbol;
    const { candles } = tape;
    this.candles = new Candles(tape.timeframe, undefined, 0, candles.calendar);
    while (this.next < candles.length && candles.closeTimeAt(this.next) <= until) this.close();
  }

  /** Of a candle that is there, or of the one that is waited for. */
  get nextClose(): number {
    const { tape, next } = this;
    return next < tape.candles.length ? tape.candles.closeTimeAt(next) : tape.due;
  }

  close(): number {
    const candle = this.tape.candles.at(this.next);
    this.candles.append(candle);
    this.inside.close(candle);
    this.next += 1;
    return this.candles.length - 1;
  }

  /** The candle that runs, once all before it are closed. */
  forming(): Candle | undefined {
    return this.next < this.tape.candles.length ? undefined : this.tape.running;
  }

  peek(at: EpochMs): Candle | undefined {
    return this.sees(at) ? this.tape.running : undefined;
  }

  look(at: EpochMs): EpochMs | undefined {
    const { tape, candles } = this;
    if (!this.sees(at)) return undefined;
    const { running } = tape;
    this.looked = { at, running };
    if (running === undefined) return undefined;
    candles.begin(running.openTime);
    this.inside.look(running, at);
    return at;
  }

  quotation(at: EpochMs): Quotation | undefined {
    const { candles, looked } = this;
    const last = candles.length - 1;
    const closedAt = last < 0 ? undefined : candles.closeTimeAt(last);
    const ageMs = Math.max(0, this.now() - at);
    const quote = this.quoteOf(at);
    if (looked?.at === at && looked.running)
      return { price: looked.running.close, ageMs, ...quote, running: looked.running };
    if (closedAt === undefined || (looked?.at !== at && closedAt !== at)) return undefined;
    return { price: candles.close.values[last]!, ageMs: ageMs + at - closedAt, ...quote };
  }

  resume(running: Candle, at: EpochMs): void {
    this.candles.begin(running.openTime);
    this.inside.resume(running, at);
  }

  get nextIndex(): number {
    return this.candles.length;
  }

  /** Nothing is known ahead of time. */
  get known(): number {
    return this.candles.length;
  }

  closeUntil(): void {}

  /** Whether the candle that runs at `at`, if there is one, is known as it was then: one that just closed runs no more. */
  private sees(at: EpochMs): boolean {
    const { tape, candles } = this;
    if (tape.seenAt < at || this.next < tape.candles.length) return false;
    // A candle without a trade never comes: an answer that was late may tell of the one after it.
    if (tape.running !== undefined && tape.running.openTime > at) return false;
    return candles.length === 0 || candles.closeTimeAt(candles.length - 1) !== at;
  }

  private quoteOf(at: EpochMs): Pick<Ticker, 'bid' | 'ask'> | undefined {
    const { quote } = this.tape;
    return quote && Math.abs(quote.at - at) <= QUOTE_FITS_MS ? { bid: quote.bid, ask: quote.ask } : undefined;
  }
}
