import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { Candles } from '#core/candles.ts';
import { MarketWatch } from '#core/events/market-watch.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { Bell } from '#core/occasions.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { type Quotation, SeriesUnavailable } from '#ports/market-data.ts';
import { InventedExchange } from '#tests/exchanges/invented-exchange.ts';
import { BoundaryFeed, type SourcedSeries } from './feed.ts';
import { LiveMarket } from './live.ts';
import { Tape, type TapeTerms } from './tape.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const MINUTE = TIMEFRAME_MS['1m'];
const START = (Date.UTC(2026, 0, 5, 9, 0) + 20_000) as EpochMs;

/** A live market on a clock that stands still until it is run, with what its feed has told. */
class Watched {
  readonly clock = new VirtualClock(START, 1);
  readonly exchange = new InventedExchange(() => this.clock.wall() + this.exchange.aheadMs);
  readonly said: string[] = [];
  readonly boundaries: { readonly at: EpochMs; readonly told: EpochMs }[] = [];
  /** What the first series was told to trade at, at each boundary. */
  readonly quotations: (Quotation | undefined)[] = [];
  readonly abort = new AbortController();
  market!: LiveMarket;
  feed!: BoundaryFeed;
  bell!: Bell;
  series!: ReturnType<LiveMarket['open']>[];

  /**
   * @param intervalMs Of a bot that looks at the first of the series; none without.
   * @param lookMs How often a bot that a flash move calls is looked at; none without.
   */
  start(timeframes: readonly Timeframe[] = ['1m'], terms?: TapeTerms, intervalMs?: number, lookMs?: number): void {
    const { clock, exchange } = this;
    const tapes = timeframes.map((timeframe) => {
      const opened = (START - (START % TIMEFRAME_MS[timeframe])) as EpochMs;
      return new Tape(exchange.instrument(BTC), new Candles(timeframe), opened, terms);
    });
    const say = (line: string) => this.said.push(line);
    this.market = new LiveMarket({ exchange, clock, tapes, start: START, label: 'Invented', simulated: true, say });
    this.series = timeframes.map((timeframe) => this.market.open(BTC, timeframe));
    const exchangeOf = { match: () => undefined, matchUntil: () => undefined, quietUntil: (from: number) => from };
    const time = { market: START };
    const pace = this.market.pace(this.abort.signal);
    const watchOf = (source: SourcedSeries) => lookMs && new MarketWatch(source.candles, ['flash-move']);
    const series = this.series.map((source) => ({
      source: source!,
      exchange: exchangeOf,
      watch: watchOf(source!) || undefined,
    }));
    this.bell = new Bell(intervalMs, START, lookMs === undefined ? undefined : { everyMs: lookMs, calendar: ALWAYS });
    const isCalled = intervalMs !== undefined || lookMs !== undefined;
    this.feed = new BoundaryFeed(series, time, pace, isCalled ? [{ bell: this.bell, series }] : []);
    void this.run(time);
  }

  /** Lets wall time go on. */
  async pass(minutes: number): Promise<void> {
    await this.clock.run((this.clock.wall() + minutes * MINUTE) as EpochMs);
  }

  candles(k = 0) {
    const { candles } = this.series[k]!;
    return Array.from({ length: candles.length }, (_, i) => candles.at(i));
  }

  /** What the exchange had closed by now. */
  truth(timeframe: Timeframe = '1m') {
    const from = START - (START % TIMEFRAME_MS[timeframe]);
    const now = this.clock.wall() + this.exchange.aheadMs;
    return this.exchange
      .truth(BTC, timeframe, from, now)
      .filter(({ openTime }) => openTime + TIMEFRAME_MS[timeframe] <= now);
  }

  private async run(time: { market: EpochMs }): Promise<void> {
    while ((await this.feed.next()) >= 0) {
      this.boundaries.push({ at: time.market, told: this.clock.wall() });
      this.quotations.push(this.series[0]!.quotation(time.market));
    }
  }
}

describe('candles in real time', () => {
  test('close once each, in order, a moment after their boundary and with their final figures', async () => {
    const watched = new Watched();
    watched.start();
    await watched.pass(30);
    expect(watched.candles()).toEqual(watched.truth());
    expect(watched.boundaries).toHaveLength(30);
    for (const { at, told } of watched.boundaries) {
      expect(told - at).toBeGreaterThan(1000);
      expect(told - at).toBeLessThan(3000);
    }
  });

  test('are asked for as long after their boundary as the bot says', async () => {
    const watched = new Watched();
    watched.start(['1m'], { settleMs: 6_000, wantsQuotes: false });
    await watched.pass(5);
    expect(watched.candles()).toEqual(watched.truth());
    for (const { at, told } of watched.boundaries) expect(told - at).toBeGreaterThanOrEqual(6_000);
  });

  test('that are late are waited for', async () => {
    const watched = new Watched();
    watched.exchange.lateMs = 7_000;
    watched.start();
    await watched.pass(10);
    expect(watched.candles()).toEqual(watched.truth());
    for (const { at, told } of watched.boundaries) expect(told - at).toBeGreaterThanOrEqual(7_000);
  });

  test('of several timeframes share one time line', async () => {
    const watched = new Watched();
    watched.start(['1m', '5m']);
    await watched.pass(31);
    expect(watched.candles(0)).toEqual(watched.truth('1m'));
    expect(watched.candles(1)).toEqual(watched.truth('5m'));
    const times = watched.boundaries.map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  });

  test('that run are looked at in turn, a few at a time, however many there are', async () => {
    const watched = new Watched();
    watched.start(Array(8).fill('1m'));
    await watched.pass(1);
    const before = watched.exchange.asked.length;
    await watched.pass(10);
    const perMinute = (watched.exchange.asked.length - before) / 10;
    expect(perMinute).toBeGreaterThan(8 + 2 * 3);
    expect(perMinute).toBeLessThanOrEqual(8 + 4 * 3);
    expect(watched.candles()).toEqual(watched.truth());
  });

  test('without a trade are passed over where the exchange leaves them out', async () => {
    const watched = new Watched();
    watched.exchange.leavesOutQuiet = true;
    watched.start();
    await watched.pass(60);
    const truth = watched.truth();
    expect(truth.length).toBeLessThan(55);
    expect(watched.candles().slice(0, truth.length - 1)).toEqual(truth.slice(0, truth.length - 1));
    // Others on the time line wait for the next trade, or half a minute and the pause until it is asked again.
    for (const { at, told } of watched.boundaries) expect(told - at).toBeLessThan(50_000);
  });

  test.each([
    { name: 'slow', aheadMs: 30_000 },
    { name: 'fast', aheadMs: -10_000 },
  ])('are those of the exchange when our own clock is $name', async ({ aheadMs }) => {
    const watched = new Watched();
    watched.exchange.aheadMs = aheadMs;
    watched.start();
    await watched.pass(10);
    expect(watched.candles()).toEqual(watched.truth());
  });

  test('that run are shown as they form', async () => {
    const watched = new Watched();
    watched.start(['1h']);
    await watched.pass(10);
    const [series] = watched.series;
    const forming = series!.forming();
    expect(forming?.openTime).toBe(START - (START % TIMEFRAME_MS['1h']));
    expect(forming?.volume).toBeGreaterThan(0);
    await watched.pass(10);
    expect(series!.forming()!.volume).toBeGreaterThan(forming!.volume);
    expect(series!.candles.length).toBe(0);
  });

  test('one empty answer is no reason to pass over what was missed', async () => {
    const watched = new Watched();
    watched.start();
    await watched.pass(5);
    watched.exchange.isDown = true;
    await watched.pass(20);
    watched.exchange.isDown = false;
    watched.exchange.emptyAnswers = 2;
    await watched.pass(5);
    expect(watched.candles()).toEqual(watched.truth());
  });
});

describe('an interval', () => {
  const EVERY = 20_000;
  const TERMS = { settleMs: 1_000, wantsQuotes: true };

  function ticking(): Watched {
    const watched = new Watched();
    watched.start(['5m'], TERMS, EVERY);
    return watched;
  }

  test('ticks at its multiples, with the running candle as it is a moment after each', async () => {
    const watched = ticking();
    await watched.pass(11);
    const { boundaries, quotations } = watched;
    // The last one is looked at in a second.
    expect(boundaries.length).toBe(11 * 3 - 1);
    for (const [k, { at, told }] of boundaries.entries()) {
      expect(at % EVERY).toBe(0);
      expect(told - at).toBe(1_000);
      const running = watched.exchange.truth(BTC, '5m', at - (at % (5 * MINUTE)), told).at(-1)!;
      if (at % (5 * MINUTE) === 0) continue;
      expect(quotations[k]).toMatchObject({ running, price: running.close, ageMs: 1_000 });
      expect(quotations[k]!.ask! - quotations[k]!.bid!).toBe(2);
    }
  });

  test('that fall on the close of another timeframe look at their own candle too', async () => {
    const watched = new Watched();
    watched.start(['5m', '1m'], TERMS, MINUTE);
    await watched.pass(11);
    const between = watched.boundaries.flatMap(({ at }, k) => (at % (5 * MINUTE) === 0 ? [] : [watched.quotations[k]]));
    expect(between.length).toBeGreaterThan(7);
    for (const quotation of between) expect(quotation?.running?.openTime).toBeGreaterThan(0);
    expect(watched.candles(1)).toEqual(watched.truth('1m'));
  });

  test('of which those in the time of a silent exchange are passed over, and closes are not', async () => {
    const watched = ticking();
    await watched.pass(3);
    watched.exchange.isDown = true;
    await watched.pass(6);
    watched.exchange.isDown = false;
    const before = watched.boundaries.length;
    await watched.pass(3);
    expect(watched.candles()).toEqual(watched.truth('5m'));
    const cut = watched.boundaries.slice(0, before).filter(({ at }) => at > START + 3 * MINUTE);
    // Until the candle that must come first, a tick tells nothing.
    for (const { at } of cut)
      expect(watched.quotations[watched.boundaries.findIndex((one) => one.at === at)]).toBeUndefined();
    const times = watched.boundaries.map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect(watched.quotations.at(-1)?.running).toBeDefined();
  });
});

describe('market events', () => {
  const LOOK = 5_000;
  const TERMS = { settleMs: 1_000, wantsQuotes: false };

  test('call as soon as a look shows them, once, with the running candle as it is then', async () => {
    const watched = new Watched();
    watched.start(['1m'], TERMS, undefined, LOOK);
    await watched.pass(30);
    expect(watched.bell.occasion).toBeUndefined();
    const asked = watched.exchange.asked.length;
    await watched.pass(1);
    // Every five seconds, and what the close itself asks for.
    expect(watched.exchange.asked.length - asked).toBeLessThanOrEqual(14);
    const at = (watched.clock.wall() + 2_000) as EpochMs;
    watched.exchange.jump = { at, factor: 0.9 };
    await watched.pass(0.5);
    const { occasion } = watched.bell;
    const event = { kind: 'flash-move', change: expect.closeTo(-0.1, 2) };
    expect(occasion).toMatchObject({ kind: 'event', at: at - (at % LOOK) + LOOK });
    expect(occasion!.events!.get(BTC)).toMatchObject([{ ...event, at: occasion!.at }]);
    const k = watched.boundaries.findIndex((boundary) => boundary.at === occasion!.at);
    expect(watched.quotations[k]).toMatchObject({ ageMs: 1_000, price: watched.quotations[k]!.running!.close });
    await watched.pass(5);
    expect(watched.bell.occasion).toBe(occasion);
    expect(watched.candles()).toEqual(watched.truth());
  });

  test('that a silent exchange tells of late call at the time when it tells, and not at looks that were missed', async () => {
    const watched = new Watched();
    watched.start(['1m'], TERMS, undefined, LOOK);
    await watched.pass(30.5);
    // Over the close that comes in ten seconds, which has to be waited for.
    watched.exchange.isDown = true;
    const at = (watched.clock.wall() + 20_000) as EpochMs;
    watched.exchange.jump = { at, factor: 0.9 };
    await watched.pass(0.75);
    expect(watched.bell.occasion).toBeUndefined();
    watched.exchange.isDown = false;
    const answersAt = watched.clock.wall();
    await watched.pass(0.4);
    const { occasion } = watched.bell;
    expect(occasion?.kind).toBe('event');
    expect(occasion!.at).toBeGreaterThan(answersAt - LOOK);
    await watched.pass(5);
    expect(watched.bell.occasion).toBe(occasion);
    expect(watched.candles()).toEqual(watched.truth());
  });
});

describe('a cut network', () => {
  test.each([
    { name: 'for a while', minutes: 25, reach: undefined },
    { name: 'for longer than the exchange gives at once', minutes: 250, reach: undefined },
    { name: 'for longer than its candles reach back', minutes: 250, reach: 120 },
  ])('$name: what was missed comes first, in order and once each, and silence is told', async ({ minutes, reach }) => {
    const watched = new Watched();
    if (reach) watched.exchange.reachBack(reach);
    watched.start();
    await watched.pass(10);
    expect(watched.market.silentSince).toBeUndefined();
    watched.exchange.isDown = true;
    const cutAt = watched.clock.wall();
    await watched.pass(minutes);
    const { silentSince } = watched.market;
    expect(silentSince! - cutAt).toBeLessThanOrEqual(0);
    expect(silentSince! - cutAt).toBeGreaterThan(-20_000);
    expect(watched.candles().length).toBeLessThanOrEqual(11);
    watched.exchange.isDown = false;
    await watched.pass(2);
    expect(watched.candles()).toEqual(watched.truth());
    expect(watched.market.silentSince).toBeUndefined();
    const times = watched.boundaries.map(({ at }) => at);
    expect(times.every((at, k) => k === 0 || at === times[k - 1]! + MINUTE)).toBe(true);
    expect(watched.said).toEqual([
      'Cannot read candles from Invented as it must answer: it is down. Nothing is decided until it answers; it is asked again and again.',
      'Invented answers again; what was missed is read first.',
    ]);
  });

  test('is asked ever less often, but at least four times a minute', async () => {
    const watched = new Watched();
    watched.start();
    watched.exchange.isDown = true;
    await watched.pass(2);
    const before = watched.exchange.asked.length;
    await watched.pass(10);
    const inTenMinutes = watched.exchange.asked.length - before;
    expect(inTenMinutes).toBeGreaterThanOrEqual(40);
    expect(inTenMinutes).toBeLessThanOrEqual(42);
  });
});

test('a feed that was stopped ends at once, and nothing is asked any more', async () => {
  const watched = new Watched();
  watched.start();
  await watched.pass(2);
  watched.feed.close();
  watched.abort.abort();
  await watched.pass(0);
  const { length } = watched.boundaries;
  const asked = watched.exchange.asked.length;
  await watched.pass(10);
  expect(watched.boundaries).toHaveLength(length);
  expect(watched.exchange.asked).toHaveLength(asked);
  expect(watched.exchange.isClosed).toBe(true);
  expect(watched.said).toEqual([]);
});

test('a symbol that is not traded is none, a timeframe that is not there is refused', () => {
  const watched = new Watched();
  watched.start();
  expect(watched.market.open('NO/SUCH' as MarketSymbol, '1m')).toBeUndefined();
  expect(() => watched.market.open(BTC, '4h')).toThrow(SeriesUnavailable);
});
