import { beforeEach, expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { epochMs } from '#core/time.ts';
import type { Asker, ModelAnswer, ModelQuestion, Models } from '#ports/models.ts';
import { foundation } from '#tests/contracts/store-rows.ts';
import { VirtualClock } from '../clock/virtual.ts';
import { MemoryStore } from '../store/memory/store.ts';
import { OnceModels } from './once-models.ts';
import { questionId } from './question.ts';
import { RecordedModels } from './recorded-models.ts';
import { RestingModels } from './resting-models.ts';
import { StoreRecordings } from './store-recordings.ts';

const START = epochMs(1_700_000_000_000);
const NEVER = new AbortController().signal;
const QUESTION: ModelQuestion = {
  ...{ model: 'a', promptName: 'vote/1', system: 'you are asked', user: 'what now?', facts: {}, images: [] },
  ...{ schema: { name: 'vote', json: { type: 'object' } }, parameters: { maxTokens: 500 } },
};

/** Never answers, until it is called off. */
class Silent implements Models {
  asked = 0;

  async ask(question: ModelQuestion, _asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    this.asked += 1;
    await new Promise<void>((resolve) => {
      if (abort.aborted) resolve();
      else abort.addEventListener('abort', () => resolve(), { once: true });
    });
    const nothing = { raw: undefined, usage: undefined, latencyMs: 0, isRecorded: false };
    return {
      kind: 'failed',
      id: questionId(question),
      failure: 'late',
      why: 'the question was called off',
      ...nothing,
    };
  }
}

let store: MemoryStore;
let silent: Silent;

beforeEach(async () => {
  store = new MemoryStore();
  await store.commit(foundation());
  silent = new Silent();
});

/** The models of a program that was just started. */
function started(say: (line: string) => void = () => undefined): Models {
  const clock = new VirtualClock(START, 1);
  const recordings = new StoreRecordings(store);
  const asked = new RestingModels(new OnceModels(silent, recordings, clock), clock, say);
  return new RecordedModels(asked, recordings, 'same-occasion', clock);
}

function askerOf(occasion: number): Asker {
  const at = epochMs(START + occasion);
  return { botId: 'b' as BotId, symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h', occasion: at };
}

const interrupted = {
  kind: 'failed',
  failure: 'interrupted',
  why: 'it was asked at 2023-11-14T22:13:20.000Z, and the program ended before the answer came: nothing is asked twice',
};

test('a question that a kill cut off is not sent again, whatever its words are by then, and its reason is kept', async () => {
  // Nothing comes of it: the program is gone.
  void started().ask(QUESTION, askerOf(0), NEVER);
  await expect.poll(() => silent.asked).toBe(1);
  const reworded = { ...QUESTION, user: 'what now, then?' };
  expect(await started().ask(reworded, askerOf(0), NEVER)).toMatchObject({ ...interrupted, isRecorded: false });
  expect(await started().ask(QUESTION, askerOf(0), NEVER)).toMatchObject({ ...interrupted, isRecorded: true });
  expect(silent.asked).toBe(1);
  expect(await store.spentUsd(START, undefined)).toBe(0);
});

test('a question that a clean stop called off is cut off too, and so is one that had not gone out by then', async () => {
  const stop = new AbortController();
  const models = started();
  const underway = models.ask(QUESTION, askerOf(0), stop.signal);
  await expect.poll(() => silent.asked).toBe(1);
  stop.abort();
  const calledOff = { failure: 'interrupted', why: 'it was called off as the program ended: nothing is asked twice' };
  const tooLate = { failure: 'interrupted', why: 'the program was ending: it was not asked' };
  expect(await underway).toMatchObject(calledOff);
  expect(await models.ask(QUESTION, askerOf(1), stop.signal)).toMatchObject(tooLate);
  expect(await started().ask(QUESTION, askerOf(0), NEVER)).toMatchObject({ ...calledOff, isRecorded: true });
  expect(await started().ask(QUESTION, askerOf(1), NEVER)).toMatchObject({ ...tooLate, isRecorded: true });
  expect(silent.asked).toBe(1);
  expect(await store.sentQuestion({ ...askerOf(1), model: 'a', promptName: 'vote/1' })).toBeUndefined();
});

test('questions that were cut off are no failures of their model', async () => {
  for (let k = 0; k < 5; k++) void started().ask(QUESTION, askerOf(k), NEVER);
  await expect.poll(() => silent.asked).toBe(5);
  const models = started(() => expect.unreachable());
  for (let k = 0; k < 5; k++) expect(await models.ask(QUESTION, askerOf(k), NEVER)).toMatchObject(interrupted);
});
