import { expect, test } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { EpochMs } from '#core/time.ts';
import { positionViews } from '#server/views/views.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { compose } from '#tests/simulation/stored-run.ts';

const BOT = botOf({
  capital: 100_000,
  timeframe: '1h',
  warmupCandles: 1,
  sizing: { quantity: 10 },
  entry: {
    long: {
      any: [
        ['close', 'crosses-above', 990],
        ['close', 'crosses-below', 960],
      ],
    },
  },
  brackets: { stop: { percent: 10 } },
  onSame: 'stack',
});
/** 10 at 1000 with a stop at 900, and 10 at 950 with one at 855. */
const ROWS: readonly Ohlc[] = [940, 980, 1000, 1000, 950, 950].map(flat);

async function positionAfter(rows: readonly Ohlc[]) {
  const market = new ReplayMarket('replay:x', [{ instrument: instrumentOf(), candles: candlesOf(rows, '1h') }]);
  const paper = await compose(new MemoryStore(), market, [BOT]);
  await paper.run();
  const [trader] = paper.traders;
  const face = { simulated: true, markOf: () => rows.at(-1)![3], now: () => 0 as EpochMs };
  return positionViews(trader!, face)[0]!;
}

test('of two stops a page shows the one that would be hit first, and what both would lose', async () => {
  const { quantity, entryPrice, stop, stopConfirmed, atRisk } = await positionAfter(ROWS);
  expect({ quantity, entryPrice, stop, stopConfirmed }).toEqual({
    quantity: '20',
    entryPrice: '975',
    stop: '900',
    stopConfirmed: true,
  });
  // 75 on 10 and 120 on 10.
  expect(atRisk).toBe('1950');
});

test('a stop that was hit is not shown any more', async () => {
  const { quantity, stop, atRisk } = await positionAfter([...ROWS, [950, 950, 880, 880], flat(880)]);
  expect({ quantity, stop, atRisk }).toEqual({ quantity: '10', stop: '855', atRisk: '1200' });
});
