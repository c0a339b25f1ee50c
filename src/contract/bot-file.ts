import { z } from 'zod';
import type { Bot, IndicatorRulesBot, MarketSymbol } from '../core/bots.ts';
import { Candles } from '../core/candles.ts';
import { createIndicator } from '../core/indicators/registry.ts';
import { money, ONE, type Ratio, ratio } from '../core/money.ts';
import { TIMEFRAME_MS, TIMEFRAMES } from '../core/time.ts';
import { conditionSchema, type IndicatorUse, indicatorsOf } from './conditions.ts';
import { executionSchema } from './execution.ts';
import { JsonTextError, parseJson } from './json-text.ts';
import { positiveDecimal, wholeNumber } from './numbers.ts';
import { problemLines, section } from './problems.ts';
import { bracketsSchema, crossedBounds, entryOrderSchema, filterSchema, sizingSchema } from './trade-plan.ts';
import { tradingWindowSchema } from './trading-window.ts';

/** No control characters: a name is printed on terminals. */
const PRINTABLE = /^\P{Cc}*$/u;
const LONGEST_NAME = 80;
const MOST_SYMBOLS = 50;
const MOST_CANDLES = 100_000;
const MOST_ENTRIES = 100;
const DEFAULT_ENTRIES = 3;
const MINUTES_OF_DAY = 24 * 60;
const SECONDS_OF_DAY = MINUTES_OF_DAY * 60;
const MOST_SETTLE_MS = 60_000;

/** A bot file that cannot be used; the message has one line for each problem. */
export class BotFileError extends Error {
  override readonly name = 'BotFileError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads a bot file; docs/reference/bot-file.md explains its fields.
 * @throws BotFileError with every problem: its path in the file (or line and column), the rule and its fix, the value.
 */
export function readBotFile(text: string): Bot {
  const document = readJson(text);
  const result = botSchema.safeParse(document);
  if (result.success) return result.data;
  throw new BotFileError(problemLines(result.error.issues, document));
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw error instanceof JsonTextError ? new BotFileError([error.message]) : error;
  }
}

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

const sides = section({ long: conditionSchema.exactOptional(), short: conditionSchema.exactOptional() });

const rulesFile = section({
  name: z.string(NAME).trim().min(1, NAME).max(LONGEST_NAME, NAME).regex(PRINTABLE, NAME),
  kind: z.literal('indicator-rules', 'must be "indicator-rules"'),
  capital: positiveDecimal(money, '100000'),
  symbols: z.array(symbolSchema, SYMBOLS).min(1, SYMBOLS).max(MOST_SYMBOLS, SYMBOLS),
  timeframe: z.enum(TIMEFRAMES, `must be one of ${TIMEFRAMES.join(', ')}`),
  warmupCandles: wholeNumber(1, MOST_CANDLES).exactOptional(),
  entry: sides,
  exit: sides.default({}),
  brackets: bracketsSchema.exactOptional(),
  entryOrder: entryOrderSchema.exactOptional(),
  maxTradeCandles: wholeNumber(1, MOST_CANDLES).exactOptional(),
  sizing: sizingSchema,
  filter: filterSchema.default({}),
  maxConcurrentTrades: wholeNumber(1, MOST_SYMBOLS).exactOptional(),
  onOpposite: z.enum(['close', 'reverse', 'ignore'], 'must be "close", "reverse" or "ignore"').default('close'),
  onSame: z.enum(['stack', 'ignore'], 'must be "stack" or "ignore"').default('ignore'),
  maxEntries: wholeNumber(2, MOST_ENTRIES).exactOptional(),
  coolDownCandles: wholeNumber(0, MOST_CANDLES).default(0),
  tradingWindow: tradingWindowSchema.exactOptional(),
  tradingFrequency: wholeNumber(1, SECONDS_OF_DAY).exactOptional(),
  settleDelayMs: wholeNumber(0, MOST_SETTLE_MS).exactOptional(),
  leverage: leverageSchema.exactOptional(),
  marginMode: z.enum(['isolated', 'cross'], 'must be "isolated" or "cross"').exactOptional(),
  execution: executionSchema.exactOptional(),
});
type RulesFile = z.output<typeof rulesFile>;
type Problem = { readonly path: (string | number)[]; readonly message: string };

/** Rules that look at several fields, and which: each is asked once its fields are sound on their own. */
const CROSS_RULES: readonly {
  readonly fields: readonly (keyof RulesFile)[];
  readonly check: (file: RulesFile) => readonly Problem[];
}[] = [
  { fields: ['symbols'], check: repeatedSymbols },
  { fields: ['entry'], check: noEntry },
  { fields: ['entry', 'exit', 'brackets', 'maxTradeCandles'], check: entriesWithoutExit },
  { fields: ['sizing', 'brackets'], check: riskWithoutStop },
  { fields: ['sizing'], check: ({ sizing }) => crossed('sizing', crossedBounds(sizing)) },
  { fields: ['filter'], check: ({ filter }) => crossed('filter', crossedBounds(filter)) },
  { fields: ['filter', 'brackets'], check: filterWithoutLevels },
  { fields: ['entryOrder'], check: makerAtTheClose },
  { fields: ['entryOrder', 'brackets'], check: followingFromLevels },
  { fields: ['onSame', 'maxEntries'], check: entriesWithoutStacking },
  { fields: ['execution', 'brackets', 'entryOrder'], check: amendsUnderway },
  { fields: ['leverage', 'marginMode'], check: modeWithoutLeverage },
  { fields: ['timeframe', 'tradingWindow', 'tradingFrequency'], check: windowOfOneDecision },
  { fields: ['timeframe', 'entry'], check: (file) => badTimeframes(file, 'entry') },
  { fields: ['timeframe', 'exit'], check: (file) => badTimeframes(file, 'exit') },
];

/** From a parsed bot file to the bot. */
export const botSchema: z.ZodType<Bot> = rulesFile
  .superRefine(
    (file, context) => {
      const unsound = new Set(context.issues.map(({ path }) => path?.[0]));
      for (const { fields, check } of CROSS_RULES) {
        if (fields.some((field) => unsound.has(field))) continue;
        for (const problem of check(file)) context.addIssue({ code: 'custom', ...problem });
      }
    },
    // Also beside other problems, so that all are told at once; but not of a document that is no object.
    { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  )
  .transform(
    ({ tradingFrequency, settleDelayMs, ...file }): IndicatorRulesBot => ({
      ...file,
      ...(settleDelayMs !== undefined && { settleMs: settleDelayMs }),
      ...(tradingFrequency !== undefined && { intervalMs: tradingFrequency * 1000 }),
      warmupCandles: file.warmupCandles ?? longestWarmup(file),
      maxConcurrentTrades: file.maxConcurrentTrades ?? file.symbols.length,
      maxEntries: file.onSame === 'stack' ? (file.maxEntries ?? DEFAULT_ENTRIES) : 1,
    }),
  );

function repeatedSymbols({ symbols }: RulesFile): readonly Problem[] {
  return symbols.flatMap((symbol, k) =>
    symbols.indexOf(symbol) < k ? [{ path: ['symbols', k], message: 'stands twice; remove one of the two' }] : [],
  );
}

function noEntry({ entry }: RulesFile): readonly Problem[] {
  if (entry.long || entry.short) return [];
  return [{ path: ['entry'], message: 'must have a rule to enter by; add "long", "short" or both' }];
}

function entriesWithoutExit({ entry, exit, brackets, maxTradeCandles }: RulesFile): readonly Problem[] {
  if (brackets || maxTradeCandles !== undefined) return [];
  const open = (['long', 'short'] as const).filter((side) => entry[side] && !exit[side]);
  return open.map((side) => ({
    path: ['entry', side],
    message: `a trade must have a way out; add a rule "exit.${side}", "brackets" or "maxTradeCandles"`,
  }));
}

function riskWithoutStop({ sizing, brackets }: RulesFile): readonly Problem[] {
  if (sizing.kind !== 'risk-per-trade' || brackets) return [];
  return [
    { path: ['sizing', 'riskPercent'], message: 'needs a stop to measure the risk by; add "brackets" with a "stop"' },
  ];
}

function crossed(section: string, fields: readonly string[]): readonly Problem[] {
  return fields.map((field) => ({ path: [section, field], message: 'must not be above its most; swap the two' }));
}

/** What a filter measures must be there, or it would refuse every signal. */
function filterWithoutLevels({ filter, brackets }: RulesFile): readonly Problem[] {
  const problems: Problem[] = [];
  if (filter.minRewardRisk !== undefined && !brackets?.target) {
    problems.push({
      path: ['filter', 'minRewardRisk'],
      message: 'needs a target to measure the reward by; add "brackets" with a "target"',
    });
  }
  return problems;
}

function makerAtTheClose({ entryOrder }: RulesFile): readonly Problem[] {
  if (!entryOrder?.postOnly || entryOrder.offsetPercent > 0) return [];
  const message = 'refuses every entry at the close itself, which would take; give an "offsetPercent" above 0';
  return [{ path: ['entryOrder', 'limit', 'postOnly'], message }];
}

/** Levels go out with the entry and stay: an entry that moves away from them would have another stop than was sized. */
function followingFromLevels({ entryOrder, brackets }: RulesFile): readonly Problem[] {
  if (entryOrder?.reprice !== 'follow' || !brackets || brackets.anchor === 'fill') return [];
  const message = 'moves the entry away from levels that stay; add "anchor": "fill" to "brackets"';
  return [{ path: ['entryOrder', 'limit', 'reprice'], message }];
}

/** Amends at closes are reckoned with what the venue has: one that is still underway would be sent again. */
function amendsUnderway({ execution, brackets, entryOrder }: RulesFile): readonly Problem[] {
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

function entriesWithoutStacking({ onSame, maxEntries }: RulesFile): readonly Problem[] {
  if (maxEntries === undefined || onSame === 'stack') return [];
  return [{ path: ['maxEntries'], message: 'counts what is stacked; add "onSame": "stack"' }];
}

function modeWithoutLeverage({ leverage, marginMode }: RulesFile): readonly Problem[] {
  if (marginMode === undefined || leverage !== undefined) return [];
  return [{ path: ['marginMode'], message: 'is of positions on margin; add "leverage"' }];
}

function windowOfOneDecision({ timeframe, tradingWindow, tradingFrequency }: RulesFile): readonly Problem[] {
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

function badTimeframes(file: RulesFile, part: 'entry' | 'exit'): readonly Problem[] {
  const own = TIMEFRAME_MS[file.timeframe];
  return usesIn(file, part).flatMap(({ operand: { timeframe }, path }) => {
    if (timeframe === undefined) return [];
    const higher = TIMEFRAME_MS[timeframe];
    if (higher > own && higher % own === 0) return [];
    const choices = TIMEFRAMES.filter((other) => TIMEFRAME_MS[other] > own && TIMEFRAME_MS[other] % own === 0);
    const fix = choices.length === 0 ? 'leave it out' : `take one of ${choices.join(', ')}, or leave it out`;
    return [
      {
        path: [...path],
        message: `@${timeframe} must be above the bot's ${file.timeframe} and a multiple of it; ${fix}`,
      },
    ];
  });
}

function usesIn(file: Pick<RulesFile, 'entry' | 'exit'>, part: 'entry' | 'exit'): readonly IndicatorUse[] {
  const { long, short } = file[part];
  return [...(long ? indicatorsOf(long, [part, 'long']) : []), ...(short ? indicatorsOf(short, [part, 'short']) : [])];
}

/**
 * How many candles stand before the first at which every indicator has a value; at least 1. One of a higher timeframe
 * may have to wait for the first whole candle there.
 */
function longestWarmup(file: Omit<RulesFile, 'tradingFrequency' | 'settleDelayMs'>): number {
  const own = TIMEFRAME_MS[file.timeframe];
  const warmups = [...usesIn(file, 'entry'), ...usesIn(file, 'exit')].map(({ operand: { indicator, timeframe } }) => {
    const { firstIndex } = createIndicator(new Candles(timeframe ?? file.timeframe), indicator);
    return timeframe === undefined ? firstIndex : (firstIndex + 2) * (TIMEFRAME_MS[timeframe] / own) - 2;
  });
  const { stop, target, trail } = file.brackets ?? {};
  const periods = [stop, target, trail?.distance].map((distance) => (distance?.kind === 'atr' ? distance.period : 0));
  if (stop?.kind === 'swing') periods.push(stop.candles - 1);
  return [...warmups, ...periods].reduce((longest, one) => Math.max(longest, one), 1);
}
