import { describe, expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { MarketLine } from './market-line.ts';
import { Pacer } from './pace.ts';
import { seededPrices } from './price-streams.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const MINUTE = 60_000;

function market(...timeframes: readonly ('1m' | '5m')[]): MarketLine {
  const options = { seed: 1, startPrice: 100, tick: '0.1', lot: '0.1', startTime: START };
  const streams = timeframes.map((timeframe, k) =>
    seededPrices(`${'ABC'[k]}/USDT` as MarketSymbol, { ...options, timeframe }),
  );
  return new MarketLine(streams, 0);
}

/** Wall time that passes while somebody sleeps, and ends at a moment. */
function passingClock(endsAt: number, ended: AbortController): WallClock {
  let now = 0;
  return {
    wall: () => now as EpochMs,
    mono: () => now,
    sleep: async (ms) => {
      now += ms;
      if (now >= endsAt) ended.abort();
    },
  };
}

describe('in wall time', () => {
  test.each([
    { speed: 1, wallMs: 10 * MINUTE + 1, minutes: 10 },
    { speed: 60, wallMs: 30_001, minutes: 30 },
    { speed: 100_000, wallMs: 601, minutes: 1001 },
  ])('market time moves $speed times as fast', async ({ speed, wallMs, minutes }) => {
    const line = market('1m');
    const ended = new AbortController();
    await new Pacer(line, passingClock(wallMs, ended), { speed }).run(ended.signal);
    expect((line.now - START) / MINUTE).toBe(minutes);
  });

  test('nothing moves by itself by hand or in lock-step', async () => {
    for (const pace of ['manual', 'lock-step'] as const) {
      const line = market('1m');
      const ended = new AbortController();
      await new Pacer(line, passingClock(10 * MINUTE, ended), pace).run(ended.signal);
      expect(line.now).toBe(START);
    }
  });
});

describe('in lock-step', () => {
  test('who asks for the running candle of a higher timeframe waits for all of it', () => {
    const line = market('1m');
    const pacer = new Pacer(line, passingClock(1, new AbortController()), 'lock-step');
    line.advance(2);
    pacer.asked(line.series[0]!, '5m', START);
    expect(line.now).toBe(START + 5 * MINUTE);
    pacer.asked(line.series[0]!, '5m', START);
    expect(line.now).toBe(START + 5 * MINUTE);
  });

  test('who asks for what is past or still to come waits for nothing', () => {
    const line = market('1m', '5m');
    const pacer = new Pacer(line, passingClock(1, new AbortController()), 'lock-step');
    line.advance(1);
    pacer.asked(line.series[0]!, '1m', START);
    pacer.asked(line.series[0]!, '1m', START + 2 * MINUTE);
    expect(line.now).toBe(START + MINUTE);
    pacer.asked(line.series[1]!, '5m', START);
    expect([line.now, line.series[0]!.candles.length]).toEqual([START + 5 * MINUTE, 5]);
    pacer.pace = 'manual';
    pacer.asked(line.series[0]!, '1m', START + 5 * MINUTE);
    expect(line.now).toBe(START + 5 * MINUTE);
  });
});
