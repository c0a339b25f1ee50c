import { z } from 'zod';
import type { Bot, IndicatorRulesBot } from '../core/bots.ts';
import { Candles } from '../core/candles.ts';
import { createIndicator } from '../core/indicators/registry.ts';
import { TIMEFRAME_MS, TIMEFRAMES } from '../core/time.ts';
import {
  AMENDS_AT_ONCE,
  type CrossRule,
  filledIn,
  marketFields,
  onOppositeSchema,
  onSameSchema,
  type Problem,
  SHARED_RULES,
  tradeFields,
  withRules,
} from './bot-fields.ts';
import { conditionSchema, type IndicatorUse, indicatorsOf } from './conditions.ts';
import { JsonTextError, parseJson } from './json-text.ts';
import {
  chartVisionSchema,
  modelVoteSchema,
  storedChartVisionSchema,
  storedModelVoteSchema,
} from './model-bot-file.ts';
import { choice, type FileProblem, fileProblems, hasKey, problemLine, section } from './problems.ts';
import { bracketsSchema } from './trade-plan.ts';

const KIND = 'must be "indicator-rules", "chart-vision" or "model-vote"';

/** A bot file that cannot be used; the message has one line for each problem. */
export class BotFileError extends Error {
  override readonly name = 'BotFileError';
  /** A line for each. */
  readonly problems: readonly string[];
  /** The same with their places apart. */
  readonly places: readonly FileProblem[];

  constructor(places: readonly FileProblem[]) {
    const problems = places.map(problemLine);
    super(problems.join('\n'));
    this.problems = problems;
    this.places = places;
  }
}

/**
 * Reads a bot file; docs/reference/bot-file.md explains its fields.
 * @throws BotFileError with every problem: its path in the file (or line and column), the rule and its fix, the value.
 */
export function readBotFile(text: string): Bot {
  return readAs(botSchema, text);
}

/**
 * Reads the file of a bot that was started before: it goes on, as it may have positions to look after, also where
 * files of new bots are held to more today.
 * @throws BotFileError for one that was never a bot file.
 */
export function readStoredBotFile(text: string): Bot {
  return readAs(storedBotSchema, text);
}

function readAs(schema: z.ZodType<Bot>, text: string): Bot {
  const document = readJson(text);
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw new BotFileError(fileProblems(result.error.issues, document));
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw error instanceof JsonTextError ? new BotFileError([{ path: '', message: error.message }]) : error;
  }
}

const sides = section({ long: conditionSchema.exactOptional(), short: conditionSchema.exactOptional() });

const rulesFile = section({
  kind: z.literal('indicator-rules', KIND),
  ...marketFields,
  entry: sides,
  exit: sides.default({}),
  brackets: bracketsSchema.exactOptional(),
  onOpposite: onOppositeSchema.default('close'),
  onSame: onSameSchema.default('ignore'),
  ...tradeFields,
});
type RulesFile = z.output<typeof rulesFile>;

const CROSS_RULES: readonly CrossRule<RulesFile>[] = [
  ...SHARED_RULES,
  AMENDS_AT_ONCE,
  { fields: ['entry'], check: noEntry },
  { fields: ['entry', 'exit', 'brackets', 'maxTradeCandles'], check: entriesWithoutExit },
  { fields: ['sizing', 'brackets'], check: riskWithoutStop },
  { fields: ['filter', 'brackets'], check: filterWithoutLevels },
  { fields: ['timeframe', 'entry'], check: (file) => badTimeframes(file, 'entry') },
  { fields: ['timeframe', 'exit'], check: (file) => badTimeframes(file, 'exit') },
];

const rulesBotSchema: z.ZodType<IndicatorRulesBot> = withRules(rulesFile, CROSS_RULES).transform((file) => ({
  ...filledIn(file),
  warmupCandles: file.warmupCandles ?? longestWarmup(file),
}));

/** From a parsed bot file to the bot. */
export const botSchema = botOfKind(chartVisionSchema, modelVoteSchema);
const storedBotSchema = botOfKind(storedChartVisionSchema, storedModelVoteSchema);

function botOfKind(vision: z.ZodType<Bot>, vote: z.ZodType<Bot>): z.ZodType<Bot> {
  return choice<Bot>((input) => {
    if (!hasKey(input, 'kind')) return rulesBotSchema;
    const { kind } = input as { readonly kind: unknown };
    if (kind === 'chart-vision') return vision;
    return kind === 'model-vote' ? vote : rulesBotSchema;
  }, KIND);
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

function usesIn(file: RulesFile, part: 'entry' | 'exit'): readonly IndicatorUse[] {
  const { long, short } = file[part];
  return [...(long ? indicatorsOf(long, [part, 'long']) : []), ...(short ? indicatorsOf(short, [part, 'short']) : [])];
}

/**
 * How many candles stand before the first at which every indicator has a value; at least 1. One of a higher timeframe
 * may have to wait for the first whole candle there.
 */
function longestWarmup(file: RulesFile): number {
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
