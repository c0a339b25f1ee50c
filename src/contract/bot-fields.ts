import { z } from 'zod';
import { RUNNING_EVENT_KINDS } from '../core/events/market-events.ts';
import type { MarketSymbol } from '../core/instruments.ts';
import { money, ONE, type Ratio, ratio } from '../core/money.ts';
import { TIMEFRAME_MS, TIMEFRAMES } from '../core/time.ts';
import { executionSchema } from './execution.ts';
import { positiveDecimal, wholeNumber } from './numbers.ts';
import { bracketsSchema, crossedBounds, entryOrderSchema, filterSchema, sizingSchema } from './trade-plan.ts';
import { tradingWindowSchema } from './trading-window.ts';

/** The fields that every kind of bot has in its file, and the rules that look at several of them. */

/** No control characters: a name is printed on terminals. */
const PRINTABLE = /^\P{Cc}*$/u;
const LONGEST_NAME = 80;
const MOST_SYMBOLS = 50;
export const MOST_CANDLES = 100_000;
const MOST_ENTRIES = 100;
const DEFAULT_ENTRIES = 3;
const MINUTES_OF_DAY = 24 * 60;
const SECONDS_OF_DAY = MINUTES_OF_DAY * 60;
const MOST_SETTLE_MS = 60_000;

const NAME = `must be a text of 1 to ${LONGEST_NAME} characters`;
const SYMBOL = 'must be base and quote in capitals, for example "BTC/USDT"';
const SYMBOLS = `must be a list of 1 to ${MOST_SYMBOLS} symbols, for example ["BTC/USDT"]`;

const symbolSchema = z
  .string(SYMBOL)
  .regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/, SYMBOL)
  .transform((text) => text as MarketSymbol);

const MOST_LEVERAGE = 200;
const LEVERAGE = `must be a number from 1 to ${MOST_LEVERAGE}, for example 20`;
const leverageSchema = positiveDecimal(ratio, '20').refine(
  (leverage: Ratio) => leverage >= ONE && leverage <= BigInt(MOST_LEVERAGE) * ONE,
  LEVERAGE,
);

const MOST_BORROW_PERCENT = 1000;
const BORROW = `must be a percentage above 0 and up to ${MOST_BORROW_PERCENT} a year, for example 5`;
const borrowSchema = positiveDecimal(ratio, '5').refine(
  (percent: Ratio) => percent <= BigInt(MOST_BORROW_PERCENT) * ONE,
  BORROW,
);

const EVENTS = `must be a list of ${RUNNING_EVENT_KINDS.map((kind) => `"${kind}"`).join(' and ')}, each at most once`;
const tradingEventsSchema = z
  .array(z.enum(RUNNING_EVENT_KINDS, EVENTS), EVENTS)
  .min(1, EVENTS)
  .refine((kinds) => new Set(kinds).size === kinds.length, EVENTS);

/** What it trades, and on which candles. */
export const marketFields = {
  name: z.string(NAME).trim().min(1, NAME).max(LONGEST_NAME, NAME).regex(PRINTABLE, NAME),
  capital: positiveDecimal(money, '100000'),
  symbols: z.array(symbolSchema, SYMBOLS).min(1, SYMBOLS).max(MOST_SYMBOLS, SYMBOLS),
  timeframe: z.enum(TIMEFRAMES, `must be one of ${TIMEFRAMES.join(', ')}`),
  warmupCandles: wholeNumber(1, MOST_CANDLES).exactOptional(),
};

export const onOppositeSchema = z.enum(['close', 'reverse', 'ignore'], 'must be "close", "reverse" or "ignore"');
export const onSameSchema = z.enum(['stack', 'ignore'], 'must be "stack" or "ignore"');

/** How it enters, how much it trades, and when it does not. */
export const tradeFields = {
  entryOrder: entryOrderSchema.exactOptional(),
  maxTradeCandles: wholeNumber(1, MOST_CANDLES).exactOptional(),
  sizing: sizingSchema,
  filter: filterSchema.default({}),
  maxConcurrentTrades: wholeNumber(1, MOST_SYMBOLS).exactOptional(),
  maxEntries: wholeNumber(2, MOST_ENTRIES).exactOptional(),
  coolDownCandles: wholeNumber(0, MOST_CANDLES).default(0),
  tradingWindow: tradingWindowSchema.exactOptional(),
  tradingFrequency: wholeNumber(1, SECONDS_OF_DAY).exactOptional(),
  tradingEvents: tradingEventsSchema.exactOptional(),
  settleDelayMs: wholeNumber(0, MOST_SETTLE_MS).exactOptional(),
  leverage: leverageSchema.exactOptional(),
  marginMode: z.enum(['isolated', 'cross'], 'must be "isolated" or "cross"').exactOptional(),
  borrowPercentPerYear: borrowSchema.exactOptional(),
  execution: executionSchema.exactOptional(),
};

const sharedFields = z.strictObject({
  ...marketFields,
  ...tradeFields,
  brackets: bracketsSchema.exactOptional(),
  onOpposite: onOppositeSchema,
  onSame: onSameSchema,
});
export type SharedFile = z.output<typeof sharedFields>;

export type Problem = { readonly path: (string | number)[]; readonly message: string };

/** A rule that looks at several fields, and which: it is asked once these are sound on their own. */
export interface CrossRule<File> {
  readonly fields: readonly (keyof File)[];
  readonly check: (file: File) => readonly Problem[];
}

export const SHARED_RULES: readonly CrossRule<SharedFile>[] = [
  { fields: ['symbols'], check: repeatedSymbols },
  { fields: ['symbols'], check: severalCurrencies },
  { fields: ['sizing'], check: ({ sizing }) => crossed('sizing', crossedBounds(sizing)) },
  { fields: ['filter'], check: ({ filter }) => crossed('filter', crossedBounds(filter)) },
  { fields: ['onSame', 'maxEntries'], check: entriesWithoutStacking },
  { fields: ['entryOrder'], check: makerAtTheClose },
  { fields: ['entryOrder', 'brackets'], check: followingFromLevels },
  { fields: ['leverage', 'marginMode', 'borrowPercentPerYear'], check: marginWithoutLeverage },
  { fields: ['timeframe', 'tradingWindow', 'tradingFrequency'], check: windowOfOneDecision },
];

/** Of a venue that changes orders at once: files of indicator rules were always held to it, those that ask models later. */
export const AMENDS_AT_ONCE: CrossRule<SharedFile> = {
  fields: ['execution', 'brackets', 'entryOrder'],
  check: amendsUnderway,
};

/** A file's shape with the rules that look at several of its fields. */
export function withRules<Shape extends z.ZodType>(shape: Shape, rules: readonly CrossRule<z.output<Shape>>[]) {
  return shape.superRefine(
    (file, context) => {
      const unsound = new Set(context.issues.map(({ path }) => path?.[0]));
      for (const { fields, check } of rules) {
        if (fields.some((field) => unsound.has(field as PropertyKey))) continue;
        for (const problem of check(file)) context.addIssue({ code: 'custom', ...problem });
      }
    },
    // Also beside other problems, so that all are told at once; but not of a document that is no object.
    { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  );
}

/** The file with what its other fields decide where it does not say, and under the names that a bot has for it. */
export function filledIn<File extends SharedFile>({ tradingFrequency, tradingEvents, settleDelayMs, ...file }: File) {
  const { maxConcurrentTrades, maxEntries, onSame, symbols } = file;
  return {
    ...file,
    ...(settleDelayMs !== undefined && { settleMs: settleDelayMs }),
    ...(tradingFrequency !== undefined && { intervalMs: tradingFrequency * 1000 }),
    ...(tradingEvents !== undefined && { callingEvents: tradingEvents }),
    maxConcurrentTrades: maxConcurrentTrades ?? symbols.length,
    maxEntries: onSame === 'stack' ? (maxEntries ?? DEFAULT_ENTRIES) : 1,
  };
}

function repeatedSymbols({ symbols }: SharedFile): readonly Problem[] {
  return symbols.flatMap((symbol, k) =>
    symbols.indexOf(symbol) < k ? [{ path: ['symbols', k], message: 'stands twice; remove one of the two' }] : [],
  );
}

function crossed(section: string, fields: readonly string[]): readonly Problem[] {
  return fields.map((field) => ({ path: [section, field], message: 'must not be above its most; swap the two' }));
}

function entriesWithoutStacking({ onSame, maxEntries }: SharedFile): readonly Problem[] {
  if (maxEntries === undefined || onSame === 'stack') return [];
  return [{ path: ['maxEntries'], message: 'counts what is stacked; add "onSame": "stack"' }];
}

/** All that a bot trades is paid from one account. */
function severalCurrencies({ symbols }: SharedFile): readonly Problem[] {
  const quoteOf = (symbol: string) => symbol.split('/')[1]!;
  const currency = quoteOf(symbols[0]!);
  return symbols.flatMap((symbol, k) =>
    quoteOf(symbol) === currency
      ? []
      : [
          {
            path: ['symbols', k],
            message: `must be quoted in ${currency}, as the first one is, since one account pays for all`,
          },
        ],
  );
}

function marginWithoutLeverage(file: SharedFile): readonly Problem[] {
  if (file.leverage !== undefined) return [];
  return (['marginMode', 'borrowPercentPerYear'] as const).flatMap((field) =>
    file[field] === undefined ? [] : [{ path: [field], message: 'is of positions on margin; add "leverage"' }],
  );
}

function windowOfOneDecision({ timeframe, tradingWindow, tradingFrequency }: SharedFile): readonly Problem[] {
  if (!tradingWindow?.flattenAtEnd) return [];
  const { startMinute, endMinute } = tradingWindow;
  const minutes = endMinute - startMinute + (endMinute <= startMinute ? MINUTES_OF_DAY : 0);
  const stepMs = tradingFrequency === undefined ? TIMEFRAME_MS[timeframe] : tradingFrequency * 1000;
  if (minutes * TIMEFRAME_MS['1m'] > stepMs) return [];
  const step = tradingFrequency === undefined ? `a candle of ${timeframe}` : `${tradingFrequency} s`;
  const name = tradingFrequency === undefined ? 'timeframe' : '"tradingFrequency"';
  const message = `needs a window longer than ${step}, to enter in it and be flat at its end; make the window longer or the ${name} shorter`;
  return [{ path: ['tradingWindow', 'flattenAtEnd'], message }];
}

function makerAtTheClose({ entryOrder }: SharedFile): readonly Problem[] {
  if (!entryOrder?.postOnly || entryOrder.offsetPercent > 0) return [];
  const message = 'refuses every entry at the close itself, which would take; give an "offsetPercent" above 0';
  return [{ path: ['entryOrder', 'limit', 'postOnly'], message }];
}

/** Levels go out with the entry and stay: an entry that moves away from them would have another stop than was sized. */
function followingFromLevels({ entryOrder, brackets }: SharedFile): readonly Problem[] {
  if (entryOrder?.reprice !== 'follow' || !brackets || brackets.anchor === 'fill') return [];
  const message = 'moves the entry away from levels that stay; add "anchor": "fill" to "brackets"';
  return [{ path: ['entryOrder', 'limit', 'reprice'], message }];
}

/** Amends at closes are reckoned with what the venue has: one that is still underway would be sent again. */
function amendsUnderway({ execution, brackets, entryOrder }: SharedFile): readonly Problem[] {
  if (execution === undefined || (brackets?.roi === undefined && entryOrder === undefined)) return [];
  const what = brackets?.roi === undefined ? '"entryOrder"' : '"brackets.roi"';
  if (execution.latencyMs > 0) {
    const message = `does not go with ${what}, whose orders are changed at each close; leave one of them out`;
    return [{ path: ['execution', 'latencyMs'], message }];
  }
  if (execution.signalActs === 'this-close' && brackets?.roi !== undefined) {
    const message =
      'does not go with "brackets.roi", whose minutes count from the open of a candle; leave one of them out';
    return [{ path: ['execution', 'signalActs'], message }];
  }
  return [];
}
