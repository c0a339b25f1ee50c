import { systemClock } from '#adapters/clock/system.ts';
import { BudgetedModels } from '#adapters/models/budgeted-models.ts';
import { OnceModels } from '#adapters/models/once-models.ts';
import { RecordedModels } from '#adapters/models/recorded-models.ts';
import { RestingModels } from '#adapters/models/resting-models.ts';
import { RulesAnalyst } from '#adapters/models/rules-analyst.ts';
import { Spending } from '#adapters/models/spending.ts';
import type { Bot } from '#core/bots.ts';
import { modelsOf, RULE_ANALYSTS } from '#core/model-bots.ts';
import type { Models, Recordings, SentQuestions } from '#ports/models.ts';
import type { Config } from '../config.ts';
import { InputError } from '../errors.ts';
import { type AllModelSettings, readModelSettings } from './model-settings.ts';

/** Who answers when a bot asks a model: the analysts that are rules, and the models of the configured server. */
export interface ModelServers {
  readonly settings: AllModelSettings;
  /** Asks for one bot within its budget, and keeps nothing. @param spent What was spent before. */
  forRun(bot: Bot, spent: Pick<Recordings, 'spentUsd'>): Models;
  /** Asks for bots that run: each within its budget, and nothing twice for the same occasion. */
  forBots(recordings: Recordings & SentQuestions): BotModels;
}

/** Whom the bots of one engine ask. */
export interface BotModels {
  /** Models of the server that failed so often that they are left alone, with the milliseconds that are left of it. */
  readonly resting: () => ReadonlyMap<string, number>;
  readonly of: (bot: Bot) => Models;
}

type ModelConfig = Pick<Config, 'modelsUrl' | 'modelsKey' | 'modelsFile'>;

/** The models that a bot asks of a server: those that are no rules. */
export function askedOfServer(bot: Bot): readonly string[] {
  return modelsOf(bot)
    .map(({ model }) => model)
    .filter((model) => !RULE_ANALYSTS.includes(model));
}

/** @throws InputError for a bot that asks a model where no server is configured. */
export function checkModels({ modelsUrl, modelsKey }: ModelConfig, bots: readonly Bot[]): void {
  if (modelsUrl !== undefined || modelsKey !== undefined) return;
  for (const bot of bots) {
    const [first] = askedOfServer(bot);
    if (first === undefined) continue;
    throw new InputError(
      `Cannot run "${bot.name}" as its model ${first} must have a server to be asked of: set MODELS_API_KEY, and MODELS_URL for ` +
        `another server than OpenRouter, or name "${RULE_ANALYSTS[0]}", which needs none`,
    );
  }
}

/** @param say Told once when a model is left alone, and once when it answers again. */
export async function openModels(
  config: ModelConfig,
  bots: readonly Bot[],
  say: (line: string) => void,
): Promise<ModelServers> {
  checkModels(config, bots);
  const settings = await settingsOf(config);
  const rules = new RulesAnalyst();
  const asksServer = bots.some((bot) => askedOfServer(bot).length > 0);
  const chat = asksServer ? await chatModels(config, settings) : undefined;
  const withRest = (models: Models) => new RestingModels(models, systemClock, say);
  const within = (server: Models, bot: Bot, spending: Spending) => {
    const botUsdPerDay = 'budgetUsdPerDay' in bot ? bot.budgetUsdPerDay : undefined;
    return new BudgetedModels(server, { botUsdPerDay, totalUsdPerDay: settings.budgetUsdPerDay }, spending);
  };
  const spendingOf = (spent: Pick<Recordings, 'spentUsd'>) => new Spending(spent, settings.prices, systemClock);
  return {
    settings,
    // Rules cost nothing: they answer whatever is spent.
    forRun: (bot, spent) => (chat ? routed(rules, within(withRest(chat), bot, spendingOf(spent))) : rules),
    forBots: (recordings) => {
      if (chat === undefined) return { resting: () => new Map(), of: () => rules };
      const server = withRest(new OnceModels(chat, recordings, systemClock));
      const spending = spendingOf(recordings);
      return {
        resting: () => server.resting(),
        of: (bot) => {
          const asked = within(server, bot, spending);
          const recorded = new RecordedModels(asked, recordings, 'same-occasion', systemClock);
          // What rules answer they answer again: there is nothing to keep.
          return routed(rules, withExtras(recorded, settings));
        },
      };
    },
  };
}

/** Why a bot takes no entries for now: a model that it asks failed so often that it is left alone. */
export function safeModeOf(bot: Bot, { resting }: Pick<BotModels, 'resting'>): string | undefined {
  const left = resting();
  const model = askedOfServer(bot).find((one) => left.has(one));
  if (model === undefined) return undefined;
  const seconds = Math.ceil(left.get(model)! / 1000);
  return `safe mode: ${model} failed several times in a row and is asked again in ${seconds} s; no entries until then, stops stay`;
}

/** Where models are asked unless another server is set. */
const OPENROUTER = 'https://openrouter.ai/api/v1';

/** @throws InputError with a line for each problem of the file. */
export function settingsOf({ modelsFile, modelsUrl }: ModelConfig): Promise<AllModelSettings> {
  return readModelSettings(modelsFile, modelsUrl ?? OPENROUTER);
}

/** The client is loaded only where it is needed. */
async function chatModels({ modelsUrl, modelsKey }: ModelConfig, settings: AllModelSettings): Promise<Models> {
  const { ChatModels } = await import('#adapters/models/chat-models.ts');
  const clients = new Map<string, Models>();
  return {
    ask: (question, asker, abort) => {
      const { model } = question;
      const known = clients.get(model);
      const { timeLimitMs, structured } = settings.of(model);
      const server = {
        ...{ baseUrl: modelsUrl ?? OPENROUTER, apiKey: modelsKey ?? 'none' },
        ...{ timeLimitMs, structured, extras: settings.usualExtras, prices: settings.prices },
      };
      const client = known ?? new ChatModels(server, systemClock);
      clients.set(model, client);
      return client.ask(question, asker, abort);
    },
  };
}

/** Makes what the owner has sent with each question a part of it: with other extras it is another question. */
export function withExtras(models: Models, settings: AllModelSettings): Models {
  return {
    ask: (question, asker, abort) => {
      const { model, parameters } = question;
      const { extras } = settings.of(model);
      // Rules are sent nothing.
      if (extras === undefined || RULE_ANALYSTS.includes(model)) return models.ask(question, asker, abort);
      return models.ask({ ...question, parameters: { ...parameters, extras } }, asker, abort);
    },
  };
}

function routed(rules: Models, others: Models): Models {
  const whom = (model: string) => (RULE_ANALYSTS.includes(model) ? rules : others);
  return { ask: (question, asker, abort) => whom(question.model).ask(question, asker, abort) };
}
