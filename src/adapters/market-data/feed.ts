import type { Candle } from '#core/candles.ts';
import type { MarketEvent } from '#core/events/market-events.ts';
import type { MarketWatch } from '#core/events/market-watch.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Tape } from '#core/matching/tape.ts';
import { type Bell, isAbout, type Occasion, type Request } from '#core/occasions.ts';
import type { EpochMs } from '#core/time.ts';
import type { Feed, Series } from '#ports/market-data.ts';

const NONE: readonly never[] = Object.freeze([]);

/** One series of a feed: it knows when its next candle closes, and closes it. */
export interface CandleSource {
  /** Close time of the next candle; Infinity at the end. */
  readonly nextClose: number;
  /** Closes that candle and returns its index. */
  close(): number;
  /** Index of the next candle, and how many are known from the start: none ahead for a source that waits for time. */
  readonly nextIndex: number;
  readonly known: number;
  /** Closes every candle before `index`. */
  closeUntil(index: number): void;
  /**
   * Looks into the running candle at a moment of market time, after any look before.
   * @returns Up to when what happened in it is known, and can trade; undefined when nothing is.
   */
  look(at: EpochMs): EpochMs | undefined;
  /**
   * The running candle as far as it is known at a moment of market time, rising from call to call. Nothing comes of it: what
   * happened in it does not trade for that. Undefined when nothing is known of it.
   */
  peek(at: EpochMs): Candle | undefined;
}

/** A series that a feed can close: what the markets here open. */
export interface SourcedSeries extends Series, CandleSource {
  /** What happened inside its candles, as far as it is known; undefined where only the candles are. */
  readonly inside: Tape | undefined;
  /** Goes on after a restart from the last look into the running candle. */
  resume(running: Candle, at: EpochMs): void;
}

/** What trades in a closed candle. */
export interface Matching {
  match(index: number): void;
  /** What trades before `time` in the candle that was looked into. */
  matchUntil(time: EpochMs): void;
  /** The first candle of [from, to) in which something trades, `to` if there is none. */
  quietUntil(from: number, to: number): number;
  /** Says where a candle opens, before any that closes with it is matched, and where it closes, after all were. */
  mark?(index: number, at: 'open' | 'close'): void;
  /** Does what the others of its boundary make necessary, once all have been marked. */
  settle?(index: number): void;
}

/** A series of a feed, with what trades in its candles. */
export interface FeedSeries {
  readonly source: SourcedSeries;
  readonly exchange: Matching;
  /** What looks for market events in its running candle; left out where these call nobody. */
  readonly watch?: MarketWatch | undefined;
}

/** A bot's bell with the series that it looks at. */
export interface Rung {
  readonly bell: Bell;
  readonly series: readonly FeedSeries[];
}

/** Where a feed writes how far market time has come. */
export interface MarketTime {
  market: EpochMs;
}

/** Holds a feed back until a boundary's wall time has come; undefined when it may go on at once. */
export interface Pace {
  /** @param looking Series whose candles are to be seen as they are then, also where they do not close. */
  until(boundary: EpochMs, looking?: readonly CandleSource[]): Promise<void> | undefined;
  /**
   * The same before a look for market events, at which most often nobody decides: where somebody does, `until` follows. Left out
   * where decisions need no more than looks.
   */
  glance?(boundary: EpochMs, looking: readonly CandleSource[]): Promise<void> | undefined;
  /** Market time now, where it goes on by itself: perhaps with a part of a millisecond. */
  now?(): EpochMs;
  /** Looks at the candles that run, where they can be seen only as they are now. */
  look?(sources: readonly CandleSource[]): Promise<void>;
}

/**
 * Several series on one time line, boundary by boundary. At each, the clock is set, every series that closes then is
 * closed and what waited for the candle trades, and only then is the boundary answered. Where bots have bells, the ticks of
 * their intervals, looks for market events and what people ask for are boundaries too: what happened up to then in the running
 * candles that are decided trades.
 */
export class BoundaryFeed implements Feed {
  private readonly series: readonly FeedSeries[];
  private readonly time: MarketTime;
  private readonly pace: Pace | undefined;
  private readonly rungs: readonly Rung[];
  /** Of each series, the candle that closed at this boundary; -1 where none did. */
  private readonly closed: Int32Array;
  isBetween = false;
  /** What is being waited for, while a request comes before it. */
  private waiting: { readonly boundary: number; readonly wait: Promise<void> } | undefined;
  private wake: (() => void) | undefined;
  /** Close time of the candles that close next. A field, so that no call has to carry it through the hot loop. */
  private boundary = 0;
  private boundaries = 0;
  private isClosed = false;

  /** @param pace Left out, the feed goes as fast as it is pulled. */
  constructor(series: readonly FeedSeries[], time: MarketTime, pace?: Pace, rungs: readonly Rung[] = []) {
    this.series = series;
    this.time = time;
    this.pace = pace;
    this.rungs = rungs;
    this.closed = new Int32Array(series.length);
  }

  next(): number | Promise<number> {
    const { series } = this;
    let boundary = Number.POSITIVE_INFINITY;
    for (let k = 0; k < series.length; k++) {
      const { nextClose } = series[k]!.source;
      if (nextClose < boundary) boundary = nextClose;
    }
    if (boundary === Number.POSITIVE_INFINITY || this.isClosed) return -1;
    this.boundary = boundary;
    if (this.rungs.length > 0) return this.nextRung(boundary);
    if (this.pace === undefined) return this.reach();
    const wait = this.pace.until(boundary as EpochMs);
    return wait === undefined ? this.reach() : this.reachAfter(wait);
  }

  /** Puts a request in the line: it is answered as soon as what is being done is done. */
  ask(bell: Bell, request: Request): void {
    bell.requests.push(request);
    this.wake?.();
  }

  skip(most: number): number {
    if (this.series.length !== 1 || this.pace !== undefined || this.isClosed) return 0;
    const { source, exchange } = this.series[0]!;
    const from = source.nextIndex;
    const until = exchange.quietUntil(from, Math.min(from + most, source.known));
    source.closeUntil(until);
    this.boundaries += until - from;
    return until - from;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Where bots are called beside closes: the next boundary is a close, a tick, or what somebody asked for. */
  private nextRung(close: number): number | Promise<number> {
    const { pace, rungs } = this;
    const now = pace?.now?.();
    let boundary = close;
    let asked: Rung | undefined;
    for (const rung of rungs) {
      if (pace?.look !== undefined) rung.bell.catchUp(now!);
      boundary = Math.min(boundary, rung.bell.nextMoment);
      if (rung.bell.requests.length > 0) asked ??= rung;
    }
    this.boundary = boundary;
    this.isBetween = boundary < close;
    const moment = asked && Math.max(this.time.market, asked.bell.reached, (now ?? 0) - 1) + 1;
    if (asked && moment! < boundary) return this.answer(asked, Math.floor(moment!) as EpochMs);
    const wait = this.waiting?.boundary === boundary ? this.waiting.wait : this.waitFor(boundary as EpochMs);
    return wait === undefined ? this.reachRung() : this.reachRungAfter(boundary, wait);
  }

  private waitFor(boundary: EpochMs): Promise<void> | undefined {
    const { pace, rungs } = this;
    const looking = rungs.filter(({ bell }) => bell.nextMoment === boundary).flatMap(({ series }) => sourcesOf(series));
    return pace?.glance !== undefined && this.isLook ? pace.glance(boundary, looking) : pace?.until(boundary, looking);
  }

  /** Whether the boundary is a look alone: somebody decides there only if a market event shows. */
  private get isLook(): boolean {
    return this.isBetween && !this.rungs.some(({ bell }) => bell.ticksAt(this.boundary));
  }

  private async reachRungAfter(boundary: number, wait: Promise<void>): Promise<number> {
    const { promise: woken, resolve } = Promise.withResolvers<'woken'>();
    this.wake = () => resolve('woken');
    const came = await Promise.race([wait, woken]);
    this.wake = undefined;
    if (this.isClosed) return -1;
    if (came !== 'woken') {
      this.waiting = undefined;
      return this.reachRung();
    }
    this.waiting = { boundary, wait };
    return this.next();
  }

  /** A close, a tick or a look has come, or several at once. */
  private reachRung(): number | Promise<number> {
    const { pace, rungs, isLook } = this;
    const boundary = this.boundary as EpochMs;
    const reached = this.reach();
    let isCalled = false;
    for (const rung of rungs) {
      const kind = rung.bell.reach(boundary);
      if (kind === 'interval') ring(rung, { at: boundary, kind });
      const events = kind === 'event' ? eventsAt(rung, boundary) : undefined;
      if (events === undefined) continue;
      ring(rung, { at: boundary, kind: 'event', events });
      isCalled = true;
    }
    if (!isCalled || !isLook || pace?.glance === undefined) return reached;
    return pace.until(boundary)?.then(() => (this.isClosed ? -1 : reached)) ?? reached;
  }

  /** Somebody asked a bot: it decides at this moment, between two boundaries. */
  private async answer({ bell, series }: Rung, at: EpochMs): Promise<number> {
    const request = bell.requests.shift()!;
    await this.pace?.look?.(sourcesOf(calledIn(series, request)));
    if (this.isClosed) return -1;
    this.isBetween = true;
    this.time.market = at;
    bell.reach(at);
    ring({ bell, series }, { ...request, at });
    this.boundaries += 1;
    return this.boundaries - 1;
  }

  private async reachAfter(wait: Promise<void>): Promise<number> {
    await wait;
    return this.isClosed ? -1 : this.reach();
  }

  private reach(): number {
    const { series, boundary } = this;
    this.time.market = boundary as EpochMs;
    if (series.length === 1) {
      const { source, exchange } = series[0]!;
      if (source.nextClose === boundary) exchange.match(source.close());
    } else {
      this.reachTogether();
    }
    this.boundaries += 1;
    return this.boundaries - 1;
  }

  /** All candles of the boundary are closed before the first is matched: what one exchange looks at is there for all. */
  private reachTogether(): void {
    const { series, closed, boundary } = this;
    for (let k = 0; k < series.length; k++) {
      const { source, exchange } = series[k]!;
      closed[k] = source.nextClose === boundary ? source.close() : -1;
      if (closed[k]! >= 0) exchange.mark?.(closed[k]!, 'open');
    }
    for (let k = 0; k < series.length; k++) if (closed[k]! >= 0) series[k]!.exchange.match(closed[k]!);
    for (let k = 0; k < series.length; k++) if (closed[k]! >= 0) series[k]!.exchange.mark?.(closed[k]!, 'close');
    for (let k = 0; k < series.length; k++) if (closed[k]! >= 0) series[k]!.exchange.settle?.(closed[k]!);
  }
}

/** Calls a bot, and lets what happened by then in its running candles trade. */
function ring({ bell, series }: Rung, occasion: Occasion): void {
  for (const { source, exchange } of calledIn(series, occasion)) {
    const known = source.look(occasion.at);
    if (known !== undefined) exchange.matchUntil(known);
  }
  bell.occasion = occasion;
}

/** A symbol that is not decided at a moment must not have traded up to it: a restart could not tell. */
function calledIn(series: readonly FeedSeries[], occasion: Request): readonly FeedSeries[] {
  return series.filter(({ source }) => isAbout(occasion, source.symbol));
}

function eventsAt({ bell, series }: Rung, at: EpochMs): Occasion['events'] {
  let found: Map<MarketSymbol, readonly MarketEvent[]> | undefined;
  for (const { source, watch } of series) {
    const events = watch === undefined ? NONE : eventsIn(source, watch, at, bell.intervalMs !== undefined);
    if (events.length > 0) found = (found ?? new Map()).set(source.symbol, events);
  }
  return found;
}

/** @param passesClosesOver Whether nobody decides at a close by itself. */
function eventsIn(source: SourcedSeries, watch: MarketWatch, at: EpochMs, passesClosesOver: boolean) {
  const { candles } = source;
  const hasClosed = candles.length > 0 && candles.closeTimeAt(candles.length - 1) === at;
  if (hasClosed) return passesClosesOver ? watch.lookAtClose(at) : NONE;
  const running = source.peek(at);
  return running === undefined ? NONE : watch.look(running, at);
}

function sourcesOf(series: readonly FeedSeries[]): readonly CandleSource[] {
  return series.map(({ source }) => source);
}
