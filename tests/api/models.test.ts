import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RulesAnalyst } from '#adapters/models/rules-analyst.ts';
import { Bots, Decisions, Models } from '#contract/api.ts';
import { askingOf } from '#tests/builders/models.ts';
import { WatchedEngine } from './watched-engine.ts';

const watched = new WatchedEngine();
let safeMode: string | undefined;

beforeAll(async () => {
  const file = JSON.parse(await readFile('examples/model-vote.json', 'utf8'));
  const asking = askingOf(new RulesAnalyst());
  await watched.open(400, file, { asking: () => asking, safeMode: () => safeMode });
  await watched.engine.run();
});
afterAll(() => watched.close());

const get = async (url: string) => (await watched.app.inject({ url })).json();

test('decisions are told with everything they were made from, newest first, page by page', async () => {
  const first = Decisions.strict().parse(await get('/api/decisions?limit=3'));
  expect(first.decisions).toHaveLength(3);
  const [newest, second] = first.decisions;
  expect(newest!.occasion).toBeGreaterThan(second!.occasion);
  const all = Decisions.parse(await get('/api/decisions?limit=1000')).decisions;
  const next = Decisions.parse(await get(`/api/decisions?limit=3&after=${first.next}`)).decisions;
  expect([...first.decisions, ...next]).toEqual(all.slice(0, 6));
  expect(new Set(all.map(({ final }) => final))).toEqual(new Set(['hold', 'enter-long', 'enter-short']));
  expect(all.every(({ promptName }) => promptName === 'model-vote/2')).toBe(true);
  const told = all.find(({ input }) => input.basis !== undefined)!;
  expect(told.input).toMatchObject({
    basis: {
      rule: expect.stringMatching(/^majority vote: /),
      opinions: [{ analyst: 'rules (no model)' }, { analyst: 'rules (no model): reversion' }],
    },
    indicators: { 'rsi(14)': expect.any(Number) },
  });
});

test('of each model it is told how often it was right, n beside the rate', async () => {
  const { hitAfterCandles, models } = Models.strict().parse(await get('/api/models'));
  expect(hitAfterCandles).toBe(12);
  expect(models.map(({ analyst }) => analyst).sort()).toEqual(['rules (no model)', 'rules (no model): reversion']);
  const trend = models.find(({ analyst }) => analyst === 'rules (no model)')!;
  const { n, hits, rate, interval, asked, recommended } = trend;
  expect(n).toBeGreaterThan(20);
  // All but those of the last candles are old enough to tell.
  expect(recommended.buy + recommended.sell - n).toBeLessThanOrEqual(12);
  expect(recommended.buy + recommended.sell + recommended.hold).toBe(asked);
  expect(rate).toBeCloseTo(hits / n, 12);
  expect(interval!.low).toBeLessThan(rate!);
  expect(Models.parse(await get('/api/models?botId=none')).models).toEqual([]);
});

test('a bot whose model is left alone is paused, with the reason', async () => {
  safeMode = 'safe mode: it failed';
  expect(Bots.parse(await get('/api/bots')).bots).toMatchObject([{ status: 'paused', why: safeMode }]);
  safeMode = undefined;
  expect(Bots.parse(await get('/api/bots')).bots).toMatchObject([{ status: 'running', why: null }]);
});
