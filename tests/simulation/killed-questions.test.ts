import { expect, test } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { StoreRecordings } from '#adapters/models/store-recordings.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Candles } from '#core/candles.ts';
import { RULES_ANALYST } from '#core/model-bots.ts';
import { type Chance, seededChance } from '#core/random.ts';
import type { ChangeSet, SentQuestionRow, Store } from '#ports/store.ts';
import { openModels } from '#server/models/models.ts';
import type { Question } from '#simulator/models/question.ts';
import { modelsWith } from '#simulator/models/twin.ts';
import { modelBotOf } from '#tests/builders/bots.ts';
import { generateHours } from '#tests/builders/generated-candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { askingOf } from '#tests/builders/models.ts';
import { compose, everythingIn } from './stored-run.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const WARM_UP = 60;
const CLOSES = 40;
const LIVES = 6;
const MODELS = ['deepseek/deepseek-chat-v3.1', 'qwen/qwen3-vl-235b-a22b-instruct'];
const BOTS = ['one', 'two'].map((name) =>
  modelBotOf('model-vote', {
    ...{ name, symbols: SYMBOLS, timeframe: '1h', capital: 100_000, sizing: { percentOfCapital: 10 } },
    ...{ warmupCandles: WARM_UP, models: [...MODELS, RULES_ANALYST] },
    prompt: { name, version: 1, system: '{{rules}}', user: `QUESTION ${name} {{symbol}} {{time}} END price {{price}}` },
  }),
);

/** A program that dies once: from then on nothing that it does is stored. */
interface Life {
  /** So many more requests reach the server, or are kept as sent, before it ends. */
  left: number;
  readonly endsAt: 'a request' | 'what is kept of one';
  isOver: boolean;
}

function lifeOf(chance: Chance): Life {
  return {
    left: 5 + Math.floor(chance.next() * 40),
    endsAt: chance.next() < 0.7 ? 'a request' : 'what is kept of one',
    isOver: false,
  };
}

function pass(life: Life, what: Life['endsAt']): void {
  if (life.endsAt === what && --life.left === 0) life.isOver = true;
}

function storeOf(life: Life, inner: Store, sent: SentQuestionRow[]): Store {
  return new Proxy(inner, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        if (life.isOver) throw new Error('killed');
        const committed = await target.commit(changes);
        sent.push(...changes.add.sentQuestions);
        if (changes.add.sentQuestions.length > 0) pass(life, 'what is kept of one');
        if (life.isOver) throw new Error('killed');
        return committed;
      };
    },
  });
}

async function run(store: Store, candles: readonly Candles[], modelsUrl: string): Promise<void> {
  const config = { modelsUrl, modelsKey: 'sk-test', modelsFile: undefined };
  const models = (await openModels(config, BOTS, () => undefined)).forBots(new StoreRecordings(store));
  const recordings = SYMBOLS.map((symbol, k) => ({
    instrument: instrumentOf({ symbol, tick: '0.01', lot: '0.001' }),
    candles: candles[k]!,
  }));
  const market = new ReplayMarket('replay:hours', recordings);
  const asking = (bot: (typeof BOTS)[number]) => askingOf(models.of(bot));
  const composed = await compose(
    ...([store, market, BOTS, undefined, undefined, {}, undefined, undefined] as const),
    (bot) => asking(bot as (typeof BOTS)[number]),
  );
  await composed.run();
}

test.each([1, 2, 3])(
  'no question reaches a slow server twice, however often the program is killed: seed %i',
  { timeout: 60_000 },
  async (seed) => {
    const chance = seededChance(seed);
    const lives = Array.from({ length: LIVES }, () => lifeOf(chance));
    const requests: string[] = [];
    let life = lives[0]!;
    const answer = ({ text, model }: Question) => {
      requests.push(`${model} ${/QUESTION (.+?) END/.exec(text)![1]}`);
      pass(life, 'a request');
      const price = Number(/price ([\d.]+)/.exec(text)![1]);
      const levels = { stop: price * 0.98, target: price * 1.05 };
      const json = { recommendation: 'buy', confidence: 0.8, reasoning: 'so', ...levels, trend: 'up' };
      return { json, delayMs: 1 + Math.floor(chance.next() * 10) };
    };
    const simulator = await openServices([modelsWith({ rules: [{ answer }] })]);
    const url = simulator.services[0]!.urls.openrouter!;
    const candles = SYMBOLS.map((_, k) => generateHours(WARM_UP + CLOSES, 30 + k));
    const store = new MemoryStore();
    const sent: SentQuestionRow[] = [];
    for (life of lives) await expect(run(storeOf(life, store, sent), candles, url)).rejects.toThrow('killed');
    const before = requests.length;
    life = { left: Number.POSITIVE_INFINITY, endsAt: 'a request', isOver: false };
    await run(storeOf(life, store, sent), candles, url);

    expect(new Set(requests).size).toBe(requests.length);
    expect(requests.length - before).toBeGreaterThan(100);
    expect(sent.length).toBeGreaterThanOrEqual(requests.length);
    expect(new Set(sent.map(({ model }) => model))).toEqual(new Set(MODELS));
    const { analyses, decisions, trades } = await everythingIn(store);
    const failures = Map.groupBy(analyses, ({ failure }) => failure);
    // At least the question at which each life ended; no model is left alone for it, and the rules answer always.
    expect(failures.get('interrupted')!.length).toBeGreaterThanOrEqual(LIVES);
    expect(new Set(failures.keys())).toEqual(new Set([null, 'interrupted']));
    for (const { why, analyst } of failures.get('interrupted')!) {
      expect(why).toMatch(
        /^it was asked at .*Z, and the program ended before the answer came: nothing is asked twice$/,
      );
      expect(MODELS).toContain(analyst);
    }
    // Whatever was cut off, each bot went on to the last close of each symbol.
    const last = Math.max(...decisions.map(({ occasion }) => occasion));
    const atLast = analyses.filter(({ occasion }) => occasion === last);
    expect(atLast).toHaveLength(BOTS.length * SYMBOLS.length * (MODELS.length + 1));
    expect(trades.length).toBeGreaterThan(3);
  },
);
