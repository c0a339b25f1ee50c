import { mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import type { Asker, ModelAnswer, ModelFailure, ModelQuestion, Models } from '#ports/models.ts';
import { VirtualClock } from '../clock/virtual.ts';
import { questionId } from './question.ts';
import { type Recall, RecordedModels } from './recorded-models.ts';
import { RecordingFile } from './recording-file.ts';
import { RestingModels } from './resting-models.ts';

const START = epochMs(1_700_000_000_000);
const never = new AbortController().signal;

function questionOf(user = 'what now?', model = 'model-a'): ModelQuestion {
  return {
    model,
    promptName: 'vote/1',
    system: 'you are asked',
    user,
    facts: { price: 1 },
    images: [],
    schema: { name: 'vote', json: { type: 'object' } },
    parameters: { maxTokens: 500 },
  };
}

function askerOf(occasion = 0, botId = 'bot'): Asker {
  return {
    botId: botId as BotId,
    symbol: 'BTC/USDT' as MarketSymbol,
    timeframe: '1h',
    occasion: (START + occasion) as EpochMs,
  };
}

/** Answers as it is told to, and counts. */
class Scripted implements Models {
  asked = 0;
  next: ModelFailure | 'answer' = 'answer';
  costUsd: number | undefined = 0.01;

  async ask(question: ModelQuestion): Promise<ModelAnswer> {
    this.asked += 1;
    const id = questionId(question);
    const usage = { promptTokens: 100, completionTokens: 10, costUsd: this.costUsd };
    const common = { id, usage, latencyMs: 5, isRecorded: false };
    if (this.next !== 'answer')
      return { ...common, kind: 'failed', failure: this.next, why: 'it is told to', raw: undefined };
    return { ...common, kind: 'answered', value: { n: this.asked }, raw: `{"n":${this.asked}}`, model: question.model };
  }
}

let path: string;
let file: RecordingFile;
let clock: VirtualClock;
let scripted: Scripted;

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'recording-')), 'recording.jsonl.gz');
  file = await RecordingFile.open(path);
  clock = new VirtualClock(START, 1);
  scripted = new Scripted();
});

const recorded = (recall: Recall) => new RecordedModels(scripted, file, recall, clock);

test('the hash of a question is of all that is asked and of nothing else', () => {
  const base = questionId(questionOf());
  expect(questionId(questionOf())).toBe(base);
  // As it was before there were extras: recordings keep their worth.
  expect(base).toBe('175c40a832bbbe5584d9ed279f5414884366c5dc94018bb59af76de1985e9b29');
  const others: ModelQuestion[] = [
    questionOf('what then?'),
    questionOf('what now?', 'model-b'),
    { ...questionOf(), promptName: 'vote/2' },
    { ...questionOf(), facts: { price: 2 } },
    { ...questionOf(), system: 'you are asked!' },
    { ...questionOf(), schema: { name: 'vote', json: {} } },
    { ...questionOf(), parameters: { maxTokens: 501 } },
    { ...questionOf(), parameters: { maxTokens: 500, temperature: 0 } },
    { ...questionOf(), parameters: { maxTokens: 500, extras: {} } },
    { ...questionOf(), parameters: { maxTokens: 500, extras: { reasoning_effort: 'high' } } },
    { ...questionOf(), parameters: { maxTokens: 500, extras: { reasoning_effort: 'low' } } },
    { ...questionOf(), images: [{ png: new Uint8Array(), sha256: 'aa', drawnFrom: 'bb', width: 1, height: 1 }] },
  ];
  expect(new Set(others.map(questionId)).add(base).size).toBe(others.length + 1);
});

describe('a recording', () => {
  test('answers again what was asked, also after it was closed, and never asks in replay', async () => {
    const first = await recorded('same-question').ask(questionOf(), askerOf(), never);
    file = await RecordingFile.open(path);
    for (const recall of ['same-question', 'nothing-else'] as const) {
      expect(await recorded(recall).ask(questionOf(), askerOf(3_600_000), never)).toEqual({
        ...first,
        isRecorded: true,
      });
    }
    expect(scripted.asked).toBe(1);
  });

  test('a miss in replay is a failure that names it', async () => {
    const answer = await recorded('nothing-else').ask(questionOf(), askerOf(), never);
    expect(answer).toMatchObject({ kind: 'failed', failure: 'not-recorded' });
    expect((answer as { why: string }).why).toContain(
      'model-a with vote/1 about BTC/USDT 1h at 2023-11-14T22:13:20.000Z',
    );
    expect(scripted.asked).toBe(0);
  });

  test('live, it serves the same bot on the same occasion alone', async () => {
    await recorded('same-occasion').ask(questionOf(), askerOf(), never);
    await recorded('same-occasion').ask(questionOf(), askerOf(), never);
    expect(scripted.asked).toBe(1);
    await recorded('same-occasion').ask(questionOf(), askerOf(3_600_000), never);
    await recorded('same-occasion').ask(questionOf(), askerOf(3_600_000, 'other'), never);
    expect(scripted.asked).toBe(3);
  });

  test.each([
    { failure: 'unavailable', asked: 2 },
    { failure: 'late', asked: 2 },
    { failure: 'unparseable', asked: 1 },
    { failure: 'refused', asked: 1 },
  ] as const)(
    'a failure that was $failure is asked $asked times when recording, and replays as it was',
    async ({ failure, asked }) => {
      scripted.next = failure;
      await recorded('same-question').ask(questionOf(), askerOf(), never);
      await recorded('same-question').ask(questionOf(), askerOf(), never);
      expect(scripted.asked).toBe(asked);
      expect(await recorded('nothing-else').ask(questionOf(), askerOf(), never)).toMatchObject({
        kind: 'failed',
        failure,
      });
    },
  );

  test('what was called off is not kept', async () => {
    const abort = new AbortController();
    abort.abort();
    scripted.next = 'late';
    await recorded('same-question').ask(questionOf(), askerOf(), abort.signal);
    expect(file.size).toBe(0);
    // An answer that came all the same was paid for.
    scripted.next = 'answer';
    await recorded('same-question').ask(questionOf(), askerOf(), abort.signal);
    expect(file.size).toBe(1);
  });

  test.each([
    { ending: '.jsonl', cut: 1 },
    { ending: '.jsonl', cut: 30 },
    { ending: '.jsonl.gz', cut: 3 },
    { ending: '.jsonl.gz', cut: 60 },
  ])(
    'an end that is missing $cut bytes of a $ending costs one answer at most, and is mended',
    async ({ ending, cut }) => {
      const torn = path.replace('.jsonl.gz', `-torn${ending}`);
      const open = async () => {
        const recordings = await RecordingFile.open(torn);
        return { recordings, models: new RecordedModels(scripted, recordings, 'same-question', clock) };
      };
      const ask = async (words: string[]) => {
        const { models } = await open();
        for (const word of words) expect((await models.ask(questionOf(word), askerOf(), never)).kind).toBe('answered');
      };
      await ask(['a', 'b', 'c']);
      await truncate(torn, (await stat(torn)).size - cut);
      expect((await open()).recordings.size).toBeGreaterThanOrEqual(2);
      await ask(['a', 'b', 'c', 'd']);
      expect((await open()).recordings.size).toBe(4);
      expect(scripted.asked).toBeLessThanOrEqual(5);
    },
  );

  test('long answers that come at once are written one after the other', async () => {
    const plain = path.replace('.gz', '');
    const recordings = await RecordingFile.open(plain);
    const long: Models = {
      ask: async (question) => ({
        ...{ kind: 'failed', id: questionId(question), failure: 'unparseable', why: 'it is long' },
        ...{ raw: 'x'.repeat(2_000_000), usage: undefined, latencyMs: 1, isRecorded: false },
      }),
    };
    const models = new RecordedModels(long, recordings, 'same-question', clock);
    await Promise.all(['a', 'b', 'c', 'd'].map((word) => models.ask(questionOf(word), askerOf(), never)));
    expect((await RecordingFile.open(plain)).size).toBe(4);
  });

  test('a broken line is one sentence with the file and the line', async () => {
    await recorded('same-question').ask(questionOf(), askerOf(), never);
    const broken = path.replace('.gz', '');
    await writeFile(broken, '\n{"id":1}\n');
    await expect(RecordingFile.open(broken)).rejects.toThrow(
      `"${broken}" as line 2 must be a question with its answer`,
    );
    await writeFile(broken.replace('.jsonl', '.gz'), await readFile(broken));
    await expect(RecordingFile.open(broken.replace('.jsonl', '.gz'))).rejects.toThrow('incorrect header check');
  });
});

describe('a model that fails', () => {
  test('is left alone no longer for all that was on its way at once', async () => {
    const models = new RestingModels(scripted, clock, () => {});
    const askTen = () => Promise.all(Array.from({ length: 10 }, () => models.ask(questionOf(), askerOf(), never)));
    scripted.next = 'unavailable';
    await askTen();
    expect([...models.resting().values()]).toEqual([60_000]);
    await clock.run(epochMs(START + 60_000));
    await askTen();
    expect([...models.resting().values()]).toEqual([120_000]);
  });

  test('is left alone after three failures in a row, said once, and recovers by itself', async () => {
    const said: string[] = [];
    const models = new RestingModels(scripted, clock, (line) => said.push(line));
    const ask = async (model = 'model-a') => {
      const answer = await models.ask(questionOf('now?', model), askerOf(), never);
      return answer.kind === 'failed' ? answer.failure : answer.kind;
    };
    scripted.next = 'unavailable';
    expect([await ask(), await ask()]).toEqual(['unavailable', 'unavailable']);
    scripted.next = 'answer';
    expect(await ask()).toBe('answered');
    scripted.next = 'unparseable';
    for (let k = 0; k < 3; k++) expect(await ask()).toBe('unparseable');
    expect(said).toEqual([expect.stringContaining('model-a failed 3 times in a row')]);
    expect(await ask()).toBe('resting');
    scripted.next = 'answer';
    expect(await ask('model-b')).toBe('answered');
    expect(await ask()).toBe('resting');
    await clock.run(epochMs(START + 60_000));
    scripted.next = 'late';
    expect(await ask()).toBe('late');
    // It rests longer each time.
    await clock.run(epochMs(START + 120_000));
    expect(await ask()).toBe('resting');
    await clock.run(epochMs(START + 180_000));
    scripted.next = 'answer';
    expect([await ask(), await ask()]).toEqual(['answered', 'answered']);
    expect(said).toEqual([expect.any(String), 'model-a answers again; its bots may enter again.']);
  });

  test('a spent budget is not its fault', async () => {
    const models = new RestingModels(scripted, clock, () => expect.unreachable());
    scripted.next = 'over-budget';
    for (let k = 0; k < 5; k++) await models.ask(questionOf(), askerOf(), never);
    expect(scripted.asked).toBe(5);
  });
});
