import { ReplaySource } from '#adapters/market-data/replay.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Tape } from '#core/matching/tape.ts';
import { formatDecimal } from '#core/money.ts';
import { reasonOf } from '#core/signals.ts';
import type { Account } from '#engine/account.ts';
import { PAPER_FEES, runBacktest } from '../../src/server/compose.ts';
import { type InstrumentText, instrumentOf } from './instruments.ts';

/** One trade with its prices as numbers; those of its exit are NaN while it is open. */
export interface TradeFigures {
  readonly side: 'long' | 'short';
  readonly entryIndex: number;
  readonly entryPrice: number;
  readonly exitIndex: number;
  readonly exitPrice: number;
  readonly exitReason: string | undefined;
  readonly pnl: number;
  readonly r: number;
}

/** All that a backtest of one symbol tells, as plain values to be compared. */
export interface BacktestFigures {
  readonly trades: readonly TradeFigures[];
  readonly isOpen: boolean;
  readonly fills: readonly (readonly unknown[])[];
  /** Why what was done with each candle. */
  readonly reasons: readonly string[];
  /** At the close of each candle. */
  readonly equity: readonly number[];
  /** Exactly, as a decimal. */
  readonly finalEquity: string;
}

export async function backtestOf(
  bot: Bot,
  recorded: Candles,
  instrument: InstrumentText,
  inside?: Tape,
): Promise<BacktestFigures> {
  const series = [new ReplaySource(instrumentOf(instrument), recorded, inside)];
  return figuresOf(await runBacktest({ bot, series, fees: PAPER_FEES }));
}

/** @param run One of the account's. */
export function figuresOf(account: Account, run = account.runs[0]!): BacktestFigures {
  const { book, grid, candles, reasons } = run;
  const { trades, fills } = book;
  const priceNumber = (price: number) => price / grid.priceScale;
  return {
    trades: Array.from({ length: trades.length }, (_, k) => ({
      side: trades.quantity[k]! > 0 ? 'long' : 'short',
      entryIndex: trades.entryIndex[k]!,
      entryPrice: priceNumber(trades.entryPrice[k]!),
      exitIndex: trades.exitIndex[k]!,
      exitPrice: priceNumber(trades.exitPrice[k]!),
      exitReason: trades.exitReason(k),
      pnl: trades.pnl[k]!,
      r: trades.r[k]!,
    })),
    isOpen: trades.isOpen,
    fills: Array.from({ length: fills.length }, (_, k) => [
      fills.at(k),
      fills.occasion(k),
      fills.leg(k),
      fills.quantity(k),
      fills.price(k),
      fills.liquidity(k),
    ]),
    reasons: Array.from(reasons.subarray(0, candles.length), (code) => reasonOf(code).why),
    equity: [...account.equity.values.subarray(0, account.boundaries)],
    finalEquity: formatDecimal(account.exactEquity()),
  };
}
