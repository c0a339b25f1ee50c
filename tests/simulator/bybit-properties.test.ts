import { RestClientV5 } from 'bybit-api';
import { describe, expect, test } from 'vitest';
import { formatDecimal, money } from '#core/money.ts';
import { type Chance, seededChance } from '#core/random.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import type { Service } from '#simulator/simulator.ts';
import { openBybit, START } from '#tests/builders/bybit-exchange.ts';
import { inventedPrices } from '#tests/builders/loopback-services.ts';

type Row = Readonly<Record<string, string>>;
interface State {
  readonly wallet: { readonly totalWalletBalance: string };
  readonly positions: readonly Row[];
  readonly orders: readonly Row[];
}

const SYMBOLS = { BTCUSDT: 60_000, ETHUSDT: 3_000 } as const;
const STEPS = 150;

/** Something that an owner may do, sensible or not. */
function act(service: Service, chance: Chance): void {
  const pick = <Item>(...items: readonly Item[]): Item => items[Math.floor(chance.next() * items.length)]!;
  const [symbol, price] = pick(...Object.entries(SYMBOLS));
  const near = () => (price * (0.97 + 0.06 * chance.next())).toFixed(1);
  const size = symbol === 'BTCUSDT' ? pick('0.001', '0.02', '0.1', '0.5') : pick('0.01', '0.5', '2', '9');
  const order = {
    symbol,
    side: pick('Buy', 'Sell'),
    qty: size,
    reduceOnly: chance.next() < 0.2,
    timeInForce: pick('GTC', 'IOC', 'FOK', 'PostOnly'),
    ...(chance.next() < 0.5 ? { orderType: 'Market' } : { orderType: 'Limit', price: near() }),
    ...(chance.next() < 0.2 && { triggerPrice: near(), triggerDirection: pick(1, 2) }),
    ...(chance.next() < 0.4 && { stopLoss: near() }),
    ...(chance.next() < 0.4 && { takeProfit: near() }),
    ...(chance.next() < 0.3 && { tpslMode: 'Partial' }),
  };
  try {
    if (chance.next() < 0.8) service.command('place-order', order);
    else if (chance.next() < 0.5) service.command('close-position', { symbol });
    else {
      const { orders } = service.command('account') as State;
      const one = pick(...orders);
      if (one) service.command('cancel-order', { symbol: one.symbol, orderId: one.orderId });
    }
  } catch (error) {
    // A refusal, and nothing else.
    expect((error as Error).name).toBe('Refusal');
  }
}

/** What must hold at every moment. */
function check(service: Service, startingBalance: string): void {
  const { wallet, positions, orders } = service.command('account') as State;
  const { listed } = service.command('executions') as { listed: readonly Row[] };
  const made = listed.reduce(
    (sum, { execPnl, execFee }) => sum + money(execPnl!) - money(execFee!),
    money(startingBalance) as bigint,
  );
  expect(formatDecimal(made)).toBe(wallet.totalWalletBalance);
  expect(money(wallet.totalWalletBalance)).toBeGreaterThanOrEqual(0n);
  for (const symbol of Object.keys(SYMBOLS)) {
    const net = listed
      .filter((row) => row.symbol === symbol && row.execType !== 'Funding')
      .reduce((sum, { side, execQty }) => sum + (side === 'Buy' ? money(execQty!) : -money(execQty!)), 0n);
    const position = positions.find((row) => row.symbol === symbol);
    const held = position === undefined ? 0n : money(position.size!) * (position.side === 'Buy' ? 1n : -1n);
    expect(held).toBe(net);
    const children = orders.filter((row) => row.symbol === symbol && row.createType !== 'CreateByUser');
    for (const { side, reduceOnly, qty, tpslMode } of children) {
      expect({ reduceOnly, closes: side === (held > 0n ? 'Sell' : 'Buy') }).toEqual({
        reduceOnly: true,
        closes: held !== 0n,
      });
      if (tpslMode === 'Full') expect(money(qty!)).toBe(held < 0n ? -held : held);
    }
    const full = children.filter(({ tpslMode, stopOrderType }) => tpslMode === 'Full' && stopOrderType === 'StopLoss');
    expect(full.length).toBe(position !== undefined && position.stopLoss !== '' ? 1 : 0);
  }
}

describe('whatever an owner does, the books agree', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async (seed) => {
    const chance = seededChance(seed);
    const marginMode = seed % 2 === 0 ? 'cross' : 'isolated';
    const account = {
      ...DEFAULT_ACCOUNT,
      balance: '5000',
      leverage: seed % 3 === 0 ? '25' : '100',
      marginMode,
    } as const;
    const prices = [inventedPrices('BTC/USDT', 60_000, '0.1', START), inventedPrices('ETH/USDT', 3_000, '0.01', START)];
    const simulator = await openBybit(prices, { history: 2, accounts: [account], seed });
    const service = simulator.service('bybit');
    if (seed > 4) service.conditions.volumeShare = 0.05;
    for (let step = 0; step < STEPS; step++) {
      act(service, chance);
      check(service, account.balance);
      if (chance.next() < 0.6) simulator.line.advance(1 + Math.floor(chance.next() * 20));
      check(service, account.balance);
    }
    expect((service.command('executions') as { listed: readonly Row[] }).listed.length).toBeGreaterThan(20);
  });
});

test('what is no sense is refused, and breaks nothing', async () => {
  const simulator = await openBybit([inventedPrices('BTC/USDT', 60_000, '0.1', START)], { history: 2 });
  const { address, conditions } = simulator.service('bybit');
  conditions.rateLimits = false;
  const client = new RestClientV5({ key: 'testkey', secret: 'testsecret', baseUrl: address });
  const chance = seededChance(9);
  const junk = [
    '',
    '0',
    '-1',
    'NaN',
    '1e309',
    '0.00001',
    '9'.repeat(40),
    '__proto__',
    'Buy',
    'Limit',
    null,
    {},
    [],
    true,
    7,
    '\u0000',
  ];
  const pick = () => junk[Math.floor(chance.next() * junk.length)];
  const names = [
    'category',
    'symbol',
    'side',
    'orderType',
    'qty',
    'price',
    'triggerPrice',
    'triggerDirection',
    'stopLoss',
    'positionIdx',
    'orderLinkId',
    'cursor',
    'limit',
    'start',
    'interval',
  ];
  const usual = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.01', price: '50000' };
  for (let k = 0; k < 300; k++) {
    const what: Record<string, unknown> = { ...usual };
    for (const name of names) if (chance.next() < 0.15) what[name] = pick();
    const { retCode } = await client.submitOrder(what as never);
    expect(typeof retCode).toBe('number');
    await expect(client.getKline(what as never)).resolves.toHaveProperty('retCode');
    await expect(client.getActiveOrders(what as never)).resolves.toHaveProperty('retCode');
  }
});
