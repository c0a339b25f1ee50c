import { expect } from 'vitest';
import { TIMEFRAME_MS } from '#core/time.ts';
import { BTC, openKraken } from '#tests/builders/loopback-kraken.ts';
import { describeFacts, type WireFact } from './facts.ts';

async function isAccepted({ request, expect: expected }: WireFact) {
  const { simulator } = await openKraken();
  const { address } = simulator.service('kraken');
  const answer = await fetch(`${address}${request.path}?${request.rawQuery}`, { method: request.method });
  expect(answer.status).toBe(expected.http);
  expect(await answer.json()).toMatchObject({ error: expected['body.error'] });
}

describeFacts('simulator', ['kraken'], {
  'kraken-004': isAccepted,
  'kraken-005': isAccepted,
  'kraken-011': async ({ request, expect: expected }) => {
    const { simulator, client } = await openKraken();
    const answer = { kind: 'answer', status: expected.http, body: JSON.stringify(expected.body) } as const;
    simulator.faults.set({ service: 'kraken', route: `${request.method} ${request.path}`, fault: answer });
    await client.loadMarkets();
    await expect(client.fetchTicker(BTC)).rejects.toMatchObject({ name: expected.ccxt });
  },
  'kraken-012': async ({ request, expect: expected }) => {
    const { simulator } = await openKraken();
    const { address } = simulator.service('kraken');
    for (const since of [0, 1, simulator.line.now / 1000 - 60, 99_999_999_999]) {
      const answer = await fetch(`${address}${request.path}?pair=XBTUSDT&since=${since}`);
      const { result } = (await answer.json()) as { result: { XBTUSDT: [number][] } };
      expect(result.XBTUSDT.length).toBeLessThanOrEqual(expected.maxRows);
      // The candle that is running opened with the last one's close.
      expect(result.XBTUSDT.at(-1)![0]).toBe(simulator.line.now / 1000);
      if (since < 2) {
        const oldest = simulator.line.now - (expected.maxRows - 1) * TIMEFRAME_MS['1m'];
        expect(result.XBTUSDT[0]![0]).toBe(oldest / 1000);
      }
    }
  },
  'kraken-014': async () => {
    const { client, simulator, series } = await openKraken();
    const { percentage, last } = await client.fetchTicker(BTC);
    const { candles } = series;
    const midnight = candles.at(candles.indexAt(simulator.line.now - (simulator.line.now % TIMEFRAME_MS['1d'])));
    const dayAgo = candles.at(candles.indexAt(simulator.line.now - TIMEFRAME_MS['1d']));
    expect(percentage).toBeCloseTo((last! / midnight.open - 1) * 100, 6);
    expect(percentage).not.toBeCloseTo((last! / dayAgo.open - 1) * 100, 6);
  },
});
