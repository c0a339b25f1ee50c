import { expect, test } from 'vitest';
import { inventedPrices, openServices } from '#tests/builders/loopback-services.ts';
import { chartPageWith } from './twin.ts';

/** What a browser makes of all this is told in tests/e2e/chart-page.test.ts. */
async function open(behaviour: object = {}) {
  const prices = [inventedPrices('BTC/USDT', 60_000, '0.1'), inventedPrices('AAPL/USD', 200, '0.01')];
  const simulator = await openServices([chartPageWith({ user: 'me', password: 'pass' })], { prices, history: 300 });
  const site = simulator.service('chart-page');
  site.command('behave', behaviour);
  const ask = (path: string, more: RequestInit = {}) => fetch(site.address + path, { redirect: 'manual', ...more });
  return { site, ask };
}

test.each([
  { address: 'symbol=BYBIT:BTCUSDT.P&interval=60', legend: 'BTCUSDT.P · 1h · BYBIT O6' },
  { address: 'symbol=NASDAQ%3AAAPL&interval=5', legend: 'AAPL · 5m · NASDAQ O' },
  { address: 'interval=1', legend: 'BTCUSDT · 1m ·  O' },
  { address: 'symbol=BTCUSDT', legend: 'BTCUSDT · 1d ·  O' },
  { address: 'symbol=BTCUSDT&interval=7', legend: undefined },
  { address: 'symbol=NASDAQ:MSFT', legend: undefined },
])('an address names a chart: $address', async ({ address, legend }) => {
  const { ask } = await open({ requiresLogin: false });
  const body = await (await ask(`/chart/?${address}`)).text();
  expect(body.includes('<canvas ')).toBe(legend !== undefined);
  expect(body).toContain(legend === undefined ? 'Invalid symbol' : `"legend":"${legend}`);
});

test('nothing of an address becomes a part of the page', async () => {
  const { ask } = await open({ requiresLogin: false });
  const symbol = encodeURIComponent('</script><b>');
  expect(await (await ask(`/chart/?symbol=${symbol}`)).text()).not.toContain('<b>');
  expect(await (await ask(`/accounts/signin/?next=${encodeURIComponent('/"><b>')}`)).text()).not.toContain('<b>');
});

test.each([
  { next: '/chart/?symbol=BTCUSDT', place: '/chart/?symbol=BTCUSDT' },
  { next: '//elsewhere.example/', place: '/' },
  { next: 'https://elsewhere.example/', place: '/' },
])('after signing in one is sent back, but only within the site: $next', async ({ next, place }) => {
  const { ask } = await open();
  const body = new URLSearchParams({ id_username: 'me', id_password: 'pass', next });
  const answer = await ask('/accounts/signin/', { method: 'POST', body });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, place]);
  expect(answer.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['sessionid', 'sessionid_sign']);
});

test('a session needs both of its cookies', async () => {
  const { ask } = await open();
  const body = new URLSearchParams({ id_username: 'me', id_password: 'pass' });
  const signedIn = await ask('/accounts/signin/', { method: 'POST', body });
  const cookies = signedIn.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
  const statusWith = async (cookie: string) => (await ask('/chart/', { headers: { cookie } })).status;
  expect(await statusWith(cookies.join('; '))).toBe(200);
  expect(await statusWith(cookies[0]!)).toBe(302);
  expect(await statusWith(cookies[1]!)).toBe(302);
});

test('what nobody knows how to behave is refused', async () => {
  const { site } = await open();
  expect(() => site.command('behave', { loadMs: -1 })).toThrow('Cannot do "behave" as its input is not as it must be');
  expect(() => site.command('behave', { lodMs: 1 })).toThrow('Unrecognized key');
});
