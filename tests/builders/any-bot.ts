import fc from 'fast-check';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Timeframe } from '#core/time.ts';
import { botOf } from './bots.ts';
import { candlesOf, type Ohlc } from './candles.ts';

/** Bots and candles at random: every field of the trading cycle may stand beside every other. */

const comparison = fc.constantFrom(
  ['close', '>', 'sma(3)'],
  ['close', '<', 'sma(3)'],
  ['sma(2)', 'crosses-above', 'sma(5)'],
  ['sma(2)', 'crosses-below', 'sma(5)'],
  ['close', '>', 'open'],
  ['close', '>', 0],
  ['rsi(4)', '<', 40],
  ['barsInTrade', '>', 2],
);
const condition = fc.oneof(
  { weight: 3, arbitrary: comparison },
  fc.record({ all: fc.array(comparison, { minLength: 2, maxLength: 2 }) }),
  fc.record({ any: fc.array(comparison, { minLength: 2, maxLength: 2 }) }),
);
const sides = fc.record({ long: condition, short: condition }, { requiredKeys: [] });

const trail = fc.constantFrom(
  { percent: 2 },
  { percent: 4, activateAfterPercent: 2 },
  { atrMultiple: 1.5, period: 3 },
  { atrMultiple: 1, period: 3, activateAfterPercent: 1 },
);
const brackets = fc.record(
  {
    stop: fc.constantFrom(
      { percent: 3 },
      { percent: 8 },
      { atrMultiple: 2, period: 3 },
      { swingCandles: 4 },
      { swingCandles: 3, offsetPercent: 1 },
    ),
    trail,
    target: fc.constantFrom({ percent: 4 }, { riskMultiple: 1.5 }, { atrMultiple: 2, period: 3 }),
    roi: fc.constantFrom({ 0: 5, 120: 2, 240: 0 }, { 0: 3, 60: 1 }, { 0: 0 }),
    anchor: fc.constantFrom('signal', 'fill'),
    rounding: fc.constantFrom('toward-entry', 'none'),
  },
  { requiredKeys: ['stop'] },
);
const entryOrder = fc.record({
  limit: fc.record(
    {
      offsetPercent: fc.constantFrom(0, 1, 3),
      timeoutCandles: fc.integer({ min: 1, max: 5 }),
      reprice: fc.constantFrom('never', 'follow'),
      postOnly: fc.boolean(),
    },
    { requiredKeys: ['offsetPercent', 'timeoutCandles'] },
  ),
});
interface EntryLimit {
  readonly offsetPercent: number;
  readonly postOnly?: boolean;
  readonly reprice?: string;
}
/** Of what a simulated venue assumes, all but when an order acts: `signalActs` and `latencyMs` stay as they are. */
const execution = fc.record(
  {
    intrabar: fc.constantFrom('worst-case-first', 'target-first', 'ohlc-adaptive'),
    trailingSees: fc.constantFrom('adverse-first', 'favourable-first'),
    gapFill: fc.constantFrom('open', 'level'),
    exitSignal: fc.constantFrom('before-stop', 'after-stop'),
    entryCandle: fc.constantFrom('exits', 'no-exits'),
    slippage: fc.constantFrom({ bps: 30 }, { coefficient: 0.5, candles: 4 }),
    volumeShare: fc.constantFrom(0.2, 1),
  },
  { requiredKeys: [] },
);
const sizing = fc
  .tuple(
    fc.constantFrom(
      { quantity: 1 },
      { quantity: 3 },
      { percentOfCapital: 30 },
      { percentOfCapital: 100 },
      { riskPercent: 2 },
    ),
    fc.record({ minNotional: fc.constant(60), maxNotional: fc.constant(250) }, { requiredKeys: [] }),
  )
  .map(([size, bounds]) => ({ ...size, ...bounds }));
const filter = fc.record({ maxRiskPercent: fc.constant(5), repeatAfterCandles: fc.nat(4) }, { requiredKeys: [] });
const tradingWindow = fc.record({
  start: fc.constantFrom('02:00', '22:00'),
  end: fc.constantFrom('04:00', '12:00'),
  zone: fc.constantFrom('UTC', 'America/New_York'),
  flattenAtEnd: fc.boolean(),
});

const FIELDS = {
  capital: fc.constantFrom(500, 1_000, 100_000),
  entry: sides.filter(({ long, short }) => long !== undefined || short !== undefined),
  exit: sides,
  brackets,
  entryOrder,
  execution,
  sizing,
  filter,
  maxConcurrentTrades: fc.integer({ min: 1, max: 3 }),
  maxTradeCandles: fc.integer({ min: 1, max: 8 }),
  coolDownCandles: fc.nat(3),
  onOpposite: fc.constantFrom('close', 'reverse', 'ignore'),
  onSame: fc.constantFrom('stack', 'ignore'),
  tradingWindow,
} as const;

/** What no bot file may say together, left out: brackets alone end a trade in any case, and measure any risk. */
export function anyBotFile(symbols: readonly string[], timeframe: Timeframe) {
  return fc
    .record(FIELDS, { requiredKeys: ['capital', 'entry', 'exit', 'sizing', 'brackets', 'onOpposite', 'onSame'] })
    .filter(({ entryOrder, brackets: { anchor } }) => entryOrder === undefined || isSound(entryOrder.limit, anchor))
    .map((file) => ({ ...file, symbols, timeframe }));
}

/** What only makes must not lie at the close, and what follows takes its levels from its fill. */
function isSound({ offsetPercent, postOnly, reprice }: EntryLimit, anchor: string | undefined): boolean {
  return !(postOnly && offsetPercent === 0) && !(reprice === 'follow' && anchor !== 'fill');
}

export function anyBot(symbols: readonly string[], timeframe: Timeframe): fc.Arbitrary<Bot> {
  return anyBotFile(symbols, timeframe).map(botOf);
}

/** A bot whose positions stand on margin, often on too little of it. */
export function anyMarginBot(symbols: readonly string[], timeframe: Timeframe): fc.Arbitrary<Bot> {
  const margin = fc.record({
    leverage: fc.constantFrom(2, 5, 10, 20),
    marginMode: fc.constantFrom('isolated', 'cross'),
    capital: fc.constantFrom(500, 1_000),
  });
  return fc.tuple(anyBotFile(symbols, timeframe), margin).map(([file, onMargin]) => botOf({ ...file, ...onMargin }));
}

/** What a candle of a walk does, out of one number: many cases are cheap to make then, and still shrink. */
const RANGES = { gap: 7, move: 7, up: 4, down: 4, volume: 20, missing: 30 } as const;
const anyStep = fc.nat(Object.values(RANGES).reduce((product, range) => product * range, 1) - 1);

/** A walk in whole prices from 100 on, some of them gaps, some candles missing. */
export function anyWalk(count: number, timeframe: Timeframe): fc.Arbitrary<Candles> {
  return fc.array(anyStep, { minLength: count, maxLength: count, size: 'max' }).map((steps) => {
    let close = 100;
    const rows = steps.map((step, k): Ohlc | undefined => {
      let rest = step;
      const take = (range: number) => {
        const value = rest % range;
        rest = (rest - value) / range;
        return value;
      };
      const missing = take(RANGES.missing);
      if (missing === RANGES.missing - 1 && k > 0) return undefined;
      const open = Math.max(20, close + take(RANGES.gap) - 3);
      close = Math.max(20, open + take(RANGES.move) - 3);
      const [up, down, volume] = [take(RANGES.up), take(RANGES.down), 1 + take(RANGES.volume)];
      return [open, Math.max(open, close) + up, Math.min(open, close) - down, close, volume];
    });
    return candlesOf(rows, timeframe);
  });
}
