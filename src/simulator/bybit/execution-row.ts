import { formatDecimal, ONE } from '#core/money.ts';
import type { BybitAccount } from './account.ts';
import type { ClosedPnl, ExecutionRecord, Transaction } from './account-records.ts';

/** A fill, a funding payment or a liquidation, as the execution list shows it. */
export function executionRow(account: BybitAccount, execution: ExecutionRecord): Record<string, unknown> {
  const { order } = execution;
  const grid = order && account.bookOf(order).contract.grid;
  const value = (execution.price * execution.quantity) / ONE;
  return {
    symbol: execution.symbol,
    orderId: order?.orderId ?? '',
    orderLinkId: order?.terms.orderLinkId ?? '',
    side: execution.side,
    orderPrice: order && grid ? formatDecimal(grid.exactPrice(order.terms.price)) : '0',
    orderQty: order && grid ? formatDecimal(grid.exactQuantity(order.terms.quantity)) : '0',
    leavesQty: formatDecimal(execution.leaves),
    createType: order?.terms.createType ?? '',
    orderType: order?.terms.orderType ?? 'UNKNOWN',
    stopOrderType: order?.terms.stopOrderType || 'UNKNOWN',
    execFee: formatDecimal(execution.fee),
    execId: execution.execId,
    execPrice: formatDecimal(execution.price),
    execQty: formatDecimal(execution.quantity),
    execType: execution.execType,
    execValue: formatDecimal(value),
    execTime: String(execution.execTime),
    execPnl: formatDecimal(execution.pnl),
    feeCurrency: '',
    isMaker: execution.isMaker,
    feeRate: formatDecimal(execution.feeRate),
    tradeIv: '',
    markIv: '',
    markPrice: formatDecimal(execution.markPrice),
    indexPrice: '',
    underlyingPrice: '',
    blockTradeId: '',
    marketUnit: '',
    closedSize: formatDecimal(execution.closed),
    seq: execution.number,
    extraFees: '',
  };
}

export function closedPnlRow(account: BybitAccount, row: ClosedPnl): Record<string, unknown> {
  const { order, quantity, entryValue, exitValue, openFee, closeFee } = row;
  const { grid } = account.bookOf(order).contract;
  const sign = order.terms.side === 'Sell' ? 1n : -1n;
  const pnl = sign * (exitValue - entryValue) - openFee - closeFee;
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    // Of the order that closed: a long is closed by a Sell.
    side: order.terms.side,
    qty: formatDecimal(grid.exactQuantity(order.terms.quantity)),
    orderPrice: formatDecimal(grid.exactPrice(order.terms.price)),
    orderType: order.terms.orderType,
    execType: row.execType,
    closedSize: formatDecimal(quantity),
    cumEntryValue: formatDecimal(entryValue),
    avgEntryPrice: formatDecimal((entryValue * ONE) / quantity),
    cumExitValue: formatDecimal(exitValue),
    avgExitPrice: formatDecimal((exitValue * ONE) / quantity),
    closedPnl: formatDecimal(pnl),
    fillCount: String(row.fillCount),
    leverage: formatDecimal(row.leverage),
    openFee: formatDecimal(openFee),
    closeFee: formatDecimal(closeFee),
    createdTime: String(row.createdTime),
    updatedTime: String(row.updatedTime),
  };
}

export function transactionRow(row: Transaction): Record<string, unknown> {
  const { execution, cashFlow, funding, fee, cashBalance } = row;
  const { order } = execution;
  return {
    id: `${execution.symbol}_${row.number}`,
    symbol: execution.symbol,
    category: 'linear',
    side: execution.side,
    transactionTime: String(execution.execTime),
    type: execution.execType === 'Funding' ? 'SETTLEMENT' : 'TRADE',
    qty: formatDecimal(execution.quantity),
    size: '',
    currency: 'USDT',
    tradePrice: formatDecimal(execution.price),
    funding: funding === 0n ? '' : formatDecimal(funding),
    fee: formatDecimal(fee),
    cashFlow: formatDecimal(cashFlow),
    change: formatDecimal(cashFlow + funding - fee),
    cashBalance: formatDecimal(cashBalance),
    feeRate: formatDecimal(execution.feeRate),
    bonusChange: '',
    tradeId: execution.execId,
    orderId: order?.orderId ?? '',
    orderLinkId: order?.terms.orderLinkId ?? '',
    extraFees: '',
  };
}
