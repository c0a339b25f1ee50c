import type { BotId } from '#core/bots.ts';
import type { Asker, ModelAnswer, ModelQuestion, Models } from '#ports/models.ts';
import { questionId } from './question.ts';
import type { Spending, SpentDay } from './spending.ts';

/** What may be spent on questions, in US dollars for a day (UTC); undefined is no limit. */
export interface ModelBudget {
  readonly botUsdPerDay: number | undefined;
  readonly totalUsdPerDay: number | undefined;
}

/**
 * Asks for as long as there is money for it. What one question costs is known when it was answered, so the last one of a day
 * may go over the limit by its own cost; those on their way count at what they may cost. A model whose cost neither its server
 * nor the price table tells is asked once: a limit that nothing is counted against is none. A spent budget stops questions and
 * nothing else: no exit and no stop waits for one.
 */
export class BudgetedModels implements Models {
  private readonly models: Models;
  private readonly budget: ModelBudget;
  private readonly spending: Spending;

  /** @param spending Shared by all bots of the total. */
  constructor(models: Models, budget: ModelBudget, spending: Spending) {
    this.models = models;
    this.budget = budget;
    this.spending = spending;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const { botUsdPerDay, totalUsdPerDay } = this.budget;
    const { botId } = asker;
    const day = this.spending.today();
    const botBefore = botUsdPerDay === undefined ? 0 : await day.spentBefore(botId);
    const totalBefore = totalUsdPerDay === undefined ? 0 : await day.spentBefore(undefined);
    // From here on nothing waits until the question counts: another one cannot come between.
    const why =
      this.unpricedRefusal(question) ??
      refusal("the bot's budget of", 'today', botUsdPerDay, botBefore, day, botId) ??
      refusal('the budget of', 'all bots today', totalUsdPerDay, totalBefore, day, undefined);
    if (why === undefined)
      return this.spending.count(day, botId, question, () => this.models.ask(question, asker, abort));
    const id = questionId(question);
    const nothing = { raw: undefined, usage: undefined, latencyMs: 0, isRecorded: false };
    return { kind: 'failed', id, failure: 'over-budget', why, ...nothing };
  }

  private unpricedRefusal({ model }: ModelQuestion): string | undefined {
    const { botUsdPerDay, totalUsdPerDay } = this.budget;
    const limit = botUsdPerDay ?? totalUsdPerDay;
    if (limit === undefined || !this.spending.isUnpriced(model)) return undefined;
    return (
      `what ${model} costs is not known, so no budget of ${limit} USD can be held to: give its price in MODELS_FILE, ` +
      '0 for one that is free'
    );
  }
}

/** @param botId Undefined for all bots. @param before What was spent before anything was counted here. */
function refusal(
  whose: string,
  when: string,
  limit: number | undefined,
  before: number,
  day: SpentDay,
  botId: BotId | undefined,
): string | undefined {
  if (limit === undefined) return undefined;
  const counted = day.counted(botId);
  const spent = before + counted.spent;
  if (spent >= limit) return `${whose} ${limit} USD for ${when} is spent (${spent.toFixed(4)} USD)`;
  if (spent + counted.expected < limit) return undefined;
  const [paid, open] = [spent, counted.expected].map((usd) => usd.toFixed(4));
  return `${whose} ${limit} USD for ${when} is taken by questions on their way (${paid} USD are spent, and they may cost ${open} USD)`;
}
