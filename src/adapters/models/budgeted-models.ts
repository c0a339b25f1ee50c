import { candleOpenTime, type EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Asker, ModelAnswer, ModelQuestion, Models, Recordings } from '#ports/models.ts';
import { questionId } from './question.ts';

/** What may be spent on questions, in US dollars for a day (UTC); undefined is no limit. */
export interface ModelBudget {
  readonly botUsdPerDay: number | undefined;
  readonly totalUsdPerDay: number | undefined;
}

/**
 * Asks for as long as there is money for it. What one question costs is known when it was answered, so the last one of a day
 * may go over the limit by its own cost. A model whose cost neither its server nor the price table tells is asked once: a limit
 * that nothing is counted against is none. A spent budget stops questions and nothing else: no exit and no stop waits for one.
 */
export class BudgetedModels implements Models {
  private readonly models: Models;
  private readonly budget: ModelBudget;
  private readonly spent: Pick<Recordings, 'spentUsd'>;
  private readonly clock: WallClock;
  /** Models that answered, and nobody knows at what cost. */
  private readonly unpriced = new Set<string>();

  constructor(models: Models, budget: ModelBudget, spent: Pick<Recordings, 'spentUsd'>, clock: WallClock) {
    this.models = models;
    this.budget = budget;
    this.spent = spent;
    this.clock = clock;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const why = this.unpricedRefusal(question) ?? (await this.refusal(asker));
    if (why === undefined) {
      const answer = await this.models.ask(question, asker, abort);
      if (answer.usage !== undefined && answer.usage.costUsd === undefined) this.unpriced.add(question.model);
      return answer;
    }
    const id = questionId(question);
    const nothing = { raw: undefined, usage: undefined, latencyMs: 0, isRecorded: false };
    return { kind: 'failed', id, failure: 'over-budget', why, ...nothing };
  }

  private unpricedRefusal({ model }: ModelQuestion): string | undefined {
    const { botUsdPerDay, totalUsdPerDay } = this.budget;
    const limit = botUsdPerDay ?? totalUsdPerDay;
    if (limit === undefined || !this.unpriced.has(model)) return undefined;
    return (
      `what ${model} costs is not known, so no budget of ${limit} USD can be held to: give its price in MODELS_FILE, ` +
      '0 for one that is free'
    );
  }

  private async refusal({ botId }: Asker): Promise<string | undefined> {
    const { botUsdPerDay, totalUsdPerDay } = this.budget;
    const today: EpochMs = candleOpenTime(this.clock.wall(), '1d');
    if (botUsdPerDay !== undefined) {
      const spent = await this.spent.spentUsd(today, botId);
      if (spent >= botUsdPerDay)
        return `the bot's budget of ${botUsdPerDay} USD for today is spent (${spent.toFixed(4)} USD)`;
    }
    if (totalUsdPerDay !== undefined) {
      const spent = await this.spent.spentUsd(today, undefined);
      if (spent >= totalUsdPerDay)
        return `the budget of ${totalUsdPerDay} USD for all bots today is spent (${spent.toFixed(4)} USD)`;
    }
    return undefined;
  }
}
