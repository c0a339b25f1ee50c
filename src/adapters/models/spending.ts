import type { BotId } from '#core/bots.ts';
import { candleOpenTime, type EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { ModelAnswer, ModelQuestion, Recordings } from '#ports/models.ts';
import { estimatedCostUsd, type ModelPrices } from './prices.ts';

/**
 * What questions cost by the day (UTC), of all bots that share a budget: those that were answered, and those on their way at
 * what they may cost, so that questions that go out at once see each other.
 */
export class Spending {
  private readonly recorded: Pick<Recordings, 'spentUsd'>;
  private readonly prices: ModelPrices;
  private readonly clock: WallClock;
  private readonly lastCosts = new Map<string, number>();
  /** Models that answered, and nobody knows at what cost. */
  private readonly unpriced = new Set<string>();
  private day: SpentDay | undefined;

  /** @param recorded What was spent before: it is asked once for a day and bot, before the first question of these. */
  constructor(recorded: Pick<Recordings, 'spentUsd'>, prices: ModelPrices, clock: WallClock) {
    this.recorded = recorded;
    this.prices = prices;
    this.clock = clock;
  }

  today(): SpentDay {
    const since = candleOpenTime(this.clock.wall(), '1d');
    if (this.day?.since !== since) this.day = new SpentDay(since, this.recorded);
    return this.day;
  }

  isUnpriced(model: string): boolean {
    return this.unpriced.has(model);
  }

  /** Counts a question from now on, and what it came to once it is answered. */
  async count(
    day: SpentDay,
    botId: BotId,
    question: ModelQuestion,
    ask: () => Promise<ModelAnswer>,
  ): Promise<ModelAnswer> {
    const { model } = question;
    const settle = day.expect(botId, this.lastCosts.get(model) ?? estimatedCostUsd(this.prices, question) ?? 0);
    let costUsd: number | undefined;
    try {
      const answer = await ask();
      costUsd = answer.usage?.costUsd;
      if (costUsd !== undefined) this.lastCosts.set(model, costUsd);
      else if (answer.usage !== undefined) this.unpriced.add(model);
      return answer;
    } finally {
      settle(costUsd ?? 0);
    }
  }
}

interface Expected {
  readonly botId: BotId;
  readonly usd: number;
}

/** One day of it. */
export class SpentDay {
  readonly since: EpochMs;
  private readonly recorded: Pick<Recordings, 'spentUsd'>;
  /** What was spent of the day before anything was counted here; undefined stands for all bots. */
  private readonly before = new Map<BotId | undefined, Promise<number>>();
  private readonly settled = new Map<BotId, number>();
  private readonly underway = new Set<Expected>();

  constructor(since: EpochMs, recorded: Pick<Recordings, 'spentUsd'>) {
    this.since = since;
    this.recorded = recorded;
  }

  /** What one bot, or all of them, spent before anything was counted here. */
  spentBefore(botId: BotId | undefined): Promise<number> {
    const known = this.before.get(botId);
    if (known !== undefined) return known;
    const before = this.recorded.spentUsd(this.since, botId);
    this.before.set(botId, before);
    // What could not be read is read again.
    before.catch(() => this.before.delete(botId));
    return before;
  }

  /** What was counted here of one bot, or of all: what was spent, and what may be by the questions on their way. */
  counted(botId: BotId | undefined): { readonly spent: number; readonly expected: number } {
    const isOf = (id: BotId) => botId === undefined || id === botId;
    const spent = [...this.settled].filter(([id]) => isOf(id)).reduce((sum, [, usd]) => sum + usd, 0);
    const expected = [...this.underway].filter((one) => isOf(one.botId)).reduce((sum, { usd }) => sum + usd, 0);
    return { spent, expected };
  }

  /** @returns What is to be called with what it cost in the end. */
  expect(botId: BotId, usd: number): (costUsd: number) => void {
    const expected = { botId, usd };
    this.underway.add(expected);
    return (costUsd) => {
      this.underway.delete(expected);
      this.settled.set(botId, (this.settled.get(botId) ?? 0) + costUsd);
    };
  }
}
