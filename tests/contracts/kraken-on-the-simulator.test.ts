import { afterAll, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { CcxtClient } from '#adapters/market-data/ccxt/client.ts';
import { LiveMarket } from '#adapters/market-data/live.ts';
import { Tape } from '#adapters/market-data/tape.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { TradeCandles } from '#core/trade-candles.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import { krakenTwin } from '#simulator/kraken/twin.ts';
import { startSimulator } from '#simulator/simulator.ts';
import { inventedPrices } from '#tests/builders/loopback-services.ts';
import { describeMarketData } from './market-data.ts';
import { describeMarketQueries } from './market-queries.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const HISTORY = 2000;
const THREE = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as MarketSymbol[];

const simulator = await startSimulator({
  twins: [krakenTwin],
  prices: THREE.map((symbol, k) => inventedPrices(symbol, 60_000 / 10 ** k, '0.1')),
  clock: systemClock,
  history: HISTORY,
});
const kraken = simulator.service('kraken');
kraken.conditions.rateLimits = false;
const OPTIONS = {
  clock: systemClock,
  random: systemRandom,
  address: kraken.address,
  timeoutMs: 2000,
  retries: 2,
  firstPauseMs: 1,
  betweenMs: 1,
};
const client = (await CcxtClient.load('kraken', OPTIONS))!;
await client.loadMarkets();
afterAll(async () => {
  client.close();
  await simulator.close();
});

const now = simulator.line.now;
const series = simulator.line.find(THREE[0]!)!;
const from = (now - 300 * MINUTE) as EpochMs;
const answers = await Promise.all(THREE.map((symbol) => client.candles(symbol, '1m', from)));

describeMarketData('Kraken through CCXT, on the simulator', () => {
  const tapes = THREE.map((symbol, k) => {
    const tape = new Tape(client.instrument(symbol)!, new Candles('1m'), from);
    tape.take(answers[k]!, now, 10_000);
    return tape;
  });
  const options = { label: 'Kraken', simulated: true, say: () => undefined };
  const start = (now - 100 * MINUTE) as EpochMs;
  const market = new LiveMarket({ exchange: client, clock: new VirtualClock(now, 1), tapes, start, ...options });
  return { market, symbols: THREE, timeframe: '1m' };
});

describeMarketQueries('Kraken through CCXT, on the simulator', () => {
  // The market stands still, and the client's clock is the machine's.
  client.aheadMs = now - Date.now();
  return { market: client, symbols: THREE, timeframe: '5m', now };
});

test('candles are those of the market, the running one last', () => {
  const closed = Array.from({ length: 300 }, (_, k) => series.candles.at(HISTORY - 300 + k));
  expect(answers[0]).toEqual([...closed, series.running('1m', now)]);
});

test('older candles than Kraken gives are made of its trades', async () => {
  const { trades } = client;
  const made = new TradeCandles('1m');
  const candles = [];
  for (let after = trades!.before(series.candles.openTimeAt(0)); ; ) {
    const page = await trades!.page(THREE[0]!, after);
    if (page.trades.length === 0) break;
    for (const { at, price, amount } of page.trades) candles.push(...made.take(at, price, amount));
    after = page.next;
  }
  candles.push(...made.end(now));
  expect(candles).toEqual(Array.from({ length: HISTORY }, (_, k) => series.candles.at(k)));
});

const BUSY = JSON.stringify({ error: ['EGeneral:Too many requests'] });

test.each([
  { name: 'too many requests', fault: { kind: 'answer', status: 200, body: BUSY } },
  { name: 'a server that is away', fault: { kind: 'answer', status: 503, body: '' } },
  { name: 'the page of a network', fault: { kind: 'answer', status: 200, body: '<html>Sign in</html>' } },
  { name: 'half an answer', fault: { kind: 'truncate', bytes: 12 } },
  { name: 'a connection that breaks', fault: { kind: 'drop-reply' } },
] as const)('what passes is asked again: $name', async ({ fault }) => {
  const route = 'GET /0/public/OHLC';
  // One of its own: so many failures in a row would open the circuit of one that all share.
  const fresh = (await CcxtClient.load('kraken', OPTIONS))!;
  onTestFinished(() => fresh.close());
  await fresh.loadMarkets();
  const read = () => fresh.candles(THREE[0]!, '1m', from);
  simulator.faults.set({ service: 'kraken', route, fault, count: 2 });
  expect(await read()).toEqual(answers[0]);
  simulator.faults.set({ service: 'kraken', route, fault, count: 3 });
  await expect(read()).rejects.toThrow(MarketUnavailable);
  simulator.faults.clear();
});
