import { existsSync } from 'node:fs';
import { DrawnCharts } from '#adapters/charts/drawn.ts';
import { systemClock } from '#adapters/clock/system.ts';
import { nothingKnown } from '#adapters/context/nothing-known.ts';
import { RecordedModels } from '#adapters/models/recorded-models.ts';
import { RecordingFile } from '#adapters/models/recording-file.ts';
import { BUILT_IN_PROMPTS } from '#core/built-in-prompts.ts';
import { figure } from '#core/figures.ts';
import { type ModelBot, modelsOf } from '#core/model-bots.ts';
import {
  estimatedAnswerTokens,
  estimatedImageTokens,
  estimatedTokens,
  type Prompt,
  promptNameOf,
} from '#core/prompts.ts';
import { TIMEFRAME_MS } from '#core/time.ts';
import type { ModelFailure, Models } from '#ports/models.ts';
import { CANDLES_TOLD } from '#strategies/model-answers/figures-at.ts';
import { loadConfig } from '../config.ts';
import { InputError } from '../errors.ts';
import { besideBot } from '../files/bot-files.ts';
import { askedOfServer, type ModelServers, openModels, settingsOf, withExtras } from '../models/models.ts';
import type { Asking } from '../strategies.ts';

export interface ModelOptions {
  /** Where the answers of models come from. */
  readonly models?: 'live' | 'record' | 'replay';
  /** The file of recorded questions and answers. */
  readonly recording?: string;
}

/** Whom a bot asks in a backtest. */
export interface BacktestAsking {
  readonly asking: Asking;
  /** Puts a recording in order; for the end. */
  readonly finish: () => Promise<void>;
  /** What a reader of the result should know of the answers: a sentence each. */
  readonly warnings: () => readonly string[];
}

/** Of a candle in a prompt, and of what else a prompt tells. */
const CANDLE_LETTERS = 55;
const OTHER_LETTERS = 1_500;

/**
 * What answers the questions of a bot: its models (`live`), its models for what is not recorded yet (`record`), or the
 * recording alone (`replay`). Without a word nothing is asked that may cost: a recording is replayed, unless rules answer all.
 * @param candles How many candles there are, over all symbols.
 */
export async function askingFor(
  bot: ModelBot,
  botPath: string,
  { models: wanted, recording }: ModelOptions,
  candles: number,
): Promise<BacktestAsking> {
  const answers = wanted ?? (askedOfServer(bot).length === 0 ? 'live' : 'replay');
  const path = recording ?? besideBot(botPath, '.recording.jsonl.gz');
  if (answers === 'replay') return askingOf(await replayed(bot, path));
  const servers = await openModels(loadConfig(), [bot], say);
  tellCost(bot, servers, candles);
  const { settings } = servers;
  if (answers === 'live') return askingOf(withExtras(servers.forRun(bot, NOTHING_SPENT), settings));
  const file = await RecordingFile.open(path);
  const models = new RecordedModels(servers.forRun(bot, file), file, 'same-question', systemClock);
  return askingOf(withExtras(models, settings), () => file.compact());
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

function askingOf(answering: Models, finish = async () => {}): BacktestAsking {
  const surroundings = nothingKnown('a backtest knows of the past what its candles tell');
  const counts = new Map<ModelFailure | 'answered', number>();
  const models: Models = {
    ask: async (...asked) => {
      const answer = await answering.ask(...asked);
      const what = answer.kind === 'failed' ? answer.failure : answer.kind;
      counts.set(what, (counts.get(what) ?? 0) + 1);
      return answer;
    },
  };
  return {
    asking: { models, charts: new DrawnCharts(), surroundings, abort: new AbortController().signal },
    finish,
    warnings: () => unansweredWarning(counts),
  };
}

/** A bot that gets no answer does not trade: its result tells nothing of the models then. */
function unansweredWarning(counts: ReadonlyMap<ModelFailure | 'answered', number>): readonly string[] {
  const failures = [...counts].filter(([what]) => what !== 'answered');
  if (failures.length === 0) return [];
  const [failed, asked] = [failures, [...counts]].map((some) => sumOf(some.map(([, count]) => count)));
  const kinds = failures.map(([failure, count]) => `${figure(count, 0)} ${failure}`).join(', ');
  return [
    `Questions without an answer: ${figure(failed!, 0)} of ${figure(asked!, 0)} (${kinds}). What the bot would have done with them is not known.`,
  ];
}

/** Of a run of which nothing is kept. */
const NOTHING_SPENT = { spentUsd: async () => 0 };

/** Answers from a recording alone. @throws InputError for a question that it has no answer to. */
async function replayed(bot: ModelBot, path: string): Promise<Models> {
  const fix =
    'run it with --models record first, give another --recording, or set the extras in MODELS_FILE as they were';
  if (!existsSync(path)) {
    throw new InputError(
      `Cannot replay the models of "${bot.name}" as their recording must be there: there is no "${path}"; ${fix}`,
    );
  }
  const file = await RecordingFile.open(path);
  const recorded = new RecordedModels(NOBODY, file, 'nothing-else', systemClock);
  const earlier = earlierVersion(bot.prompt, file.promptNames);
  const allFixes = earlier === undefined ? fix : `set "prompt" to "${earlier}", which it was recorded with, or ${fix}`;
  const models: Models = {
    ask: async (question, asker, abort) => {
      const answer = await recorded.ask(question, asker, abort);
      if (answer.kind === 'answered' || answer.failure !== 'not-recorded') return answer;
      throw new InputError(`Cannot replay the recording "${path}": ${answer.why}; ${allFixes}`);
    },
  };
  return askedOfServer(bot).length === 0 ? models : withExtras(models, await settingsOf(loadConfig()));
}

/** The version of a prompt of ours that a recording has instead of the one that is asked with. */
function earlierVersion(prompt: Prompt, recorded: ReadonlySet<string>): string | undefined {
  if (recorded.has(promptNameOf(prompt))) return undefined;
  return [...BUILT_IN_PROMPTS].find(([name, { name: kind }]) => kind === prompt.name && recorded.has(name))?.[0];
}

const NOBODY: Models = {
  ask: () => Promise.reject(new Error('A replay asks nobody')),
};

/** Says before anything is asked what it may come to. */
function tellCost(bot: ModelBot, { settings }: ModelServers, candles: number): void {
  const asked = askedOfServer(bot);
  if (asked.length === 0) return;
  const timeframeMs = TIMEFRAME_MS[bot.timeframe];
  const { intervalMs = timeframeMs } = bot;
  const occasions = Math.ceil((Math.max(0, candles - bot.warmupCandles) * timeframeMs) / intervalMs);
  const text = bot.prompt.system.length + bot.prompt.user.length + OTHER_LETTERS + CANDLE_LETTERS * CANDLES_TOLD;
  const images = bot.kind === 'chart-vision' ? (1 + bot.chart.timeframes.length) * estimatedImageTokens(bot.chart) : 0;
  const promptTokens = estimatedTokens('x'.repeat(text)) + images;
  const costs = modelsOf(bot)
    .filter(({ model }) => asked.includes(model))
    .map(({ model, maxTokens }) => {
      const price = Object.hasOwn(settings.prices, model) ? settings.prices[model] : undefined;
      if (price === undefined) return undefined;
      return (
        (occasions * (promptTokens * price.promptUsd + estimatedAnswerTokens(maxTokens) * price.completionUsd)) /
        1_000_000
      );
    });
  const known = costs.filter((cost) => cost !== undefined);
  const cost =
    known.length < costs.length ? 'at a price that MODELS_FILE does not tell' : `about ${figure(sumOf(known), 2)} USD`;
  const days = asked.flatMap((model) => settings.prices[model]?.since ?? []).toSorted();
  say(
    `Asks ${asked.join(', ')} up to ${figure(occasions * asked.length, 0)} times, about ${figure(promptTokens, 0)} tokens each: ${cost}. ` +
      (days.length === 0 ? '' : `Prices were looked up on ${[...new Set(days)].join(', ')}. `) +
      'What is recorded is not asked again; Ctrl-C stops it.',
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
