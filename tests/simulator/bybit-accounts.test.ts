import { RestClientV5 } from 'bybit-api';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import { openBybit, scripted, still } from '#tests/builders/bybit-exchange.ts';

const BTC = { category: 'linear', symbol: 'BTCUSDT' } as const;
const BUY = { ...BTC, side: 'Buy', orderType: 'Market', qty: '0.01' } as const;

const account = (name: string, permissions = DEFAULT_ACCOUNT.permissions) => ({
  ...DEFAULT_ACCOUNT,
  name,
  key: `key-${name}`,
  secret: `secret-${name}`,
  permissions,
});

const ACCOUNTS = [
  account('main'),
  account('second'),
  account('watcher', { read: true, trade: false, withdraw: false }),
  account('rich', { read: true, trade: true, withdraw: true }),
];

async function open() {
  const simulator = await openBybit([scripted('BTC/USDT', still(60_000, 24 * 60 + 5))], {
    history: 1,
    accounts: ACCOUNTS,
  });
  const baseUrl = simulator.service('bybit').address;
  const client = (name: string, secret = `secret-${name}`) => new RestClientV5({ key: `key-${name}`, secret, baseUrl });
  return { simulator, client };
}

test('accounts are apart', async () => {
  const { client, simulator } = await open();
  await client('main').submitOrder({ ...BUY, orderLinkId: 'same' });
  expect((await client('second').submitOrder({ ...BUY, qty: '0.02', orderLinkId: 'same' })).retCode).toBe(0);
  const sizes = await Promise.all(['main', 'second', 'watcher'].map((name) => client(name).getPositionInfo(BTC)));
  expect(sizes.map(({ result }) => result.list[0]!.size)).toEqual(['0.01', '0.02', '0']);
  simulator.service('bybit').command('close-position', { account: 'second', symbol: 'BTCUSDT' });
  expect((await client('main').getPositionInfo(BTC)).result.list[0]!.size).toBe('0.01');
  expect(() => simulator.service('bybit').command('account', { account: 'nobody' })).toThrow(
    'There is no account "nobody": those that there are: main, second, watcher, rich',
  );
});

describe('refused as documented is', () => {
  test.each([
    { name: 'a wrong key', who: 'stranger', code: 10003 },
    { name: 'a wrong secret', who: 'main', secret: 'other', code: 10004 },
    { name: 'a key that may not trade', who: 'watcher', code: 10005 },
    { name: 'an unknown symbol', who: 'main', order: { symbol: 'NOPEUSDT' }, code: 10001 },
    { name: 'a quantity under the minimum', who: 'main', order: { qty: '0.0001' }, code: 10001 },
    { name: 'a quantity between two steps', who: 'main', order: { qty: '0.0105' }, code: 10001 },
    { name: 'a price off the tick', who: 'main', order: { orderType: 'Limit', price: '60000.05' }, code: 10001 },
    { name: 'a limit far above the market', who: 'main', order: { orderType: 'Limit', price: '99000' }, code: 110003 },
    {
      name: 'a trigger that has been passed',
      who: 'main',
      order: { triggerPrice: '59000', triggerDirection: 1 },
      code: 110092,
    },
    {
      name: 'a trigger above, to fall to',
      who: 'main',
      order: { triggerPrice: '61000', triggerDirection: 2 },
      code: 110093,
    },
    { name: 'a stop on the wrong side', who: 'main', order: { stopLoss: '61000' }, code: 10001 },
    { name: 'an id with a space', who: 'main', order: { orderLinkId: 'a b' }, code: 10001 },
    { name: 'spot', who: 'main', order: { category: 'spot' }, code: 10001 },
    { name: 'more than there is money for', who: 'main', order: { qty: '2' }, code: 110007 },
  ])('$name', async ({ who, secret, order = {}, code }) => {
    const { client } = await open();
    const { retCode } = await client(who, secret).submitOrder({ ...BUY, ...order } as typeof BUY);
    expect(retCode).toBe(code);
    expect((await client('main').getPositionInfo(BTC)).result.list[0]!.size).toBe('0');
  });

  test('the eleventh conditional order', async () => {
    const { client, simulator } = await open();
    simulator.service('bybit').conditions.rateLimits = false;
    const codes: number[] = [];
    for (let k = 0; k < 11; k++) {
      const order = { ...BUY, triggerPrice: String(61_000 + k), triggerDirection: 1 as const };
      codes.push((await client('main').submitOrder(order)).retCode);
    }
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 0), 110009]);
  });
});

test('an order that ended without a fill is listed for a day', async () => {
  const { client, simulator } = await open();
  const order = { ...BUY, orderType: 'Limit', price: '50000' } as const;
  await client('main').submitOrder({ ...order, orderLinkId: 'gone' });
  await client('main').cancelOrder({ ...BTC, orderLinkId: 'gone' });
  await client('main').submitOrder({ ...BUY, orderLinkId: 'filled' });
  const listed = async () =>
    (await client('main').getHistoricOrders(BTC)).result.list.map(({ orderLinkId }) => orderLinkId);
  expect(await listed()).toEqual(['filled', 'gone']);
  simulator.line.advance(24 * 60 + 1);
  expect(await listed()).toEqual(['filled']);
});

test('a batch has at most twenty orders, each of which counts', async () => {
  const { client, simulator } = await open();
  const send = async (count: number) => {
    const orders = Array.from({ length: count }, () => ({ ...BUY, orderType: 'Limit' as const, price: '50000' }));
    return (await client('main').batchSubmitOrders('linear', orders)).retCode;
  };
  expect(await send(11)).toBe(10006);
  simulator.service('bybit').conditions.rateLimits = false;
  expect(await send(21)).toBe(10001);
  expect(await send(20)).toBe(0);
});

test('a key tells what it may do', async () => {
  const { client } = await open();
  const keys = await Promise.all(['main', 'watcher', 'rich'].map((name) => client(name).getQueryApiKey()));
  expect(
    keys.map(({ result }) => [result.readOnly, result.permissions.ContractTrade, result.permissions.Wallet]),
  ).toEqual([
    [0, ['Order', 'Position'], []],
    [1, [], []],
    [0, ['Order', 'Position'], ['AccountTransfer', 'SubMemberTransfer', 'Withdraw']],
  ]);
});
