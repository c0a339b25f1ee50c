import { RestClientV5 } from 'bybit-api';
import { describe, expect, test } from 'vitest';
import type { EpochMs } from '#core/time.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import type { SimulatorOptions } from '#simulator/simulator.ts';
import { openBybit, type Row, START, scripted, still } from '#tests/builders/bybit-exchange.ts';

const BTC = { category: 'linear', symbol: 'BTCUSDT' } as const;
const ETH = { category: 'linear', symbol: 'ETHUSDT' } as const;
const BUY = { ...BTC, side: 'Buy', orderType: 'Market', qty: '0.1' } as const;
const SELL = { ...BTC, side: 'Sell', orderType: 'Market', qty: '0.1' } as const;

async function open(
  rows: readonly Row[],
  options: Partial<SimulatorOptions> & { eth?: readonly Row[]; start?: EpochMs } = {},
) {
  const { eth, start = START, ...rest } = options;
  const prices = [scripted('BTC/USDT', rows, start), ...(eth ? [scripted('ETH/USDT', eth, start)] : [])];
  const simulator = await openBybit(prices, { history: 1, ...rest });
  const { address, conditions } = simulator.service('bybit');
  conditions.rateLimits = false;
  const client = new RestClientV5({ key: 'testkey', secret: 'testsecret', baseUrl: address });
  const place = async (order: Parameters<typeof client.submitOrder>[0]) => {
    const answer = await client.submitOrder(order);
    expect(answer.retMsg).toBe('OK');
    return answer.result.orderId;
  };
  const position = async (what: { readonly category: 'linear'; readonly symbol: string } = BTC) =>
    (await client.getPositionInfo(what)).result.list[0]!;
  const working = async () => (await client.getActiveOrders(BTC)).result.list;
  const fills = async () => (await client.getExecutionList(BTC)).result.list;
  const wallet = async () =>
    Number((await client.getWalletBalance({ accountType: 'UNIFIED' })).result.list[0]!.totalWalletBalance);
  return { simulator, client, place, position, working, fills, wallet };
}

const levels = (rows: readonly { stopOrderType: string; triggerPrice?: string; qty: string }[]) =>
  rows.map(({ stopOrderType, triggerPrice, qty }) => `${stopOrderType} ${triggerPrice} ${qty}`).sort();

describe('liquidation', () => {
  const CRASH: readonly Row[] = [...still(60_000, 2), [60_000, 60_000, 54_000, 54_500], ...still(54_500, 2)];

  test('takes an isolated position at the price of the model, with its margin and nothing more', async () => {
    const { simulator, place, position, fills, wallet, working } = await open(CRASH);
    await place(BUY);
    // 54,000 / (1 - 0.33 %), on the tick towards the entry.
    expect((await position()).liqPrice).toBe('54178.8');
    await place({ ...BUY, orderType: 'Limit', price: '50000' });
    simulator.line.advance(2);
    expect((await position()).size).toBe('0');
    const [bust, entry] = await fills();
    expect(bust).toMatchObject({
      execType: 'BustTrade',
      side: 'Sell',
      execPrice: '54000',
      execQty: '0.1',
      closedSize: '0.1',
    });
    // 600 of margin, the fee of opening, and the fee of closing at the bankruptcy price.
    expect(await wallet()).toBeCloseTo(10_000 - 3.3 - 600 - 54_000 * 0.1 * 0.00055, 9);
    expect(entry).toMatchObject({ execType: 'Trade', execFee: '3.3' });
    expect(await working()).toEqual([]);
  });

  test('comes after a stop that is nearer, and before one that is farther away', async () => {
    const near = await open(CRASH);
    await near.place({ ...BUY, stopLoss: '55000' });
    near.simulator.line.advance(2);
    expect((await near.fills())[0]).toMatchObject({ execType: 'Trade', execPrice: '55000', stopOrderType: 'StopLoss' });
    const far = await open(CRASH);
    await far.place({ ...BUY, stopLoss: '54100' });
    far.simulator.line.advance(2);
    expect((await far.fills())[0]).toMatchObject({ execType: 'BustTrade' });
  });

  test('comes first when the market opens beyond it, and leaves no debt', async () => {
    const rows: readonly Row[] = [...still(60_000, 2), [52_000, 53_000, 51_000, 52_000], ...still(52_000, 2)];
    const { simulator, place, fills, wallet } = await open(rows);
    await place({ ...BUY, stopLoss: '55000' });
    simulator.line.advance(2);
    expect((await fills())[0]).toMatchObject({ execType: 'BustTrade', execPrice: '54000' });
    expect(await wallet()).toBeCloseTo(10_000 - 3.3 - 600 - 54_000 * 0.1 * 0.00055, 9);
  });

  test('of a short is mirrored', async () => {
    const rows: readonly Row[] = [...still(60_000, 2), [60_000, 66_000, 60_000, 65_000], ...still(65_000, 2)];
    const { simulator, place, position, fills } = await open(rows);
    await place(SELL);
    expect((await position()).liqPrice).toBe('65782.9');
    simulator.line.advance(2);
    expect((await fills())[0]).toMatchObject({ execType: 'BustTrade', side: 'Buy', execPrice: '66000' });
  });

  test('in cross margin needs the whole wallet, which other positions share', async () => {
    const accounts = [{ ...DEFAULT_ACCOUNT, marginMode: 'cross', balance: '1000' }] as const;
    const eth = [...still(3_000, 2), [3_000, 3_000, 2_800, 2_800], ...still(2_800, 2)] as readonly Row[];
    const { simulator, client, place, position } = await open(still(60_000, 5), { accounts, eth });
    await place(BUY);
    const alone = Number((await position()).liqPrice);
    // About all of 1,000 less the maintenance margin of 0.33 % is lost on a tenth of a coin.
    expect(alone).toBeGreaterThan(50_000);
    expect(alone).toBeLessThan(50_400);
    await client.submitOrder({ ...ETH, side: 'Buy', orderType: 'Market', qty: '1' });
    simulator.line.advance(2);
    // The other one has lost 200.
    expect(Number((await position()).liqPrice)).toBeGreaterThan(alone + 1_900);
    const wallet = await client.getWalletBalance({ accountType: 'UNIFIED' });
    expect(wallet.result.list[0]).toMatchObject({
      totalPerpUPL: '-200',
      totalAvailableBalance: expect.stringMatching(/^-?\d/),
    });
  });
});

describe('funding', () => {
  test('is paid by who holds at the moment of it, and told apart from fees', async () => {
    const start = (Date.UTC(2026, 0, 5, 8) - 120_000) as EpochMs;
    const { simulator, client, place, fills, wallet } = await open(still(60_000, 5), { start });
    await place(BUY);
    simulator.line.advance(1);
    expect(simulator.line.now).toBe(Date.UTC(2026, 0, 5, 8));
    expect((await fills())[0]).toMatchObject({
      execType: 'Funding',
      execFee: '0.6',
      feeRate: '0.0001',
      execQty: '0.1',
      orderQty: '0',
      orderType: 'UNKNOWN',
      execTime: String(Date.UTC(2026, 0, 5, 8)),
    });
    expect(await wallet()).toBeCloseTo(10_000 - 3.3 - 0.6, 9);
    simulator.line.advance(2);
    expect((await fills()).filter(({ execType }) => execType === 'Funding')).toHaveLength(1);
    const log = await client.getTransactionLog({ category: 'linear' });
    expect(log.result.list[0]).toMatchObject({
      type: 'SETTLEMENT',
      funding: '-0.6',
      change: '-0.6',
      cashBalance: '9996.1',
    });
  });

  test('comes to a position that was opened at the very moment, and to none that was closed before it', async () => {
    const start = (Date.UTC(2026, 0, 5, 8) - 60_000) as EpochMs;
    const { simulator, place, fills } = await open(still(60_000, 5), { start });
    await place(SELL);
    simulator.line.advance(1);
    expect((await fills())[0]).toMatchObject({ execType: 'Funding', execFee: '-0.6', side: 'Sell' });
    const flat = await open(still(60_000, 5), { start: (start - 60_000) as EpochMs });
    await flat.place(BUY);
    await flat.place(SELL);
    flat.simulator.line.advance(3);
    expect((await flat.fills()).some(({ execType }) => execType === 'Funding')).toBe(false);
  });

  test('comes before what the candle of its moment does to the position', async () => {
    const start = (Date.UTC(2026, 0, 5, 8) - 60_000) as EpochMs;
    const { simulator, place, fills } = await open(
      [...still(60_000, 1), [60_000, 60_000, 58_000, 58_000], ...still(58_000, 2)],
      { start },
    );
    await place({ ...BUY, stopLoss: '59000' });
    simulator.line.advance(1);
    expect((await fills()).map(({ execType, stopOrderType }) => `${execType} ${stopOrderType}`)).toEqual([
      'Trade StopLoss',
      'Funding UNKNOWN',
      'Trade UNKNOWN',
    ]);
  });

  test('comes out of an isolated margin when others have locked what is left', async () => {
    const start = (Date.UTC(2026, 0, 5, 8) - 120_000) as EpochMs;
    const accounts = [{ ...DEFAULT_ACCOUNT, balance: '1212.6' }];
    const { simulator, client, place, position } = await open(still(60_000, 5), {
      start,
      accounts,
      eth: still(3_000, 5),
    });
    await place(BUY);
    const before = Number((await position()).liqPrice);
    await client.submitOrder({ ...ETH, side: 'Buy', orderType: 'Market', qty: '2' });
    simulator.line.advance(1);
    // 0.06 was free: of 0.6 to be paid for a tenth of a coin, 0.54 came from the margin.
    expect(Number((await position()).liqPrice) - before).toBeCloseTo(5.4, 0);
  });
});

describe('a position', () => {
  test('turns in one order', async () => {
    const { client, place, position, wallet } = await open(still(60_000, 3));
    await place(BUY);
    await place({ ...SELL, qty: '0.3' });
    expect(await position()).toMatchObject({ side: 'Sell', size: '0.2', avgPrice: '60000' });
    expect(await wallet()).toBeCloseTo(10_000 - 60_000 * 0.4 * 0.00055, 9);
    expect((await client.getClosedPnL(BTC)).result.list).toMatchObject([
      { side: 'Sell', closedSize: '0.1', closedPnl: '-6.6' },
    ]);
  });

  test('has one stop and target, as large as it is, whatever is added or taken', async () => {
    const { place, working, client } = await open(still(60_000, 3));
    await place({ ...BUY, stopLoss: '58000', takeProfit: '63000' });
    expect(levels(await working())).toEqual(['StopLoss 58000 0.1', 'TakeProfit 63000 0.1']);
    await place({ ...BUY, qty: '0.05' });
    expect(levels(await working())).toEqual(['StopLoss 58000 0.15', 'TakeProfit 63000 0.15']);
    await place({ ...SELL, qty: '0.11', reduceOnly: true });
    expect(levels(await working())).toEqual(['StopLoss 58000 0.04', 'TakeProfit 63000 0.04']);
    await place({ ...BUY, qty: '0.01', stopLoss: '59000', takeProfit: '64000' });
    expect(levels(await working())).toEqual(['StopLoss 59000 0.05', 'TakeProfit 64000 0.05']);
    await place({ ...SELL, qty: '0.05', reduceOnly: true });
    expect(await working()).toEqual([]);
    const gone = (await client.getHistoricOrders({ ...BTC, orderStatus: 'Cancelled' })).result.list;
    expect(new Set(gone.map(({ cancelType }) => cancelType))).toEqual(new Set(['CancelByTpSlTsClear']));
    expect(gone).toHaveLength(2);
  });

  test('has its stop set, moved and taken back by trading-stop', async () => {
    const { client, place, working, position } = await open(still(60_000, 3));
    const stop = (what: object) => client.setTradingStop({ ...BTC, positionIdx: 0, tpslMode: 'Full', ...what });
    expect((await stop({ stopLoss: '59000' })).retMsg).toBe('can not set tp/sl/ts for zero position');
    await place(BUY);
    expect((await stop({ stopLoss: '59000', takeProfit: '61000' })).retCode).toBe(0);
    expect(levels(await working())).toEqual(['StopLoss 59000 0.1', 'TakeProfit 61000 0.1']);
    expect((await stop({ stopLoss: '59500' })).retCode).toBe(0);
    expect((await stop({ stopLoss: '59500' })).retCode).toBe(34040);
    expect(await position()).toMatchObject({ stopLoss: '59500', takeProfit: '61000' });
    expect((await stop({ stopLoss: '60500' })).retCode).toBe(10001);
    expect((await stop({ takeProfit: '0' })).retCode).toBe(0);
    expect(levels(await working())).toEqual(['StopLoss 59500 0.1']);
  });

  test('is left by a stop that follows the price', async () => {
    const rows: readonly Row[] = [
      ...still(60_000, 2),
      [60_000, 62_000, 60_000, 62_000],
      [62_000, 62_000, 60_900, 61_500],
      ...still(61_500, 2),
    ];
    const { simulator, client, place, position, fills } = await open(rows);
    await place(BUY);
    await client.setTradingStop({ ...BTC, positionIdx: 0, tpslMode: 'Full', trailingStop: '1000' });
    simulator.line.advance(2);
    expect((await position()).size).toBe('0.1');
    simulator.line.advance(1);
    expect((await fills())[0]).toMatchObject({
      execPrice: '61000',
      stopOrderType: 'TrailingStop',
      createType: 'CreateByTrailingStop',
    });
  });

  test('has partial pairs, of which one ends the other', async () => {
    const rows: readonly Row[] = [...still(60_000, 2), [60_000, 61_100, 60_000, 61_000], ...still(61_000, 2)];
    const { simulator, place, position, working } = await open(rows);
    await place({ ...BUY, tpslMode: 'Partial', stopLoss: '58000', takeProfit: '63000' });
    await place({
      ...BUY,
      qty: '0.05',
      tpslMode: 'Partial',
      stopLoss: '59000',
      takeProfit: '61000',
      tpOrderType: 'Limit',
      tpLimitPrice: '61000',
    });
    expect(levels(await working())).toEqual([
      'PartialStopLoss 58000 0.1',
      'PartialStopLoss 59000 0.05',
      'PartialTakeProfit 61000 0.05',
      'PartialTakeProfit 63000 0.1',
    ]);
    simulator.line.advance(2);
    expect((await position()).size).toBe('0.1');
    expect(levels(await working())).toEqual(['PartialStopLoss 58000 0.1', 'PartialTakeProfit 63000 0.1']);
  });

  test('that comes in parts has a stop that grows with it', async () => {
    const { simulator, place, working } = await open(still(60_000, 5));
    simulator.service('bybit').conditions.volumeShare = 0.0004;
    await place({ ...BUY, orderType: 'Limit', price: '60000', tpslMode: 'Partial', stopLoss: '59000' });
    const stops = async () => levels((await working()).filter(({ stopOrderType }) => String(stopOrderType) !== ''));
    expect(await stops()).toEqual(['PartialStopLoss 59000 0.04']);
    simulator.line.advance(2);
    expect(await stops()).toEqual(['PartialStopLoss 59000 0.08']);
    simulator.line.advance(1);
    expect(await stops()).toEqual(['PartialStopLoss 59000 0.1']);
  });

  test('is two in hedge mode', async () => {
    const { client, place } = await open(still(60_000, 3));
    expect((await client.switchPositionMode({ ...BTC, mode: 3 })).retCode).toBe(0);
    expect((await client.submitOrder(BUY)).retMsg).toBe('position idx not match position mode');
    await place({ ...BUY, positionIdx: 1 });
    await place({ ...SELL, qty: '0.2', positionIdx: 2 });
    const both = (await client.getPositionInfo(BTC)).result.list;
    expect(both.map(({ positionIdx, side, size }) => [positionIdx, side, size])).toEqual([
      [1, 'Buy', '0.1'],
      [2, 'Sell', '0.2'],
    ]);
    await place({ ...SELL, positionIdx: 1 });
    expect((await client.submitOrder({ ...SELL, positionIdx: 1 })).retCode).toBe(110017);
    expect((await client.switchPositionMode({ ...BTC, mode: 0 })).retCode).toBe(110024);
  });
});

describe('margin', () => {
  test('is set aside for what is held and for what rests, and freed again', async () => {
    const { client, place } = await open(still(60_000, 3));
    const coin = async () => (await client.getWalletBalance({ accountType: 'UNIFIED' })).result.list[0]!.coin[0]!;
    await place(BUY);
    // 6,000 / 10, and the fee of closing at 54,000.
    expect(await coin()).toMatchObject({ totalPositionIM: '602.97', totalOrderIM: '0' });
    const id = await place({ ...BUY, orderType: 'Limit', price: '50000' });
    expect(await coin()).toMatchObject({ totalOrderIM: '505.225' });
    expect((await client.submitOrder({ ...BUY, qty: '1.6' })).retCode).toBe(110007);
    await client.cancelOrder({ ...BTC, orderId: id });
    expect(await coin()).toMatchObject({ totalOrderIM: '0' });
  });

  test('is not set aside for what waits for a trigger, which is canceled when it is short then', async () => {
    const rows: readonly Row[] = [...still(60_000, 2), [60_000, 61_000, 60_000, 61_000], ...still(61_000, 2)];
    const { simulator, client, place, position, working } = await open(rows);
    const trigger = { triggerPrice: '60500', triggerDirection: 1 } as const;
    const large = await place({ ...BUY, qty: '1', ...trigger });
    const small = await place({ ...BUY, qty: '0.5', ...trigger });
    await place({ ...BUY, qty: '1' });
    expect((await working()).map(({ orderId }) => orderId)).toEqual([small, large]);
    simulator.line.advance(2);
    expect((await position()).size).toBe('1.5');
    const { result } = await client.getHistoricOrders({ ...BTC, orderId: large });
    expect(result.list).toMatchObject([{ orderStatus: 'Cancelled', rejectReason: 'EC_Others', cumExecQty: '0' }]);
  });

  test('follows the leverage, of a position that is open too', async () => {
    const { client, place, position } = await open(still(60_000, 3));
    await place(BUY);
    const leverage = (text: string) => client.setLeverage({ ...BTC, buyLeverage: text, sellLeverage: text });
    expect((await leverage('10')).retCode).toBe(110043);
    expect((await leverage('20')).retCode).toBe(0);
    expect(await position()).toMatchObject({ leverage: '20', liqPrice: '57188.8' });
    expect((await leverage('200')).retCode).toBe(110013);
    expect((await leverage('0.5')).retCode).toBe(110013);
    expect((await leverage('100')).retCode).toBe(0);
    // 6,006,000 is worth no more than 50x.
    expect((await client.submitOrder({ ...BUY, qty: '100' })).retCode).toBe(110090);
  });
});

test('lists are read page by page', async () => {
  const { client, place } = await open(still(60_000, 3));
  for (let k = 0; k < 5; k++) await place({ ...BUY, orderType: 'Limit', price: String(50_000 + k) });
  const prices: string[] = [];
  let cursor: string | undefined;
  do {
    const { result } = await client.getActiveOrders({ ...BTC, limit: 2, ...(cursor !== undefined && { cursor }) });
    prices.push(...result.list.map(({ price }) => price));
    cursor = result.nextPageCursor || undefined;
  } while (cursor !== undefined);
  expect(prices).toEqual(['50004', '50003', '50002', '50001', '50000']);
});

test('in wall time a gap is met as it comes, by hand or in lock-step with the candle', async () => {
  const GAP: readonly Row[] = [...still(60_000, 2), [58_000, 58_100, 57_900, 58_000], ...still(58_000, 2)];
  const filled = async (pace: SimulatorOptions['pace'] & {}) => {
    const { simulator, place, fills } = await open(GAP);
    simulator.pacer.pace = pace;
    await place({ ...BUY, orderType: 'Limit', price: '59000' });
    simulator.line.advance(1);
    return (await fills()).map(({ execPrice }) => execPrice);
  };
  expect(await filled({ speed: 0.001 })).toEqual(['58000']);
  expect(await filled('manual')).toEqual([]);
});

test('in lock-step who asks for the running candle gets it closed, for every symbol at once', async () => {
  const { simulator, client, place, fills } = await open(
    [...still(60_000, 2), [60_000, 60_300, 59_900, 60_200], ...still(60_200, 2)],
    { eth: still(3_000, 5), pace: 'lock-step' },
  );
  const candles = async (symbol: string, minute: number) => {
    const start = START + minute * 60_000;
    const { result } = await client.getKline({ category: 'linear', symbol, interval: '1', start, limit: 3 });
    return result.list.map(([time, , , , close]) => `${(Number(time) - START) / 60_000}: ${close}`);
  };
  expect(await candles('BTCUSDT', 1)).toEqual(['2: 60000', '1: 60000']);
  expect(await candles('ETHUSDT', 1)).toEqual(['2: 3000', '1: 3000']);
  expect(simulator.line.now).toBe(START + 120_000);
  await place({ ...BUY, orderType: 'Limit', price: '59950' });
  expect(await fills()).toEqual([]);
  expect(await candles('BTCUSDT', 2)).toEqual(['3: 60200', '2: 60200']);
  expect(await fills()).toMatchObject([{ execPrice: '59950', execTime: String(START + 120_000) }]);
  expect(await candles('BTCUSDT', 4)).toEqual([]);
});
