import { WebsocketAPIClient, WebsocketClient } from 'bybit-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Simulator } from '#simulator/simulator.ts';
import { openBybit, START, scripted, still } from '#tests/builders/bybit-exchange.ts';

const QUIET = { trace: () => {}, info: () => {}, error: () => {} };
const KEYS = { key: 'testkey', secret: 'testsecret' };

type Message = { readonly topic: string; readonly data: readonly Record<string, unknown>[]; readonly type?: string };

/** Everything that a client heard, and a way to wait for more. */
class Heard {
  readonly messages: Message[] = [];
  private wake: () => void = () => undefined;

  add(message: Message): void {
    this.messages.push(message);
    this.wake();
  }

  async until(isEnough: (messages: readonly Message[]) => boolean): Promise<readonly Message[]> {
    while (!isEnough(this.messages)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.messages;
  }

  of(topic: string): readonly Message[] {
    return this.messages.filter((message) => message.topic === topic);
  }
}

async function subscribe(
  simulator: Simulator,
  url: string,
  topics: readonly string[],
  isPrivate: boolean,
): Promise<Heard> {
  const wsUrl = simulator.service('bybit').urls[url]!;
  const client = new WebsocketClient({ ...KEYS, wsUrl }, QUIET);
  const heard = new Heard();
  client.on('update', (message: Message) => heard.add(message));
  client.on('exception', () => {});
  onTestFinished(() => client.closeAll(true));
  await Promise.all(client.subscribeV5([...topics], 'linear', isPrivate));
  return heard;
}

describe('the unmodified bybit-api on the streams of the twin', () => {
  test('hears of candles, tickers, trades and books as market time goes on', async () => {
    const simulator = await openBybit(
      [scripted('BTC/USDT', [...still(60_000, 2), [60_000, 60_100, 59_900, 60_050], ...still(60_050, 2)])],
      { history: 2 },
    );
    const topics = ['kline.1.BTCUSDT', 'tickers.BTCUSDT', 'publicTrade.BTCUSDT', 'orderbook.1.BTCUSDT'];
    const heard = await subscribe(simulator, 'public-linear', topics, false);
    await heard.until(() => heard.of('orderbook.1.BTCUSDT').length === 1);
    expect(heard.of('tickers.BTCUSDT')).toMatchObject([{ type: 'snapshot', data: { lastPrice: '60000' } }]);
    simulator.line.advance(1);
    await heard.until(() => heard.of('orderbook.1.BTCUSDT').length === 2);
    const candles = heard.of('kline.1.BTCUSDT').flatMap(({ data }) => data);
    expect(candles.filter(({ confirm }) => confirm === true)).toMatchObject([
      { start: START + 60_000, close: '60000' },
      { start: START + 120_000, end: START + 179_999, open: '60000', high: '60100', low: '59900', close: '60050' },
    ]);
    expect(heard.of('tickers.BTCUSDT').at(-1)).toMatchObject({ type: 'delta', data: { lastPrice: '60050' } });
    expect(heard.of('tickers.BTCUSDT').at(-1)?.data).not.toHaveProperty('fundingRate');
    expect(heard.of('publicTrade.BTCUSDT')).toMatchObject([{ data: [{ p: '60050', S: 'Buy' }] }]);
  });

  test('places, amends and cancels over the order-entry stream, and hears of it on the private one', async () => {
    const simulator = await openBybit([scripted('BTC/USDT', still(60_000, 5))], { history: 1 });
    const heard = await subscribe(simulator, 'private', ['order', 'execution', 'position', 'wallet'], true);
    const api = new WebsocketAPIClient(
      { ...KEYS, wsUrl: simulator.service('bybit').urls.trade!, attachEventListeners: false },
      QUIET,
    );
    api.getWSClient().on('exception', () => {});
    onTestFinished(() => api.getWSClient().closeAll(true));
    const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.01' } as const;
    const placed = await api.submitNewOrder({ ...order, price: '59000', orderLinkId: 'ws-1' });
    expect(placed).toMatchObject({ retCode: 0, op: 'order.create', data: { orderLinkId: 'ws-1' } });
    await api.amendOrder({ category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'ws-1', price: '59100' });
    await api.cancelOrder({ category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'ws-1' });
    await heard.until(() => heard.of('order').length === 3);
    const orders = heard.of('order').flatMap(({ data }) => data);
    expect(orders.map(({ orderStatus, price, cancelType }) => [orderStatus, price, cancelType])).toEqual([
      ['New', '59000', 'UNKNOWN'],
      ['New', '59100', 'UNKNOWN'],
      ['Cancelled', '59100', 'CancelByUser'],
    ]);
    await api.submitNewOrder({ ...order, orderType: 'Market', orderLinkId: 'ws-2' });
    await heard.until(() => heard.of('wallet').length === 1);
    expect(heard.of('execution').flatMap(({ data }) => data)).toMatchObject([
      { orderLinkId: 'ws-2', execPrice: '60000', execQty: '0.01', execFee: '0.33', isMaker: false, closedSize: '0' },
    ]);
    expect(heard.of('position').at(-1)?.data).toMatchObject([{ side: 'Buy', size: '0.01', entryPrice: '60000' }]);
  });
});
