import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import { marketEventText } from '#core/events/market-event-text.ts';
import { Resampled } from '#core/resample.ts';
import { stormyCandles } from '#tests/builders/stormy-candles.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BOT = {
  ...{ name: 'Called', kind: 'indicator-rules', capital: 100_000, symbols: ['BTC/USDT'], timeframe: '5m' },
  entry: { long: ['price', '>', 'sma(3)'] },
  brackets: { stop: { percent: 1 } },
  sizing: { percentOfCapital: 10 },
  tradingEvents: ['flash-move', 'volume-spike'],
};

function fileWith(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test('what market events called is told with their figures', async () => {
  const fine = stormyCandles(2_000, 9);
  const coarse = new Resampled(fine, '5m');
  for (let i = 0; i < fine.length; i++) coarse.take(i);
  for (let i = 0; i < coarse.candles.length; i++)
    coarse.candles.volume.values[i] = Math.round(coarse.candles.volume.values[i]! * 1000) / 1000;
  const market = `replay:${fileWith('coarse.csv', formatCandles(coarse.candles))}`;
  const inside = fileWith('fine.csv', formatCandles(fine));
  const bot = fileWith('bot.json', JSON.stringify(BOT));
  const env = { DATA_DIR: join(folder, 'data') };
  const speed = ['--speed', 'max', '--exit-at-end', '--no-web'];
  const started = await runCli(['start', '--market', market, '--inside', inside, '--bot', bot, ...speed], [], env);
  expect(started.code).toBe(0);
  const { cycles } = JSON.parse((await runCli(['cycles', '--limit', '999', '--json'], [], env)).stdout);
  const called = cycles.filter(({ occasionKind }: { occasionKind: string }) => occasionKind === 'event');
  expect(called.length).toBeGreaterThan(10);
  expect(new Set(cycles.map(({ events }: { events: unknown }) => events === null))).toEqual(new Set([true, false]));
  const { stdout } = await runCli(['cycles', '--limit', '999'], [], env);
  for (const { events } of called) for (const event of events) expect(stdout).toContain(marketEventText(event));
});
