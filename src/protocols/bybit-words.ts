import type { Timeframe } from '#core/time.ts';

/** Bybit's names of candle lengths. */
export const BYBIT_INTERVALS: Readonly<Record<Timeframe, string>> = {
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '1h': '60',
  '2h': '120',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': 'D',
  '1w': 'W',
};

export type BybitSide = 'Buy' | 'Sell';
export type BybitOrderType = 'Market' | 'Limit';
export type BybitTimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';

export type BybitOrderStatus =
  | 'New'
  | 'PartiallyFilled'
  | 'Untriggered'
  | 'Triggered'
  | 'Filled'
  | 'Cancelled'
  | 'Rejected'
  /** Spot alone. */
  | 'PartiallyFilledCanceled'
  | 'Deactivated';

/** The statuses of an order that may still trade. */
export const BYBIT_OPEN_STATUSES: readonly BybitOrderStatus[] = ['New', 'PartiallyFilled', 'Untriggered', 'Triggered'];

export type BybitStopOrderType =
  | ''
  | 'Stop'
  | 'TakeProfit'
  | 'StopLoss'
  | 'PartialTakeProfit'
  | 'PartialStopLoss'
  | 'TrailingStop';

export type BybitCreateType =
  | 'CreateByUser'
  | 'CreateByTakeProfit'
  | 'CreateByStopLoss'
  | 'CreateByPartialTakeProfit'
  | 'CreateByPartialStopLoss'
  | 'CreateByTrailingStop'
  | 'CreateByLiq';

export type BybitCancelType =
  | 'UNKNOWN'
  | 'CancelByUser'
  | 'CancelByReduceOnly'
  | 'CancelByPrepareLiq'
  | 'CancelByTpSlTsClear'
  | 'CancelByOCO'
  | 'CancelByAdmin';

export type BybitRejectReason =
  | 'EC_NoError'
  | 'EC_PostOnlyWillTakeLiquidity'
  | 'EC_NoImmediateQtyToFill'
  | 'EC_CancelForNoFullFill'
  | 'EC_PerCancelRequest'
  | 'EC_Others';

export type BybitExecType = 'Trade' | 'Funding' | 'BustTrade';

/** One-way, or the long or the short of hedge mode. */
export type BybitPositionIdx = 0 | 1 | 2;

/**
 * What a trade costs who trades little (VIP 0), of its notional, as a fraction; accounts and regions have others.
 * @see Bybit's help centre, "Trading Fee Structure"
 */
export const BYBIT_FEES = {
  linear: { maker: '0.0002', taker: '0.00055' },
  spot: { maker: '0.001', taker: '0.001' },
} as const;
