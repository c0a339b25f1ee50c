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
 * may go over the limit by its own cost. A spent budget stops questions and nothing else: no exit and no stop waits for one.
 */
export class BudgetedModels implements Models {
  private readonly models: Models;
  private readonly budget: ModelBudget;
  private readonly spent: Pick<Recordings, 'spentUsd'>;
  private readonly clock: WallClock;

  constructor(models: Models, budget: ModelBudget, spent: Pick<Recordings, 'spentUsd'>, clock: WallClock) {
    this.models = models;
    this.budget = budget;
    this.spent = spent;
    this.clock = clock;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const why = await this.refusal(asker);
    if (why === undefined) return this.models.ask(question, asker, abort);
    const id = questionId(question);
    const nothing = { raw: undefined, usage: undefined, latencyMs: 0, isRecorded: false };
    return { kind: 'failed', id, failure: 'over-budget', why, ...nothing };
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
