import { describe, expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { VenueRefused } from '#ports/venue.ts';
import {
  ACCOUNT_INFO,
  API_KEY,
  CHILD_ROW,
  EXECUTION_ROW,
  FEE_RATES,
  FUNDING_ROW,
  INSTRUMENT_ROW,
  KLINES,
  ORDER_ROW,
  POSITION_ROW,
  SERVER_TIME,
  SPOT_ROW,
  WALLET,
} from '#tests/fixtures/bybit-messages.ts';
import { answerFrom, rowsOf } from './decode.ts';
import { accountInfoFrom, balancesFrom, feeRatesFrom, permissionsFrom } from './decode-account.ts';
import { executedFrom } from './decode-execution.ts';
import { fundingRatesFrom, instrumentFrom, klinesFrom, spotInstrumentFrom, timeFrom } from './decode-market.ts';
import { orderFrom, placedFrom } from './decode-order.ts';
import { positionFrom } from './decode-position.ts';

/** Later than every message here. */
const NOW = Date.UTC(2030, 0, 1) as EpochMs;

const BTC = 'BTC/USDT' as MarketSymbol;

/** A value with its exact decimals as people write them. */
function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return formatDecimal(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one)]));
}

describe('an order', () => {
  test('has what its row tells', () => {
    expect(shown(orderFrom(ORDER_ROW))).toEqual({
      venueOrderId: ORDER_ROW.orderId,
      clientOrderId: '1a2b3c-0-e1',
      attachedTo: undefined,
      symbol: BTC,
      side: 'buy',
      type: 'limit',
      quantity: '0.12',
      price: '41250.5',
      filled: '0.05',
      state: 'open',
      why: '',
      updatedAt: 1767225601456,
    });
  });

  test('that Bybit made of a stop names the entry that it came with', () => {
    const { type, price, attachedTo, clientOrderId } = orderFrom(CHILD_ROW)!;
    expect([type, formatDecimal(price!), clientOrderId]).toEqual(['stop', '40000', undefined]);
    expect(attachedTo).toEqual({ clientOrderId: '1a2b3c-0-e1', leg: 'stop' });
  });

  test.each([
    { name: 'a market order has no price', row: { orderType: 'Market', price: '50000' }, type: 'market' },
    { name: 'falls to a sell stop', row: { side: 'Sell', triggerPrice: '1', triggerDirection: 2 }, type: 'stop' },
    { name: 'rises to a buy stop', row: { side: 'Buy', triggerPrice: '1', triggerDirection: 1 }, type: 'stop' },
    {
      name: 'rises to a sell target',
      row: { side: 'Sell', triggerPrice: '1', triggerDirection: 1 },
      type: 'take-profit',
    },
    {
      name: 'falls to a buy target',
      row: { side: 'Buy', triggerPrice: '1', triggerDirection: 2 },
      type: 'take-profit',
    },
    { name: 'a target of an entry', row: { stopOrderType: 'TakeProfit', triggerPrice: '1' }, type: 'take-profit' },
    { name: 'a trailing stop', row: { stopOrderType: 'TrailingStop', triggerPrice: '1' }, type: 'trailing-stop' },
  ])('type: $name', ({ row, type }) => {
    const order = orderFrom({ ...ORDER_ROW, ...row })!;
    expect(order.type).toBe(type);
    expect(order.price && formatDecimal(order.price)).toBe(type === 'market' ? undefined : '1');
  });

  test.each([
    { orderStatus: 'Filled', state: 'filled', why: '' },
    { orderStatus: 'Untriggered', state: 'open', why: '' },
    {
      orderStatus: 'Cancelled',
      rejectReason: 'EC_PostOnlyWillTakeLiquidity',
      state: 'canceled',
      why: 'EC_PostOnlyWillTakeLiquidity',
    },
    { orderStatus: 'Cancelled', cancelType: 'CancelByTpSlTsClear', state: 'canceled', why: 'CancelByTpSlTsClear' },
    { orderStatus: 'Rejected', rejectReason: '', cancelType: '', state: 'rejected', why: 'Rejected' },
  ])('$orderStatus is $state: $why', ({ state, why, ...row }) => {
    expect(orderFrom({ ...ORDER_ROW, ...row })).toMatchObject({ state, why });
  });

  test.each([
    { name: 'a spot order, whose symbol is spelled the same', row: { category: 'spot' } },
    { name: 'a contract in USDC', row: { symbol: 'BTCPERP' } },
    { name: 'a contract with a date', row: { symbol: 'BTCUSDT-26DEC25' } },
  ])('of another kind is none of ours: $name', ({ row }) => {
    expect(orderFrom({ ...ORDER_ROW, ...row })).toBeUndefined();
  });

  test.each([
    { name: 'no quantity', row: { qty: '' } },
    { name: 'NaN', row: { qty: 'NaN' } },
    { name: 'an exponent', row: { price: '1e5' } },
    { name: 'a number', row: { cumExecQty: 0.05 } },
    { name: 'a negative fill', row: { cumExecQty: '-0.05' } },
    { name: 'more decimals than there are', row: { qty: '0.0000000000001' } },
    { name: 'a state that nobody knows', row: { orderStatus: 'Paused' } },
    { name: 'no time', row: { updatedTime: '0' } },
    { name: 'no id', row: { orderId: '' } },
  ])('is refused: $name', ({ row }) => {
    expect(() => orderFrom({ ...ORDER_ROW, ...row })).toThrow(AnswerRefused);
  });
});

describe('an execution', () => {
  test('is a fill with its fee', () => {
    expect(shown(executedFrom(EXECUTION_ROW))).toEqual({
      kind: 'fill',
      fill: {
        venueTradeId: EXECUTION_ROW.execId,
        venueOrderId: ORDER_ROW.orderId,
        clientOrderId: '1a2b3c-0-e1',
        symbol: BTC,
        side: 'buy',
        price: '41250.5',
        quantity: '0.05',
        fee: '1.13438875',
        liquidity: 'taker',
        executedAt: 1767225601400,
        kind: 'trade',
      },
    });
  });

  test.each([
    { name: 'a rebate', row: { execFee: '-0.41', isMaker: true }, fee: '-0.41' },
    { name: 'in another coin, by its rate', row: { execFee: '0.7', feeCurrency: 'MNT' }, fee: '1.13438875' },
    {
      name: 'with a tax',
      row: {
        extraFees: [
          { feeCoin: 'USDT', fee: '0.1' },
          { feeCoin: 'MNT', fee: '9' },
        ],
      },
      fee: '1.23438875',
    },
  ])('has its fee: $name', ({ row, fee }) => {
    expect(shown(executedFrom({ ...EXECUTION_ROW, ...row }))).toMatchObject({ fill: { fee } });
  });

  test.each(['BustTrade', 'AdlTrade', 'Delivery'])('%s is the end that the venue made', (execType) => {
    expect(executedFrom({ ...EXECUTION_ROW, execType })).toMatchObject({ fill: { kind: 'liquidation' } });
  });

  test('of funding is no trade: a short receives what a positive rate pays', () => {
    expect(shown(executedFrom(FUNDING_ROW))).toEqual({
      kind: 'funding',
      funding: {
        kind: 'funding',
        id: FUNDING_ROW.execId,
        symbol: BTC,
        at: 1767254400000,
        rate: '0.0001',
        mark: '41300',
        quantity: '-0.05',
        amount: '0.2065',
      },
    });
    const paid = { ...FUNDING_ROW, execFee: '0.2065' };
    expect(executedFrom({ ...FUNDING_ROW, orderId: '' })).toMatchObject({ kind: 'funding' });
    expect(shown(executedFrom(paid))).toMatchObject({ funding: { quantity: '0.05', amount: '-0.2065' } });
  });

  test.each([
    { execFee: '' },
    { execType: 'CorporateAction' },
    { execQty: '0' },
    { execPrice: '-1' },
    { isMaker: 'no' },
  ])('is refused: %o', (row) => {
    expect(() => executedFrom({ ...EXECUTION_ROW, ...row })).toThrow(AnswerRefused);
  });
});

describe('a position', () => {
  test('is signed', () => {
    expect(shown(positionFrom(POSITION_ROW))).toEqual({
      symbol: BTC,
      quantity: '-0.05',
      entryPrice: '41250.5',
      leverage: '10',
      liquidationPrice: '45200.1',
    });
    expect(shown(positionFrom({ ...POSITION_ROW, side: 'Buy', liqPrice: '' }))).toMatchObject({
      quantity: '0.05',
      liquidationPrice: undefined,
    });
  });

  test('that is flat is none', () => {
    expect(positionFrom({ ...POSITION_ROW, side: '', size: '0', avgPrice: '0', liqPrice: '' })).toBeUndefined();
  });

  test.each([{ size: '' }, { size: undefined }, { size: 0 }, { side: '' }, { avgPrice: '' }, { size: '-1' }])(
    'is never flat for an error: %o',
    (row) => {
      expect(() => positionFrom({ ...POSITION_ROW, ...row })).toThrow(AnswerRefused);
    },
  );

  test('of hedge mode is refused with what to do', () => {
    expect(() => positionFrom({ ...POSITION_ROW, positionIdx: 1 })).toThrow(VenueRefused);
    expect(() => positionFrom({ ...POSITION_ROW, positionIdx: 2, size: '0' })).toThrow('to one-way at Bybit');
  });
});

describe('an account', () => {
  test.each([
    { mode: 'isolated', available: '8999.37345678' },
    // 9007.2 USD at 10008 USD for 10010 USDT.
    { mode: 'cross', available: '9009' },
  ] as const)('has what is available in $mode margin', ({ mode, available }) => {
    expect(shown(balancesFrom(WALLET, mode))).toEqual({ equity: '10010', balance: '10000.12345678', available });
  });

  test('without USDT has no balance, and an answer without a wallet is none', () => {
    const [wallet] = WALLET.list;
    expect(balancesFrom({ list: [{ ...wallet, coin: [] }] }, 'cross')).toBeUndefined();
    expect(() => balancesFrom({ list: [] }, 'cross')).toThrow(AnswerRefused);
    expect(() => balancesFrom({}, 'cross')).toThrow(AnswerRefused);
    expect(() => balancesFrom({ list: [{ ...wallet, coin: [{ coin: 'USDT', equity: '' }] }] }, 'cross')).toThrow(
      AnswerRefused,
    );
  });

  test('tells its margin mode and its kind', () => {
    expect(accountInfoFrom(ACCOUNT_INFO)).toEqual({ marginMode: 'isolated', isUnified: true });
    const classic = { marginMode: 'REGULAR_MARGIN', unifiedMarginStatus: 1 };
    expect(accountInfoFrom(classic)).toEqual({ marginMode: 'cross', isUnified: false });
  });

  test.each([
    { name: 'a trading key', key: API_KEY, expected: { trade: true, withdraw: false } },
    { name: 'a reading key', key: { ...API_KEY, readOnly: 1 }, expected: { trade: false, withdraw: false } },
    {
      name: 'a key that transfers',
      key: { ...API_KEY, permissions: { ...API_KEY.permissions, Wallet: ['AccountTransfer'] } },
      expected: { trade: true, withdraw: true },
    },
    {
      name: 'a key without orders',
      key: { ...API_KEY, permissions: { ContractTrade: ['Position'] } },
      expected: { trade: false, withdraw: false },
    },
  ])('$name', ({ key, expected }) => {
    expect(permissionsFrom(key)).toEqual(expected);
  });

  test('has its own fees', () => {
    expect(shown(feeRatesFrom(FEE_RATES, BTC))).toEqual({ maker: '-0.0001', taker: '0.00055' });
    expect(() => feeRatesFrom(FEE_RATES, 'ETH/USDT' as MarketSymbol)).toThrow(AnswerRefused);
    expect(() => feeRatesFrom({ list: [] }, BTC)).toThrow(AnswerRefused);
  });
});

describe('the market', () => {
  test('has instruments', () => {
    expect(shown(instrumentFrom(INSTRUMENT_ROW))).toEqual({
      symbol: BTC,
      base: 'BTC',
      quote: 'USDT',
      tick: '0.1',
      lot: '0.001',
      minQuantity: '0.001',
      minNotional: '5',
      calendar: 'always',
      venueSymbol: 'BTCUSDT',
      isTradable: true,
      isShortable: true,
      maxLeverage: '100',
    });
  });

  test.each([
    { name: 'a future', row: { symbol: 'BTCUSDT-26DEC25', contractType: 'LinearFutures' } },
    { name: 'a contract in USDC', row: { symbol: 'BTCPERP', quoteCoin: 'USDC', settleCoin: 'USDC' } },
  ])('$name is no instrument of ours', ({ row }) => {
    expect(instrumentFrom({ ...INSTRUMENT_ROW, ...row })).toBeUndefined();
  });

  test('has pairs of coins', () => {
    expect(shown(spotInstrumentFrom(SPOT_ROW))).toEqual({
      symbol: BTC,
      base: 'BTC',
      quote: 'USDT',
      tick: '0.1',
      lot: '0.000001',
      minQuantity: '0.000011',
      minNotional: '5',
      calendar: 'always',
      venueSymbol: 'BTCUSDT',
      isTradable: true,
      isShortable: false,
      maxLeverage: undefined,
    });
  });

  test.each([
    { name: 'with a coin of another spelling', row: { baseCoin: 'btc.e' } },
    { name: 'with steps too fine together', row: { priceFilter: { tickSize: '0.0000001' } } },
  ])('a pair $name is none that can be traded', ({ row }) => {
    expect(spotInstrumentFrom({ ...SPOT_ROW, ...row })).toBeUndefined();
  });

  test('tells what perpetuals pay next', () => {
    const row = {
      symbol: 'BTCUSDT',
      fundingRate: '-0.005',
      nextFundingTime: '1760342400000',
      fundingIntervalHour: '8',
    };
    const future = { symbol: 'BTC-26DEC25', fundingRate: '', nextFundingTime: '', fundingIntervalHour: '' };
    const told = fundingRatesFrom({ list: [row, future] }, (wire) => wire as MarketSymbol);
    expect([...told]).toEqual([['BTCUSDT', { rate: -0.005, dueAt: 1760342400000, intervalMs: 28_800_000 }]]);
    const lie = { ...row, fundingRate: '5' };
    expect(() => fundingRatesFrom({ list: [lie] }, () => BTC)).toThrow(AnswerRefused);
  });

  test('has candles, oldest first', () => {
    const candles = klinesFrom(KLINES, '1h', 1767225600000 as EpochMs, NOW);
    expect(candles.map(({ openTime, close, volume }) => [openTime, close, volume])).toEqual([
      [1767225600000, 41290, 99.123],
      [1767229200000, 41300, 120.5],
    ]);
    expect(() => klinesFrom({ list: [['1767225600000', 'NaN', '1', '1', '1', '1']] }, '1h', 0 as EpochMs, NOW)).toThrow(
      AnswerRefused,
    );
  });

  test('has a clock', () => {
    expect(timeFrom(SERVER_TIME)).toBe(1767225600123);
    expect(() => timeFrom({ timeSecond: '1767225600' })).toThrow(AnswerRefused);
  });
});

describe('an answer', () => {
  test('comes with its code and its limit', () => {
    const limit = { remainingRequests: 3, maxRequests: 10, resetAtTimestamp: 1767225600123 };
    expect(answerFrom({ retCode: 10006, result: {}, rateLimitApi: limit })).toEqual({
      code: 10006,
      result: {},
      limit: { left: 3, most: 10, wholeAt: 1767225600123 },
    });
    expect(answerFrom({ retCode: 0, result: [], rateLimitApi: undefined }).limit).toBeUndefined();
  });

  // What the library makes of a page of HTML: its letters, by number.
  test.each([Object.assign({}, '<html>'), {}, undefined, [], { retCode: '0' }])(
    'without a code is none: %o',
    (answer) => {
      expect(() => answerFrom(answer)).toThrow(AnswerRefused);
    },
  );

  test('without its list is none', () => {
    expect(() => rowsOf({ list: null }, 'orders')).toThrow(AnswerRefused);
    expect(() => rowsOf({}, 'orders')).toThrow('a list of orders must be as Bybit documents it');
    expect(() => placedFrom({ orderId: '' })).toThrow(AnswerRefused);
  });
});
