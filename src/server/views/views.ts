import type { Account, Bot, Decision, Position, Recommendation, Trade } from '#contract/api.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import { initialMargin } from '#core/margin/liquidation.ts';
import { decimalOf, formatDecimal, type Money, money, toNumber } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import type { AnalysisRow, BotRow, CycleRow, DecisionRow, TradeRow } from '#ports/store.ts';
import type { Contracts } from '../accounts/contracts.ts';
import type { Trader } from '../compose.ts';
import type { EquityHistory } from './equity-history.ts';

/** What pages see of a running engine: the contract's shapes, made from what is in memory and in the store. */

/** What a page is told about the market beside every figure. */
export interface MarketFace {
  readonly simulated: boolean;
  readonly markOf: (run: SymbolRun) => number;
  readonly now: () => EpochMs;
}

export function accountView(
  { accountRow, account, contracts }: Trader,
  face: MarketFace,
  history: EquityHistory,
): Account {
  const { equity, unrealized, fees, open, total, won } = account.figures(face.markOf);
  const starting = money(accountRow.startingBalance);
  const dayStart = toNumber(history.dayStart);
  const dayPnl = (equity - history.dayStart) as Money;
  return {
    id: accountRow.id,
    name: accountRow.name,
    venue: accountRow.venue,
    mode: accountRow.mode,
    simulated: face.simulated,
    currency: accountRow.currency,
    startingBalance: accountRow.startingBalance,
    equity: formatDecimal(equity),
    realizedPnl: formatDecimal(equity - unrealized - starting),
    unrealizedPnl: formatDecimal(unrealized),
    fees: formatDecimal(fees),
    margin: formatDecimal(sumOver(account.runs, (run) => marginOf(run, contracts))),
    funding: formatDecimal(sumOver(account.runs, ({ book }) => -book.ledger.funding())),
    interest: formatDecimal(sumOver(account.runs, ({ book }) => book.ledger.interest())),
    dayPnl: formatDecimal(dayPnl),
    dayPnlFraction: dayStart > 0 ? toNumber(dayPnl) / dayStart : null,
    drawdown: history.drawdown,
    maxDrawdown: history.maxDrawdown,
    openPositions: open,
    trades: { total, won, lost: total - won },
    winRate: total === 0 ? null : won / total,
    marketTime: face.now(),
  };
}

function sumOver(runs: readonly SymbolRun[], amount: (run: SymbolRun) => bigint): Money {
  return runs.reduce((sum, run) => sum + amount(run), 0n) as Money;
}

/** What a position has locked: its own margin, or in cross margin that of its cost; 0 for one that is paid for in full. */
function marginOf({ owner }: SymbolRun, contracts: Contracts): bigint {
  const account = contracts.get(owner.symbol)?.account;
  if (account === undefined) return 0n;
  const { terms, margin, position } = account;
  return terms.marginMode === 'isolated' ? margin : initialMargin(position.cost, terms.leverage);
}

export function positionViews(trader: Trader, face: MarketFace): Position[] {
  return trader.account.runs.filter(({ book }) => book.position !== 0).map((run) => positionView(trader, run, face));
}

function positionView({ row, accountRow, contracts }: Trader, run: SymbolRun, face: MarketFace): Position {
  const { book, grid, owner } = run;
  const { trades, fills, position } = book;
  const k = trades.length - 1;
  const mark = grid.priceOf(face.markOf(run));
  const entry = trades.entryPrice[k]!;
  const sign = position > 0 ? 1 : -1;
  const stop = nearestStop(run, sign);
  const target = nearestTarget(run, sign);
  const risk = trades.risk[k]! / Math.abs(trades.quantity[k]!);
  const quantity = Math.abs(position) as GridQuantity;
  const contract = contracts.get(owner.symbol);
  const liquidation = contract?.account.liquidationPrice();
  return {
    id: `${owner.prefix}-${fills.occasion(trades.firstFill[k]!).toString(36)}`,
    botId: row.id,
    botName: row.name,
    accountId: accountRow.id,
    mode: accountRow.mode,
    simulated: face.simulated,
    symbol: owner.symbol,
    direction: position > 0 ? 'long' : 'short',
    leverage: run.leverage,
    margin: formatDecimal(contract ? (marginOf(run, contracts) as Money) : book.cost(k)),
    liquidationPrice: liquidation === undefined ? null : formatDecimal(liquidation),
    quantity: formatDecimal(grid.exactQuantity(quantity)),
    notional: formatDecimal(grid.notional(mark, quantity)),
    entryPrice: formatDecimal(book.entryPrice(k)),
    entryTime: fills.at(trades.firstFill[k]!),
    mark: formatDecimal(grid.exactPrice(mark)),
    markTime: face.now(),
    stop: priceText(run, stop),
    target: priceText(run, target),
    stopConfirmed: run.hasWorkingStop,
    atRisk: atRisk(run, entry, sign),
    unrealizedPnl: formatDecimal(book.unrealized(mark)),
    r: risk > 0 ? (sign * (mark - entry)) / risk : null,
    targetR: risk > 0 && Number.isFinite(target) ? (sign * (target - entry)) / risk : null,
    rewardRiskLeft: rewardRiskLeft(sign, mark, stop, target),
    tick: formatDecimal(grid.instrument.tick),
    lot: formatDecimal(grid.instrument.lot),
  };
}

/** The stop that a falling (or, of a short, rising) price would meet first; the first one until the venue has it. */
function nearestStop(run: SymbolRun, sign: number): number {
  const levels = run.standingStops().map(({ price }) => price! as number);
  if (levels.length > 0) return sign > 0 ? Math.max(...levels) : Math.min(...levels);
  const { trades, entries } = run.book;
  return entries === 1 ? trades.stop[trades.length - 1]! : Number.NaN;
}

/** The target that a rising (or, of a short, falling) price would meet first; NaN without any. */
function nearestTarget(run: SymbolRun, sign: number): number {
  const levels = run.targets.map(({ price }) => price! as number);
  if (levels.length > 0) return sign > 0 ? Math.min(...levels) : Math.max(...levels);
  const { trades, entries } = run.book;
  return entries === 1 ? trades.target[trades.length - 1]! : Number.NaN;
}

/** What the stops that stand would lose from the average entry on, in quote; null where they do not cover the position. */
function atRisk(run: SymbolRun, entry: number, sign: number): string | null {
  if (!run.hasWorkingStop) return null;
  const { grid, book } = run;
  let left = Math.abs(book.position);
  let lost = 0;
  for (const { price, quantity } of run.standingStops()) {
    const protects = Math.min(left, quantity);
    lost += protects * sign * (entry - price!);
    left -= protects;
  }
  return decimalOf(Math.max(0, Math.round(lost)) / (grid.priceScale * grid.quantityScale));
}

/** (target - mark) / (mark - stop); null without both, or with the mark beyond the stop. */
function rewardRiskLeft(sign: number, mark: number, stop: number, target: number): number | null {
  const left = sign * (mark - stop);
  return Number.isFinite(target) && left > 0 ? (sign * (target - mark)) / left : null;
}

export function tradeView(row: TradeRow, { account, accountRow }: Trader, simulated: boolean): Trade {
  const instrument = account.runs.find(({ owner }) => owner.symbol === row.symbol)?.grid.instrument;
  return {
    id: row.id,
    botId: row.botId,
    accountId: row.accountId,
    mode: accountRow.mode,
    simulated,
    symbol: row.symbol,
    direction: row.side,
    status: row.status,
    quantity: row.quantity,
    entryTime: row.createdAt,
    entryPrice: row.entryPrice,
    exitTime: row.closedAt,
    exitPrice: row.exitPrice,
    exitReason: row.exitReason,
    fees: row.fee,
    leverage: row.leverage,
    margin: row.margin,
    funding: row.funding,
    interest: row.interest,
    pnl: row.pnl,
    r: row.r,
    tick: instrument ? formatDecimal(instrument.tick) : '0.01',
    lot: instrument ? formatDecimal(instrument.lot) : '0.000001',
  };
}

export function botView(
  { row, bot, accountRow, series }: Trader,
  dayPnl: string,
  last: CycleRow | undefined,
  face: MarketFace,
): Bot {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    accountId: row.accountId,
    mode: accountRow.mode,
    simulated: face.simulated,
    status: row.status,
    why: row.why,
    // Those that the market has: a replay may have fewer than the bot could trade.
    symbols: series.map(({ symbol }) => symbol),
    timeframe: bot.timeframe,
    dayPnl,
    lastDecision: last
      ? { at: last.occasion, occasionKind: last.occasionKind, symbol: last.symbol, result: last.result, why: last.why }
      : null,
  };
}

function priceText({ grid }: SymbolRun, price: number): string | null {
  return Number.isFinite(price) ? formatDecimal(grid.exactPrice(price as GridPrice)) : null;
}

export function recommendationView(bot: BotRow, analysis: AnalysisRow): Recommendation {
  const {
    symbol,
    timeframe,
    occasion,
    occasionKind,
    createdAt,
    analyst,
    recommendation,
    confidence,
    entry,
    stop,
    target,
  } = analysis;
  const levels = { entry, stop, target };
  return {
    botId: bot.id,
    botName: bot.name,
    symbol,
    timeframe,
    occasion,
    occasionKind,
    at: createdAt,
    analyst,
    recommendation,
    confidence,
    ...levels,
  };
}

export function decisionView({ occasionKind, input, createdAt, ...decision }: DecisionRow): Decision {
  return { ...decision, input: JSON.parse(input) as Decision['input'] };
}
