import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import type { BybitAccount } from './account.ts';
import { sumsOf } from './account-margin.ts';
import { type ExchangeState, listed, type RouteAnswer } from './exchange-state.ts';
import { transactionRow } from './execution-row.ts';
import { FEES } from './instruments.ts';
import { pageOf } from './paging.ts';
import type { Params } from './params.ts';
import { Refusal } from './refusal.ts';
import { within } from './time-window.ts';
import { walletRow } from './wallet-row.ts';

type Act = (state: ExchangeState, account: BybitAccount, params: Params) => RouteAnswer;

const DAY_MS = 86_400_000;
const COINS = ['USDT'];

export const walletBalance: Act = (_state, account, params) => {
  params.needOneOf('accountType', ['UNIFIED']);
  return { result: { list: [walletRow(account)] } };
};

export const accountInfo: Act = ({ world }, account) => ({
  result: {
    marginMode: account.marginMode === 'isolated' ? 'ISOLATED_MARGIN' : 'REGULAR_MARGIN',
    updatedTime: String(world.line.now),
    unifiedMarginStatus: 5,
    dcpStatus: 'OFF',
    timeWindow: 10,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: 'OFF',
  },
});

export const feeRate: Act = (state, _account, params) => {
  const asked = params.text('symbol') === undefined ? [...state.contracts.values()] : [listed(state, params)];
  const rates = { takerFeeRate: FEES.taker, makerFeeRate: FEES.maker };
  return { result: { list: asked.map(({ contract: { symbol } }) => ({ symbol, ...rates })) } };
};

export const transactionLog: Act = ({ world }, account, params) => {
  const isInTime = within(params, world.line.now, DAY_MS);
  const type = params.text('type');
  const all = account.ledger.transactions
    .filter(({ execution }) => isInTime(execution.execTime))
    .map((row) => ({ number: row.number, row: transactionRow(row) }))
    .filter(({ row }) => type === undefined || row.type === type)
    .reverse();
  const { rows, cursor } = pageOf(all, ({ number }) => number, params, params.limit(20, 50));
  return { result: { nextPageCursor: cursor, list: rows.map(({ row }) => row) } };
};

/** Of the whole account. */
export const setMarginMode: Act = (_state, account, params) => {
  const wanted = params.needOneOf('setMarginMode', ['ISOLATED_MARGIN', 'REGULAR_MARGIN', 'PORTFOLIO_MARGIN']);
  if (wanted === 'PORTFOLIO_MARGIN') throw failed('The simulator has no portfolio margin');
  const before = account.marginMode;
  const turn = (to: typeof before) => {
    account.marginMode = to;
    for (const { money } of account.allBooks()) money.setTerms(money.leverage, to);
  };
  const next = wanted === 'ISOLATED_MARGIN' ? 'isolated' : 'cross';
  if (next === before) return { result: { reasons: [] } };
  turn(next);
  if (sumsOf(account).available < 0n) {
    turn(before);
    throw failed('Available balance is not enough for the margin of the open positions');
  }
  return { result: { reasons: [] } };
};

export const keyInfo: Act = (_state, { setup, uid }) => {
  const { trade, withdraw } = setup.permissions;
  return {
    result: {
      id: uid,
      note: setup.name,
      apiKey: setup.key,
      readOnly: trade ? 0 : 1,
      secret: '',
      permissions: {
        ContractTrade: trade ? ['Order', 'Position'] : [],
        Spot: trade ? ['SpotTrade'] : [],
        Wallet: withdraw ? ['AccountTransfer', 'SubMemberTransfer', 'Withdraw'] : [],
        Options: [],
        Derivatives: trade ? ['DerivativesTrade'] : [],
        CopyTrading: [],
        BlockTrade: [],
        Exchange: [],
        NFT: [],
        Affiliate: [],
        Earn: [],
      },
      ips: ['127.0.0.1'],
      type: 1,
      deadlineDay: -2,
      expiredAt: '1970-01-01T00:00:00Z',
      createdAt: '2025-10-13T03:20:45Z',
      unified: 0,
      uta: 1,
      userID: Number(uid),
      inviterID: 0,
      vipLevel: 'No VIP',
      mktMakerLevel: '0',
      affiliateID: 0,
      rsaPublicKey: '',
      isMaster: true,
      parentUid: '0',
      kycLevel: 'LEVEL_1',
      kycRegion: '',
    },
  };
};

/** The coins that there are, without a way to send them anywhere. */
export const coinInfo: Act = ({ contracts }, _account, params) => {
  const bases = [...contracts.values()].map(({ contract }) => contract.instrument.base);
  const asked = params.text('coin');
  const coins = [...COINS, ...new Set(bases)].filter((coin) => asked === undefined || coin === asked);
  return { result: { rows: coins.map((coin) => ({ name: coin, coin, remainAmount: '0', chains: [] })) } };
};

/** Everything is in the unified account. */
export const coinsBalance: Act = (_state, account, params) => {
  const accountType = params.need('accountType');
  const held = accountType === 'UNIFIED' ? String(walletRow(account).totalWalletBalance) : '0';
  return {
    result: {
      accountType,
      memberId: account.uid,
      balance: COINS.map((coin) => ({ coin, transferBalance: held, walletBalance: held, bonus: '' })),
    },
  };
};

function failed(reasonMsg: string): Refusal {
  const reasons = [{ reasonCode: '3400000', reasonMsg }];
  return new Refusal(BYBIT_CODES.marginModeFailed, 'Set margin mode failed', { reasons });
}
