import { describe, expect, test } from 'vitest';
import { DrawnCharts } from '#adapters/charts/drawn.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { StoreRecordings } from '#adapters/models/store-recordings.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { Candles } from '#core/candles.ts';
import type { ChangeSet, QuestionRow, Store } from '#ports/store.ts';
import { readCandleFile } from '#server/files/candle-files.ts';
import { openModels } from '#server/models/models.ts';
import type { Question } from '#simulator/models/question.ts';
import { modelsWith } from '#simulator/models/twin.ts';
import { botOf, modelBotOf } from '#tests/builders/bots.ts';
import { generateHours } from '#tests/builders/generated-candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { askingOf } from '#tests/builders/models.ts';
import { areThere, casesPath } from '#tests/conformance/cases.ts';
import { compose, everythingIn } from './stored-run.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const WARM_UP = 60;
const SEES = 'qwen/qwen3-vl-235b-a22b-instruct';
const BLIND = 'deepseek/deepseek-chat-v3.1';
const FILE = {
  symbols: SYMBOLS,
  timeframe: '1h',
  capital: 100_000,
  sizing: { percentOfCapital: 20 },
  warmupCandles: WARM_UP,
};
const BOTS = [
  botOf({
    ...{ ...FILE, name: 'rules', entry: { long: ['ema(10)', '>', 'ema(30)'], short: ['ema(10)', '<', 'ema(30)'] } },
    brackets: { stop: { atrMultiple: 3, period: 14 }, target: { riskMultiple: 2 } },
  }),
  modelBotOf('chart-vision', { ...FILE, name: 'vision', model: SEES, chart: { width: 400, height: 300, candles: 60 } }),
  modelBotOf('model-vote', { ...FILE, name: 'vote' }),
];

/** A model that goes with the averages it is told of, and now and then writes nonsense first. */
function answer({ text, images }: Question) {
  const told = (name: string) => Number(new RegExp(`${name}: ([\\d.]+)`).exec(text)?.[1]);
  const price = Number(/price ([\d.]+)/.exec(text)![1]);
  const [fast, slow, rsi, atr] = ['ema\\(20\\)', 'ema\\(50\\)', 'rsi\\(14\\)', 'atr\\(14\\)'].map(told) as [
    number,
    number,
    number,
    number,
  ];
  // Asked again it does better.
  if (Math.round(rsi) % 11 === 0 && !text.includes('Answer with the JSON object alone'))
    return { content: 'Markets are hard.' };
  const recommendation = Math.abs(fast - slow) < atr / 4 ? 'hold' : fast > slow ? 'buy' : 'sell';
  const sign = recommendation === 'buy' ? 1 : -1;
  const levels = { stop: price - sign * 2 * atr, target: price + sign * 4 * atr };
  const words =
    images.length === 0
      ? { confidence: 0.5 + Math.min(Math.abs(rsi - 50), 40) / 100, reasoning: 'The averages.' }
      : {
          ...{ entry: price, setup_quality: 0.8, risk_reward: 2, market_environment: 0.7, support: null },
          ...{ resistance: null, invalidation_level: null, summary: 'The averages.' },
        };
  return { json: { recommendation, ...levels, ...words, trend: fast > slow ? 'up' : 'down' }, form: 'fenced' as const };
}

function replay(candles: readonly Candles[]): ReplayMarket {
  const recordings = SYMBOLS.map((symbol, k) => ({
    instrument: instrumentOf({ symbol, tick: '0.01', lot: '0.001' }),
    candles: candles[k]!,
  }));
  return new ReplayMarket('replay:hours', recordings);
}

/** Dies, for good, at the first commit of an order after so many questions were kept; tells which were kept by then. */
function mortal(inner: Store, questions: number) {
  const kept = new Set<string>();
  let isDead = false;
  const store = new Proxy(inner, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        isDead ||= kept.size >= questions && changes.put.orders.length > 0;
        if (isDead) throw new Error('killed');
        const committed = await target.commit(changes);
        for (const row of changes.add.questions) kept.add(keyOf(row));
        return committed;
      };
    },
  });
  return { store, kept };
}

function keyOf({ botId, symbol, occasion, model }: QuestionRow): string {
  return [botId, symbol, occasion, model].join(' ');
}

/** All three bots on the candles and on the twin, from where the store has them. */
async function run(store: Store, candles: readonly Candles[], url: string) {
  const config = { modelsUrl: url, modelsKey: 'sk-test', modelsFile: undefined };
  const servers = await openModels(config, BOTS, () => undefined);
  const charts = new DrawnCharts();
  const models = servers.forBots(new StoreRecordings(store));
  const composed = await compose(store, replay(candles), BOTS, undefined, undefined, {}, undefined, undefined, (bot) =>
    askingOf(models.of(bot), charts),
  );
  await composed.run();
}

async function killedAndStartedAgain(candles: readonly Candles[]) {
  const simulator = await openServices([modelsWith({ rules: [{ answer }] })]);
  const url = simulator.services[0]!.urls.openrouter!;
  const asked = () => (simulator.service('models').command('questions', {}) as { text: string }[]).length;
  const store = new MemoryStore();
  const first = mortal(store, (candles[0]!.length - WARM_UP) * 4);
  await expect(run(first.store, candles, url)).rejects.toThrow('killed');
  const kept = new Set(first.kept);
  const before = asked();
  const second = mortal(store, Number.POSITIVE_INFINITY);
  await run(second.store, candles, url);
  return { store, kept, keptAgain: second.kept, before, after: asked() };
}

function describeTenDays(name: string, candlesOf: () => Promise<readonly Candles[]>): void {
  test(`one bot of each kind runs over ${name}; killed in the middle and started again it asks nothing twice`, async () => {
    const candles = await candlesOf();
    const { store, kept, keptAgain, before, after } = await killedAndStartedAgain(candles);
    // In the middle: the first life had some of it, and left some to the second.
    expect(before).toBeGreaterThan(kept.size / 2);
    expect(after - before).toBeGreaterThan(100);
    expect([...keptAgain].filter((key) => kept.has(key))).toEqual([]);
    const { trades, decisions, analyses } = await everythingIn(store);
    const botNames = new Map((await store.bots()).map(({ id, name: bot }) => [id, bot]));
    const traded = (rows: readonly { readonly botId: string }[]) =>
      new Set(rows.map(({ botId }) => botNames.get(botId)));
    expect(traded(trades)).toEqual(new Set(['rules', 'vision', 'vote']));
    expect(traded(decisions)).toEqual(new Set(['rules', 'vision', 'vote']));
    expect(new Set(analyses.map(({ analyst }) => analyst))).toEqual(new Set(['rules', SEES, BLIND]));
    // Each close of each symbol was asked for once by each model, and a repair is no second question.
    const questions = kept.size + keptAgain.size;
    expect(questions).toBeLessThanOrEqual((candles[0]!.length - WARM_UP) * SYMBOLS.length * 3);
  });
}

describe('on a server of models', () => {
  describeTenDays('five days of invented candles', async () =>
    SYMBOLS.map((_, k) => generateHours(WARM_UP + 120, 30 + k)),
  );

  const files = ['BTC', 'ETH', 'SOL'].map((base) => casesPath('..', 'candles', `bybit_linear_${base}USDT_1h.csv.gz`));
  if (areThere('ten days of recorded candles', ...files)) {
    describeTenDays('ten days of recorded candles', async () =>
      Promise.all(
        files.map(async (file) => {
          const { candles } = await readCandleFile(file, { allowGaps: true });
          return lastOf(candles, WARM_UP + 240);
        }),
      ),
    );
  }
});

function lastOf(candles: Candles, count: number): Candles {
  const last = new Candles(candles.timeframe);
  for (let i = candles.length - count; i < candles.length; i++) last.append(candles.at(i));
  return last;
}
