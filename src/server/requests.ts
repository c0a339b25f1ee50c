import type { AskAnswer } from '#contract/api.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ChangeSet, CycleRow, Store } from '#ports/store.ts';
import type { ComposedTrading, Trader } from './compose.ts';

/** What a person asks of a bot: a decision now. */
export interface Asked {
  /** The bot's id, or its name. */
  readonly bot: string;
  /** Whoever sends the same one again is told what was decided the first time. */
  readonly requestId: string;
  /** All of the bot's symbols when left out. */
  readonly symbol?: string | undefined;
}

/** Why a request cannot be made: the message is a sentence with the fix. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly kind: 'no-such-bot' | 'not-now';

  constructor(kind: RequestRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Decisions that people ask for. Each is made once, however often its request arrives: while it waits it is known here, and
 * from then on by what is stored, also after a restart.
 */
export class Requests {
  private readonly composed: ComposedTrading;
  private readonly store: Store;
  private readonly underway = new Map<string, Promise<AskAnswer>>();
  private readonly waiting = new Map<string, { readonly resolve: () => void; readonly reject: (why: Error) => void }>();
  private hasEnded = false;

  constructor(composed: ComposedTrading, store: Store) {
    this.composed = composed;
    this.store = store;
  }

  /** @throws RequestRefused */
  ask(asked: Asked): Promise<AskAnswer> {
    const trader = this.composed.traders.find(({ row: { id, name } }) => id === asked.bot || name === asked.bot);
    if (trader === undefined) throw noSuchBot(asked, this.composed.traders);
    const key = keyOf(trader.row.id, asked.requestId);
    const known = this.underway.get(key);
    if (known) return known;
    const answer = this.answer(trader, asked, key).finally(() => this.underway.delete(key));
    this.underway.set(key, answer);
    return answer;
  }

  /** Hears what was just stored. */
  take({ add: { cycles } }: ChangeSet): void {
    if (this.waiting.size === 0) return;
    for (const { botId, requestId } of cycles) {
      if (requestId !== null) this.waiting.get(keyOf(botId, requestId))?.resolve();
    }
  }

  /** Nothing is decided any more. */
  end(): void {
    this.hasEnded = true;
    for (const { reject } of this.waiting.values()) reject(nothingRuns());
  }

  private async answer(trader: Trader, { requestId, symbol }: Asked, key: string): Promise<AskAnswer> {
    const { id } = trader.row;
    const stored = await this.store.requestedCycles(id, requestId);
    if (stored.length > 0) return this.told(trader, requestId, stored);
    this.check(trader, symbol);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.set(key, { resolve, reject });
    try {
      this.composed.ask(trader, { kind: 'request', symbol: symbol as MarketSymbol | undefined, requestId });
      await promise;
    } finally {
      this.waiting.delete(key);
    }
    return this.told(trader, requestId, await this.store.requestedCycles(id, requestId));
  }

  private check({ row, series }: Trader, symbol: string | undefined): void {
    if (this.hasEnded) throw nothingRuns();
    const wanted = series.filter((one) => symbol === undefined || one.symbol === symbol);
    if (wanted.length === 0) {
      throw new RequestRefused(
        'not-now',
        `Cannot ask "${row.name}" about ${symbol} as it must be one of its symbols: ${series.map((one) => one.symbol).join(', ')}`,
      );
    }
    if (wanted.some(({ candles }) => candles.length > 0)) return;
    throw new RequestRefused('not-now', `Cannot ask "${row.name}" as a candle must have closed first; ask again later`);
  }

  /** A decision says more than its cycle: the values that it was made from. */
  private async told({ row, bot }: Trader, requestId: string, cycles: readonly CycleRow[]): Promise<AskAnswer> {
    const decisions = cycles.map(async ({ symbol, occasion, result, why }) => {
      const decision = await this.store.latestDecision(row.id, symbol, bot.timeframe);
      const refusal = decision?.occasion === occasion && !decision.executed ? decision.why : undefined;
      return { symbol, at: occasion, result, why: refusal ?? why };
    });
    return { botId: row.id, botName: row.name, requestId, decisions: await Promise.all(decisions) };
  }
}

function keyOf(botId: string, requestId: string): string {
  return `${botId} ${requestId}`;
}

function noSuchBot({ bot }: Asked, traders: readonly Trader[]): RequestRefused {
  const there = traders.map(({ row }) => row.id).join(', ');
  return new RequestRefused('no-such-bot', `Cannot ask "${bot}" as it must be one of the bots that run here: ${there}`);
}

function nothingRuns(): RequestRefused {
  return new RequestRefused(
    'not-now',
    'Cannot ask as nothing is decided any more: the market has ended, or was stopped',
  );
}
