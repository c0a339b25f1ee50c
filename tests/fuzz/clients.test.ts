import { EventEmitter } from 'node:events';
import type { WebsocketClient } from 'bybit-api';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { CcxtClient } from '#adapters/market-data/ccxt/client.ts';
import { ChatModels } from '#adapters/models/chat-models.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { PrivateConnection } from '#adapters/venues/bybit/connection.ts';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import { BTC, openKraken } from '#tests/builders/loopback-kraken.ts';
import { FUZZ_RUNS, hasNaN, mangled, mangledJson, one } from '#tests/builders/mangled.ts';
import { CHILD_ROW, EXECUTION_ROW, FUNDING_ROW, ORDER_ROW } from '#tests/fixtures/bybit-messages.ts';

/** Whole adapters with the libraries they keep, which read every message before our decoders do. */

const JSON_TYPE = { headers: { 'content-type': 'application/json' } };
const SYMBOL = BTC as MarketSymbol;
const CALLS = Math.ceil(FUZZ_RUNS / 100);

/** No call has to wait for those before it: a minute passes with each look at the clock. */
function hastyClock(wall: () => EpochMs) {
  let passed = 0;
  return {
    ...systemClock,
    wall,
    mono: () => {
      passed += 60_000;
      return passed;
    },
  };
}

afterEach(() => void vi.unstubAllGlobals());

test(`${CALLS} answers of Kraken through CCXT give a value or a typed error`, { timeout: 600_000 }, async () => {
  const { simulator } = await openKraken();
  const clock = hastyClock(() => simulator.line.now);
  const options = { clock, random: systemRandom, timeoutMs: 10_000, retries: 0, betweenMs: 0.01 };
  const client = (await CcxtClient.load('kraken', { ...options, address: simulator.service('kraken').address }))!;
  await client.loadMarkets();
  const asks = [
    () => client.candles(SYMBOL, '1m', 0 as EpochMs),
    () => client.trades!.page(SYMBOL, client.trades!.before((simulator.line.now - 600_000) as EpochMs)),
    () => client.tickers([SYMBOL]),
  ];
  const sound: unknown[] = [];
  const real = fetch;
  for (const ask of asks) {
    vi.stubGlobal('fetch', async (...call: Parameters<typeof fetch>) => {
      const text = await (await real(...call)).text();
      sound.push(shortened(JSON.parse(text)));
      return new Response(text, JSON_TYPE);
    });
    await ask();
  }
  expect(sound).toHaveLength(asks.length);
  const chance = seededChance(3);
  const counts = { values: 0, errors: 0 };
  for (let run = 0; run < CALLS; run++) {
    const which = Math.floor(chance.next() * asks.length);
    const body = mangledJson(sound[which], chance);
    vi.stubGlobal('fetch', async () => new Response(body, JSON_TYPE));
    try {
      const value = await asks[which]!();
      counts.values += 1;
      if (hasNaN(value)) expect.fail(`NaN from ${body}`);
    } catch (error) {
      counts.errors += 1;
      if (!(error instanceof MarketUnavailable || error instanceof SeriesUnavailable))
        throw new Error(`untyped from ${body}`, { cause: error });
    }
  }
  expect(Math.min(counts.values, counts.errors)).toBeGreaterThan(CALLS / 20);
});

/** The first rows of each list: what is mangled is a part of little then. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 12).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]));
}

const COMPLETION = {
  id: 'gen-1',
  model: 'm',
  choices: [
    { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: '{"action":"hold"}', refusal: null } },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.001 },
};

test(`${CALLS} answers of model servers give an answer or a failure`, { timeout: 600_000 }, async () => {
  const chance = seededChance(5);
  const kinds = new Set<string>();
  for (let run = 0; run < CALLS; run++) {
    const status = chance.next() < 0.9 ? 200 : one([400, 402, 429, 500, 204], chance);
    vi.stubGlobal('fetch', async () => {
      const body = mangledJson(COMPLETION, chance);
      return new Response(status === 204 ? null : body, { status, ...JSON_TYPE });
    });
    const server = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k', timeLimitMs: 10_000, structured: true, extras: {} };
    const models = new ChatModels({ ...server, prices: {} }, systemClock);
    const question = {
      model: 'm',
      promptName: 'vote/1',
      system: 's',
      user: 'u',
      facts: {},
      images: [],
      schema: { name: 'vote', json: {} },
      parameters: { maxTokens: 100 },
    };
    const asker = { botId: 'bot' as BotId, symbol: SYMBOL, timeframe: '1h', occasion: 0 as EpochMs } as const;
    const told = await models.ask(question, asker, new AbortController().signal);
    kinds.add(told.kind);
    expect(hasNaN(told)).toBe(false);
  }
  expect([...kinds].sort()).toEqual(['answered', 'failed']);
});

test(`${FUZZ_RUNS / 10} messages of Bybit's private stream are told, or are a gap`, () => {
  const chance = seededChance(9);
  const socket = Object.assign(new EventEmitter(), { closeAll: () => undefined });
  const told = { news: 0, gaps: 0 };
  const hear = (report: unknown) => {
    told.news += 1;
    if (hasNaN(report)) expect.fail('NaN');
  };
  const onGap = () => {
    told.gaps += 1;
  };
  const listener = { onOrder: hear, onFill: hear, onFunding: hear, onGap };
  new PrivateConnection(socket as unknown as WebsocketClient, listener);
  const messages = [
    { topic: 'order.linear', data: [ORDER_ROW, CHILD_ROW] },
    { topic: 'execution.linear', data: [EXECUTION_ROW, FUNDING_ROW] },
  ];
  for (let run = 0; run < FUZZ_RUNS / 10; run++) socket.emit('update', mangled(one(messages, chance), chance));
  expect(Math.min(told.news, told.gaps)).toBeGreaterThan(FUZZ_RUNS / 100);
});
