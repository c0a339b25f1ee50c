import type { BybitAccount } from './account.ts';
import {
  accountInfo,
  coinInfo,
  coinsBalance,
  feeRate,
  keyInfo,
  setMarginMode,
  transactionLog,
  walletBalance,
} from './account-routes.ts';
import type { ExchangeState, RouteAnswer } from './exchange-state.ts';
import { batch, cancelAll, executionList, ORDER_ACTS, orderHistory, realtime } from './order-routes.ts';
import type { Params } from './params.ts';
import { closedPnl, positionList, setLeverage, switchMode, tradingStop } from './position-routes.ts';

/** What the owner of a key may ask for. */
export interface PrivateRoute {
  /** What the key must be allowed. */
  readonly needs: 'read' | 'trade';
  /** Of each account. @see https://bybit-exchange.github.io/docs/v5/rate-limit */
  readonly perSecond: number;
  readonly act: (state: ExchangeState, account: BybitAccount, params: Params) => RouteAnswer;
}

const trade = (act: PrivateRoute['act'], perSecond = 10): PrivateRoute => ({ needs: 'trade', perSecond, act });
const read = (act: PrivateRoute['act'], perSecond = 50): PrivateRoute => ({ needs: 'read', perSecond, act });

export const PRIVATE_ROUTES: Readonly<Record<string, PrivateRoute>> = {
  'POST /v5/order/create': trade(ORDER_ACTS.create),
  'POST /v5/order/amend': trade(ORDER_ACTS.amend),
  'POST /v5/order/cancel': trade(ORDER_ACTS.cancel),
  'POST /v5/order/create-batch': trade(batch(ORDER_ACTS.create)),
  'POST /v5/order/amend-batch': trade(batch(ORDER_ACTS.amend)),
  'POST /v5/order/cancel-batch': trade(batch(ORDER_ACTS.cancel)),
  'POST /v5/order/cancel-all': trade(cancelAll),
  'GET /v5/order/realtime': read(realtime),
  'GET /v5/order/history': read(orderHistory),
  'GET /v5/execution/list': read(executionList),
  'GET /v5/position/list': read(positionList),
  'GET /v5/position/closed-pnl': read(closedPnl),
  'POST /v5/position/set-leverage': trade(setLeverage),
  'POST /v5/position/switch-mode': trade(switchMode),
  'POST /v5/position/trading-stop': trade(tradingStop),
  'GET /v5/account/wallet-balance': read(walletBalance),
  'GET /v5/account/info': read(accountInfo),
  'GET /v5/account/fee-rate': read(feeRate, 5),
  'GET /v5/account/transaction-log': read(transactionLog, 25),
  'POST /v5/account/set-margin-mode': trade(setMarginMode, 5),
  'GET /v5/user/query-api': read(keyInfo, 10),
  'GET /v5/asset/coin/query-info': read(coinInfo, 5),
  'GET /v5/asset/transfer/query-account-coins-balance': read(coinsBalance, 5),
};
