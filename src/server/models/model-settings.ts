import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelPrices } from '#adapters/models/prices.ts';
import { JsonTextError, parseJson } from '#contract/json-text.ts';
import { positiveNumber } from '#contract/numbers.ts';
import { problemLines, section } from '#contract/problems.ts';
import { InputError } from '../errors.ts';
import { unreadable } from '../files/input-files.ts';

/** What is known of one model. */
export interface ModelSettings {
  /** Whether its server holds it to a JSON schema. */
  readonly structured: boolean;
  readonly timeLimitMs: number;
  /** Sent with each question as they are, and part of what is asked; undefined where the file sets none. */
  readonly extras: Readonly<Record<string, unknown>> | undefined;
}

export interface AllModelSettings {
  readonly prices: ModelPrices;
  /** For all bots together; undefined is no limit. */
  readonly budgetUsdPerDay: number | undefined;
  /** Sent where there are no other extras. */
  readonly usualExtras: Readonly<Record<string, unknown>>;
  of(model: string): ModelSettings;
}

const USUAL_SECONDS = 45;
const DAY = 'must be the day on which the price was looked up, for example "2026-11-20"';
const PRICE = 'must be a number from 0, in US dollars for a million tokens';
const price = z.number(PRICE).min(0, PRICE);
const BOOLEAN = 'must be true or false';

const settings = {
  structured: z.boolean(BOOLEAN).exactOptional(),
  timeLimitSeconds: positiveNumber(600, 45).exactOptional(),
  extras: z.record(z.string(), z.unknown(), 'must be an object').exactOptional(),
};
const modelSchema = section({
  ...settings,
  price: section({
    promptUsd: price,
    completionUsd: price,
    since: z.string(DAY).regex(/^\d{4}-\d{2}-\d{2}$/, DAY),
  }).exactOptional(),
});
const fileSchema = section({
  ...settings,
  budgetUsdPerDay: positiveNumber(100_000, 5).exactOptional(),
  models: z.record(z.string(), modelSchema, 'must be an object of models').default({}),
});
type SettingsFile = z.output<typeof fileSchema>;

/**
 * The settings of models: those of the file, or the usual ones.
 * @param url Of the server: OpenRouter passes a schema on only to providers that keep it.
 * @throws InputError with a line for each problem of the file.
 */
export async function readModelSettings(path: string | undefined, url: string | undefined): Promise<AllModelSettings> {
  const file = path === undefined ? fileSchema.parse({}) : await readSettings(path);
  const prices = Object.entries(file.models).flatMap(([model, { price: known }]) =>
    known ? [[model, known] as const] : [],
  );
  const isOpenRouter = url?.includes('openrouter') ?? false;
  return {
    prices: Object.fromEntries(prices),
    budgetUsdPerDay: file.budgetUsdPerDay,
    usualExtras: isOpenRouter ? { provider: { require_parameters: true } } : {},
    of: (model) => {
      const own = Object.hasOwn(file.models, model) ? file.models[model] : undefined;
      return {
        structured: own?.structured ?? file.structured ?? true,
        timeLimitMs: 1000 * (own?.timeLimitSeconds ?? file.timeLimitSeconds ?? USUAL_SECONDS),
        extras: own?.extras ?? file.extras,
      };
    },
  };
}

async function readSettings(path: string): Promise<SettingsFile> {
  const action = `Cannot use the model settings "${path}"`;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(error, action);
  });
  const document = documentOf(text, action);
  const result = fileSchema.safeParse(document);
  if (result.success) return result.data;
  throw new InputError(
    [`${action}:`, ...problemLines(result.error.issues, document).map((line) => `  ${line}`)].join('\n'),
  );
}

function documentOf(text: string, action: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw error instanceof JsonTextError ? new InputError(`${action}: ${error.message}`, { cause: error }) : error;
  }
}
