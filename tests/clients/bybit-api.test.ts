import { RestClientV5 } from 'bybit-api';
import { describe, expect, test } from 'vitest';
import { openBybit, type Row, START, scripted, still } from '#tests/builders/bybit-exchange.ts';

const BTC = { category: 'linear', symbol: 'BTCUSDT' } as const;

async function open(rows: readonly Row[], history = 1) {
  const simulator = await openBybit([scripted('BTC/USDT', rows)], { history });
  const client = new RestClientV5({
    key: 'testkey',
    secret: 'testsecret',
    baseUrl: simulator.service('bybit').address,
    recv_window: 5000,
  });
  return { simulator, client };
}

describe('the unmodified bybit-api on the twin', () => {
  test('a limit order rests, is amended, fills where the price comes to it, and its stop and target follow', async () => {
    const { simulator, client } = await open([
      ...still(60_000, 2),
      [60_000, 60_000, 59_400, 59_600],
      [59_600, 60_900, 59_500, 60_800],
      [60_800, 60_800, 60_800, 60_800],
    ]);
    const placed = await client.submitOrder({
      ...BTC,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.1',
      price: '59000',
      orderLinkId: 'at-1',
      stopLoss: '58000',
      takeProfit: '60500',
      tpslMode: 'Full',
    });
    expect(placed).toMatchObject({ retCode: 0, result: { orderLinkId: 'at-1' } });
    const resting = await client.getActiveOrders({ ...BTC, orderLinkId: 'at-1' });
    expect(resting.result.list).toMatchObject([
      { orderStatus: 'New', price: '59000', leavesQty: '0.1', avgPrice: '', takeProfit: '60500', stopLoss: '58000' },
    ]);

    expect((await client.amendOrder({ ...BTC, orderLinkId: 'at-1', price: '59500' })).retCode).toBe(0);
    simulator.line.advance(2);
    const filled = await client.getHistoricOrders({ ...BTC, orderLinkId: 'at-1' });
    expect(filled.result.list).toMatchObject([{ orderStatus: 'Filled', avgPrice: '59500', cumExecQty: '0.1' }]);
    const children = await client.getActiveOrders({ ...BTC });
    expect(
      children.result.list.map(({ stopOrderType, triggerPrice, orderStatus }) => [
        stopOrderType,
        triggerPrice,
        orderStatus,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['StopLoss', '58000', 'Untriggered'],
        ['TakeProfit', '60500', 'Untriggered'],
      ]),
    );
    const held = await client.getPositionInfo(BTC);
    expect(held.result.list).toMatchObject([
      { side: 'Buy', size: '0.1', avgPrice: '59500', stopLoss: '58000', takeProfit: '60500' },
    ]);

    simulator.line.advance(1);
    const flat = await client.getPositionInfo(BTC);
    expect(flat.result.list).toMatchObject([{ side: '', size: '0', avgPrice: '0', positionValue: '' }]);
    const fills = await client.getExecutionList(BTC);
    expect(
      fills.result.list.map(({ side, execPrice, execQty, execFee, execTime }) => [
        side,
        execPrice,
        execQty,
        execFee,
        execTime,
      ]),
    ).toEqual([
      ['Sell', '60500', '0.1', '3.3275', String(START + 3 * 60_000)],
      ['Buy', '59500', '0.1', '1.19', String(START + 2 * 60_000)],
    ]);
    const [closed] = (await client.getClosedPnL(BTC)).result.list;
    expect(closed).toMatchObject({ side: 'Sell', closedPnl: '95.4825', avgEntryPrice: '59500', avgExitPrice: '60500' });
    const wallet = await client.getWalletBalance({ accountType: 'UNIFIED' });
    expect(wallet.result.list[0]?.coin[0]?.walletBalance).toBe('10095.4825');
    const stop = await client.getHistoricOrders({ ...BTC, orderStatus: 'Cancelled' });
    expect(stop.result.list).toMatchObject([{ stopOrderType: 'StopLoss', cancelType: 'CancelByTpSlTsClear' }]);
  });
});
