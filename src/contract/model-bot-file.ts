import { z } from 'zod';
import { BUILT_IN_PROMPTS, DEFAULT_PROMPTS } from '../core/built-in-prompts.ts';
import { Candles } from '../core/candles.ts';
import { createIndicator, type IndicatorSpec, parseIndicator } from '../core/indicators/registry.ts';
import type { AskedModel, ChartLook, ChartVisionBot, ModelVoteBot, VotingModel } from '../core/model-bots.ts';
import {
  isPromptVariable,
  isWholeText,
  PROMPT_VARIABLES,
  type Prompt,
  promptNameOf,
  variablesIn,
} from '../core/prompts.ts';
import { TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from '../core/time.ts';
import type { VoteRules } from '../core/votes.ts';
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
import { positiveNumber, wholeNumber } from './numbers.ts';
import { choice, hasKey, readBy, section, unknownName } from './problems.ts';
import { bracketsSchema } from './trade-plan.ts';

/** How bots that ask models are written down: which, with what words, and what they are shown. */

const MODEL = 'must be the name of a model, for example "deepseek/deepseek-chat-v3.1"';
const MOST_MODELS = 8;
const MODELS = `must be a list of 1 to ${MOST_MODELS} models, for example ["deepseek/deepseek-chat-v3.1"]`;
const MOST_TOKENS = 100_000;
const DEFAULT_TOKENS = 2_000;
const DEFAULT_MODELS = ['deepseek/deepseek-chat-v3.1', 'qwen/qwen3-vl-235b-a22b-instruct'];
const TEMPERATURE = 'must be a number from 0 to 2, for example 0';

const modelName = z.string(MODEL).regex(/^[\w~][\w .:/@()~-]{0,127}$/, MODEL);
const asked = {
  model: modelName,
  maxTokens: wholeNumber(1, MOST_TOKENS).default(DEFAULT_TOKENS),
  temperature: z.number(TEMPERATURE).min(0, TEMPERATURE).max(2, TEMPERATURE).exactOptional(),
};
const MODEL_RULE = `${MODEL}, or an object with "model"`;
const isNamed = (input: unknown) => hasKey(input, 'model');

const askedModel = choice<AskedModel>((input) => {
  if (typeof input === 'string')
    return modelName.transform((model): AskedModel => ({ model, maxTokens: DEFAULT_TOKENS }));
  return isNamed(input) ? section(asked) : undefined;
}, MODEL_RULE);

const votingModel = choice<VotingModel>((input) => {
  if (typeof input === 'string')
    return modelName.transform((model): VotingModel => ({ model, maxTokens: DEFAULT_TOKENS, weight: 1 }));
  return isNamed(input) ? section({ ...asked, weight: positiveNumber(100, 1).default(1) }) : undefined;
}, MODEL_RULE);

const PROMPT_NAME = 'must be lower-case letters, digits and -, up to 40, for example "my-chart"';
const LONGEST_PROMPT = 20_000;
const PROMPT_TEXT = `must be a text of 1 to ${LONGEST_PROMPT} characters`;
const WHOLE_TEXT = 'must be text that can be kept, without U+0000 and halves of characters';
/** The highest version that a prompt may have. */
export const MOST_PROMPT_VERSIONS = 10_000;

/** @throws Error for a name in braces that stands for nothing. */
const promptText = z
  .string(PROMPT_TEXT)
  .min(1, PROMPT_TEXT)
  .max(LONGEST_PROMPT, PROMPT_TEXT)
  .superRefine((text, context) => {
    for (const name of variablesIn(text).filter((one) => !isPromptVariable(one)))
      context.addIssue(unknownName('variable', name, Object.keys(PROMPT_VARIABLES)));
  });

const ownPrompt = section({
  name: z.string(PROMPT_NAME).regex(/^[a-z0-9][a-z0-9-]{0,39}$/, PROMPT_NAME),
  version: wholeNumber(1, MOST_PROMPT_VERSIONS),
  system: promptText,
  user: promptText,
});
const namedPrompt = readBy((input): Prompt => {
  const found = BUILT_IN_PROMPTS.get(String(input));
  if (found === undefined) throw new Error(unknownName('prompt', String(input), [...BUILT_IN_PROMPTS.keys()]));
  return found;
});
const promptSchema = choice<Prompt>(
  (input) => (typeof input === 'string' ? namedPrompt : hasKey(input, 'name') ? ownPrompt : undefined),
  `must be the name of a prompt, for example "${[...BUILT_IN_PROMPTS.keys()][0]}", or {"name", "version", "system", "user"}`,
);

const MOST_INDICATORS = 30;
const indicatorSchema = readBy((text): IndicatorSpec => parseIndicator(String(text)));
const indicatorList = (texts: readonly string[]) => {
  const rule = `must be a list of up to ${MOST_INDICATORS} indicators, for example ["ema(20)"]`;
  return z
    .array(indicatorSchema, rule)
    .max(MOST_INDICATORS, rule)
    .default(() => texts.map(parseIndicator));
};

const INDICATORS_TOLD = [
  ...['ema(20)', 'ema(50)', 'rsi(14)', 'macd', 'macd.signal', 'adx(14)', 'atr(14)'],
  ...['bollinger.upper', 'bollinger.lower'],
];
const MOST_PANES = 4;
const PANES = `must be a list of up to ${MOST_PANES} lists of indicators, for example [["rsi(14)"]]`;
const HIGHER = `must be a list of up to 3 timeframes above the bot's, for example ["4h"]`;

const chartSchema = section({
  theme: z.enum(['dark', 'light'], 'must be "dark" or "light"').default('dark'),
  width: wholeNumber(320, 4096).default(1280),
  height: wholeNumber(240, 4096).default(720),
  candles: wholeNumber(20, 1000).default(200),
  overlays: indicatorList(['ema(20)', 'ema(50)']),
  panes: z
    .array(indicatorList([]), PANES)
    .max(MOST_PANES, PANES)
    .default(() => [[parseIndicator('rsi(14)')]]),
  timeframes: z.array(z.enum(TIMEFRAMES, HIGHER), HIGHER).max(3, HIGHER).default([]),
});
const defaultChart = () => chartSchema.parse({});
/** How a picture looks where nobody says. */
export const DEFAULT_CHART: ChartLook = defaultChart();

const voteSchema = z.enum(['majority', 'unanimous', 'weighted'], 'must be "majority", "unanimous" or "weighted"');
const aloneSchema = z.enum(['follow', 'no-trade'], 'must be "follow" or "no-trade"');

const modelFields = {
  ...marketFields,
  ...tradeFields,
  brackets: bracketsSchema.default(() => bracketsSchema.parse({ stop: { atrMultiple: 2, period: 14 } })),
  prompt: promptSchema,
  indicators: indicatorList(INDICATORS_TOLD),
  budgetUsdPerDay: positiveNumber(10_000, 1).exactOptional(),
};

const visionFile = section({
  kind: z.literal('chart-vision'),
  ...modelFields,
  prompt: promptSchema.default(DEFAULT_PROMPTS['chart-vision']),
  model: askedModel,
  chart: chartSchema.default(defaultChart),
  onOpposite: onOppositeSchema.default('close'),
  onSame: onSameSchema.default('ignore'),
});
type VisionFile = z.output<typeof visionFile>;

const voteFile = section({
  kind: z.literal('model-vote'),
  ...modelFields,
  prompt: promptSchema.default(DEFAULT_PROMPTS['model-vote']),
  models: z
    .array(votingModel, MODELS)
    .min(1, MODELS)
    .max(MOST_MODELS, MODELS)
    .default(() => DEFAULT_MODELS.map((model) => ({ model, maxTokens: DEFAULT_TOKENS, weight: 1 }))),
  vote: voteSchema.default('majority'),
  alone: aloneSchema.default('follow'),
  onOpposite: onOppositeSchema.default('reverse'),
  onSame: onSameSchema.default('stack'),
});
type VoteFile = z.output<typeof voteFile>;

type ModelFile = VisionFile | VoteFile;

/** What bots that run were not held to when they were started: a rule that comes later stands here. */
const RULES_OF_NEW_FILES: readonly CrossRule<ModelFile>[] = [
  AMENDS_AT_ONCE,
  { fields: ['prompt'], check: builtInName },
  { fields: ['prompt'], check: brokenText },
];
const VISION_RULES: readonly CrossRule<VisionFile>[] = [
  ...SHARED_RULES,
  { fields: ['timeframe', 'chart'], check: lowerCharts },
];
const VOTE_RULES: readonly CrossRule<VoteFile>[] = [...SHARED_RULES, { fields: ['models'], check: repeatedModels }];

export const storedChartVisionSchema = visionBot(VISION_RULES);
export const chartVisionSchema = visionBot([...VISION_RULES, ...RULES_OF_NEW_FILES]);

export const storedModelVoteSchema = voteBot(VOTE_RULES);
export const modelVoteSchema = voteBot([...VOTE_RULES, ...RULES_OF_NEW_FILES]);

function visionBot(rules: readonly CrossRule<VisionFile>[]): z.ZodType<ChartVisionBot> {
  return withRules(visionFile, rules).transform((file) => ({
    ...filledIn(file),
    warmupCandles: file.warmupCandles ?? warmupOf(file, file.chart),
  }));
}

function voteBot(rules: readonly CrossRule<VoteFile>[]): z.ZodType<ModelVoteBot> {
  return withRules(voteFile, rules).transform(({ vote, alone, ...file }) => ({
    ...filledIn(file),
    vote: { kind: vote, alone } satisfies VoteRules,
    warmupCandles: file.warmupCandles ?? warmupOf(file, undefined),
  }));
}

function builtInName({ prompt }: ModelFile): readonly Problem[] {
  if (![...BUILT_IN_PROMPTS.values()].some(({ name }) => name === prompt.name)) return [];
  const built = BUILT_IN_PROMPTS.get(promptNameOf(prompt));
  if (built?.system === prompt.system && built.user === prompt.user) return [];
  const message = `is that of the prompts that come with Autotrader, whose versions are its own; give it another name, for example "my-${prompt.name}"`;
  return [{ path: ['prompt', 'name'], message }];
}

function brokenText({ prompt }: ModelFile): readonly Problem[] {
  const broken = (['system', 'user'] as const).filter((part) => !isWholeText(prompt[part]));
  return broken.map((part) => ({ path: ['prompt', part], message: WHOLE_TEXT }));
}

function repeatedModels({ models }: VoteFile): readonly Problem[] {
  const names = models.map(({ model }) => model);
  return names.flatMap((name, k) =>
    names.indexOf(name) < k
      ? [{ path: ['models', k], message: `has a model that stands twice ("${name}"); remove one of the two` }]
      : [],
  );
}

function lowerCharts({ timeframe, chart }: VisionFile): readonly Problem[] {
  const own = TIMEFRAME_MS[timeframe];
  const isHigher = (other: Timeframe) => TIMEFRAME_MS[other] > own && TIMEFRAME_MS[other] % own === 0;
  return chart.timeframes.flatMap((other, k) => {
    if (isHigher(other)) return [];
    const choices = TIMEFRAMES.filter(isHigher);
    const fix = choices.length === 0 ? 'leave it out' : `take one of ${choices.join(', ')}`;
    const message = `must be above the bot's ${timeframe} and a multiple of it; ${fix}`;
    return [{ path: ['chart', 'timeframes', k], message }];
  });
}

/** So many candles that every indicator has a value; a picture may begin with fewer than it has room for. */
function warmupOf(
  { timeframe, indicators, brackets }: Pick<VoteFile, 'timeframe' | 'indicators' | 'brackets'>,
  chart: ChartLook | undefined,
): number {
  const specs = [...indicators, ...(chart?.overlays ?? []), ...(chart?.panes.flat() ?? [])];
  const firsts = specs.map((spec) => createIndicator(new Candles(timeframe), spec).firstIndex);
  const { stop, target, trail } = brackets;
  const periods = [stop, target, trail?.distance].map((distance) => (distance?.kind === 'atr' ? distance.period : 0));
  if (stop.kind === 'swing') periods.push(stop.candles - 1);
  return Math.max(1, ...firsts, ...periods);
}
