import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Account, Bot, EquityCurve, Position, Recommendation, Trade } from '#contract/api.ts';
import type { Bot as BotFile } from '#core/bots.ts';
import { formatDecimal, type Money, money } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import type { MarketData } from '#ports/market-data.ts';
import type { ChangeSet, CycleRow, Store, TradeRow } from '#ports/store.ts';
import type { ComposedTrading, Trader } from '../compose.ts';
import { EquityHistory } from './equity-history.ts';
import { accountView, botView, type MarketFace, positionViews, recommendationView, tradeView } from './views.ts';

const MONTH_MS = 30 * 86_400_000;

/** Where the market is between two boundaries, for marks and forming candles. */
export type MarketNow = () => EpochMs;

/**
 * What every page and socket asks: the engine as it stands, with what the store remembers of it. It changes nothing that
 * decides or trades, and the engine never waits for it.
 */
export class LiveState {
  readonly traders: readonly Trader[];
  readonly simulated: boolean;
  private readonly store: Store;
  private failure: string | undefined;
  private readonly safeMode: (bot: BotFile) => string | undefined;
  private readonly face: MarketFace;
  private readonly marketNow: MarketNow;
  private readonly histories = new Map<Trader, EquityHistory>();
  private readonly lastCycles = new Map<Trader, CycleRow>();
  private readonly seriesOf = new Map<SymbolRun, SourcedSeries>();

  private readonly market: Pick<MarketData, 'simulated' | 'silentSince'>;

  constructor(
    { traders, clock }: ComposedTrading,
    store: Store,
    market: Pick<MarketData, 'simulated' | 'silentSince'>,
    marketNow: MarketNow,
    safeMode: (bot: BotFile) => string | undefined = () => undefined,
  ) {
    const { simulated } = market;
    this.traders = traders;
    this.market = market;
    this.simulated = simulated;
    this.store = store;
    this.safeMode = safeMode;
    this.marketNow = () => Math.max(clock.now(), Math.min(Math.floor(marketNow()), this.nextBoundary() - 1)) as EpochMs;
    this.face = { simulated, markOf: (run) => this.markOf(run), now: this.marketNow };
    for (const trader of traders) {
      for (const [k, run] of trader.account.runs.entries()) this.seriesOf.set(run, trader.series[k]!);
      this.histories.set(trader, new EquityHistory(money(trader.accountRow.startingBalance)));
    }
  }

  /** Reads what the store remembers, before the engine starts. */
  async load(): Promise<void> {
    for (const trader of this.traders) {
      await this.loadHistory(trader, this.histories.get(trader)!);
      const [last] = (await this.store.cycles({ botId: trader.row.id }, { limit: 1 })).rows;
      if (last) this.lastCycles.set(trader, last);
    }
  }

  /** Month by month: years of snapshots never stand in memory at once. */
  private async loadHistory({ accountRow: { id } }: Trader, history: EquityHistory): Promise<void> {
    for (let from = 0; from <= this.marketTime; from += MONTH_MS) {
      history.take(await this.store.snapshots(id, from as EpochMs, (from + MONTH_MS) as EpochMs));
    }
  }

  /** Keeps up with what was just stored. */
  take(changes: ChangeSet): void {
    for (const [trader, history] of this.histories) {
      history.take(changes.add.snapshots.filter(({ accountId }) => accountId === trader.accountRow.id));
      const last = changes.add.cycles.findLast(({ botId }) => botId === trader.row.id);
      if (last) this.lastCycles.set(trader, last);
    }
  }

  get marketTime(): EpochMs {
    return this.marketNow();
  }

  /** Since when the market says nothing, in wall time; null while it speaks. */
  get silentSince(): EpochMs | null {
    return this.market.silentSince ?? null;
  }

  accounts(): Account[] {
    return this.traders.map((trader) => accountView(trader, this.face, this.histories.get(trader)!));
  }

  positions(): Position[] {
    return this.traders.flatMap((trader) => positionViews(trader, this.face));
  }

  /** An account's equity over time; the first account's without an id. */
  equityCurve(accountId: string | undefined, from: number, points: number): EquityCurve | undefined {
    const trader = this.traders.find(({ accountRow: { id } }) => accountId === undefined || id === accountId);
    if (!trader) return undefined;
    const { id, currency } = trader.accountRow;
    return { accountId: id, currency, points: this.histories.get(trader)!.curve(from, points) };
  }

  bots(): Bot[] {
    return this.traders.map((trader) => {
      const { equity } = trader.account.figures(this.face.markOf);
      const dayPnl = formatDecimal((equity - this.histories.get(trader)!.dayStart) as Money);
      const bot = botView(trader, dayPnl, this.lastCycles.get(trader), this.face);
      if (this.failure !== undefined) return { ...bot, status: 'error', why: this.failure };
      const safe = bot.status === 'running' ? this.safeMode(trader.bot) : undefined;
      return safe === undefined ? bot : { ...bot, status: 'paused', why: safe };
    });
  }

  /** The newest opinion of each bot on each of its symbols, where it ever had one. */
  async recommendations(): Promise<Recommendation[]> {
    const latest: Recommendation[] = [];
    for (const { row, series, bot } of this.traders) {
      for (const { symbol } of series) {
        const analysis = await this.store.latestAnalysis(row.id, symbol, bot.timeframe);
        if (analysis) latest.push(recommendationView(row, analysis));
      }
    }
    return latest;
  }

  trade(row: TradeRow): Trade | undefined {
    const trader = this.traders.find(({ row: { id } }) => id === row.botId);
    return trader && tradeView(row, trader, this.simulated);
  }

  /** The first bot that trades a symbol shows its candles. */
  seriesFor(symbol: string): SourcedSeries | undefined {
    return this.traders.flatMap(({ series }) => series).find((series) => series.symbol === symbol);
  }

  /** The engine has stopped for a reason: whoever looks from now on is told. */
  fail(why: string): void {
    this.failure = why;
  }

  private markOf(run: SymbolRun): number {
    const forming = this.seriesOf.get(run)?.forming(this.marketNow());
    if (forming) return forming.close;
    return run.candles.length === 0 ? 0 : run.candles.close.values[run.candles.length - 1]!;
  }

  /** The next moment that a decision is made at, or may be: nobody looks at the market beyond it before the engine has. */
  private nextBoundary(): number {
    const { traders } = this;
    const closes = traders.flatMap(({ series }) => series.map(({ nextClose }) => nextClose));
    return Math.min(...closes, ...traders.map(({ bell }) => bell.nextMoment));
  }
}
