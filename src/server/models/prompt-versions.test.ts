import { describe, expect, test } from 'vitest';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { readBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import { BUILT_IN_PROMPTS } from '#core/built-in-prompts.ts';
import type { EpochMs } from '#core/time.ts';
import { chooseLiveBot } from '#server/accounts/live-bots.ts';
import { newPaperBot, storePaperBots } from '#server/accounts/paper-bots.ts';
import type { VenueAccess } from '#server/accounts/venue-access.ts';
import { botOf, modelBotOf } from '#tests/builders/bots.ts';
import { newPrompts } from './prompt-versions.ts';

const MONDAY = Date.UTC(2026, 10, 16, 9, 30) as EpochMs;
const NEXT_WEEK = (MONDAY + 7 * 86_400_000) as EpochMs;
const MINE = { name: 'mine', version: 1, system: 'Trade breakouts.', user: 'What of {{symbol}}?' };

const MINE_SHA256 = '2b42965976081ca9d0ad02ed396387a0137bcd1b2a44899414743bade5ddb663';
const RULES = { entry: { long: ['close', '>', 0] }, brackets: { stop: { percent: 1 } } };
const BOT_FILE = {
  ...{ name: 'two', kind: 'model-vote', capital: 1_000, symbols: ['BTC/USDT'], timeframe: '5m' },
  sizing: { percentOfCapital: 20 },
};

const started = (prompt: object | string = MINE, name = 'one') => ({ bot: modelBotOf('model-vote', { name, prompt }) });
const silent = (line: string) => expect.unreachable(line);

/** A store in which bots with these prompts were started a week ago. */
async function startedWith(...prompts: readonly (object | string)[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const fresh = prompts.map((prompt) => started(prompt));
  await storePaperBots(store, [], await newPrompts(store, { there: [], fresh }, MONDAY, silent));
  return store;
}

const refusal = (held: string, fix: string) =>
  `Cannot run "two" as a version of a prompt never changes: ${held}; give the new text ${fix}`;
const stored = (name: string) => `another text is stored under ${name} since 2026-11-16 09:30 UTC`;

test('prompts are kept once, with their hash and when they were first seen', async () => {
  const store = await startedWith(MINE, MINE, 'model-vote/1');
  const kept = await store.prompts();
  expect(kept.map(({ name, version }) => `${name}/${version}`)).toEqual(['mine/1', 'model-vote/1']);
  // Of the bytes of ["Trade breakouts.","What of {{symbol}}?"], by sha256sum.
  expect(kept[0]).toEqual({ ...MINE, sha256: MINE_SHA256, firstSeenAt: MONDAY });
  const fresh = [started(), started({ ...MINE, version: 2, user: 'And {{symbol}}?' }), { bot: botOf(RULES) }];
  const rows = await newPrompts(store, { there: [started()], fresh }, NEXT_WEEK, silent);
  expect(rows).toEqual([expect.objectContaining({ name: 'mine', version: 2, firstSeenAt: NEXT_WEEK })]);
});

describe('refuses', () => {
  test.each([
    { name: 'another question', change: { user: 'And {{symbol}}?' } },
    { name: 'another role alone', change: { system: 'Trade ranges.' } },
    { name: 'a space more', change: { system: 'Trade breakouts. ' } },
    { name: 'another end of a line', change: { system: 'Trade breakouts.\r\n' } },
    { name: 'a space inside a place', change: { user: 'What of {{ symbol }}?' } },
    { name: 'a letter that looks the same', change: { system: 'Tradе breakouts.' } },
    { name: 'texts that exchanged their places', change: { system: MINE.user, user: MINE.system } },
  ])('$name under a name and version that were stored', async ({ change }) => {
    const store = await startedWith(MINE);
    const fresh = [started({ ...MINE, ...change }, 'two')];
    await expect(newPrompts(store, { there: [], fresh }, NEXT_WEEK, silent)).rejects.toThrow(
      refusal(stored('mine/1'), 'the version 2'),
    );
  });

  test('letters that are composed otherwise: models are asked with the bytes', async () => {
    const composed = { ...MINE, system: 'Cafe\u0301'.normalize('NFC') };
    const store = await startedWith(composed);
    const fresh = [started({ ...MINE, system: composed.system.normalize('NFD') }, 'two')];
    await expect(newPrompts(store, { there: [], fresh }, NEXT_WEEK, silent)).rejects.toThrow(stored('mine/1'));
  });

  test.each([
    { name: 'after the highest stored', versions: [7, 1, 3], held: 1, fix: 'the version 8' },
    { name: 'under another name where there is none', versions: [3, 10_000], held: 3, fix: 'another name' },
  ])('with a version that is free: $name', async ({ versions, held, fix }) => {
    const others = { ...MINE, name: 'mine-too', version: 40 };
    const store = await startedWith(...versions.map((version) => ({ ...MINE, version })), others);
    const fresh = [started({ ...MINE, version: held, system: 'Other.' }, 'two')];
    await expect(newPrompts(store, { there: [], fresh }, NEXT_WEEK, silent)).rejects.toThrow(
      refusal(stored(`mine/${held}`), fix),
    );
  });

  test('a text that another bot of this start has otherwise, counting the versions that come with it', async () => {
    const store = new MemoryStore();
    const fresh = [started(), started({ ...MINE, version: 2 }), started({ ...MINE, system: 'Other.' }, 'two')];
    await expect(newPrompts(store, { there: [], fresh }, NEXT_WEEK, silent)).rejects.toThrow(
      refusal('"one" has another text under mine/1', 'the version 3'),
    );
  });

  test('a bot on an account at a venue that has another text than a paper bot had, before the venue is called', async () => {
    const store = await startedWith(MINE);
    const text = JSON.stringify({ ...BOT_FILE, prompt: { ...MINE, system: 'Other.' } });
    const never = () => expect.unreachable('the market was asked');
    const chosen = { name: 'bybit-linear', speed: null, timeframe: undefined, now: never, open: never };
    const access: VenueAccess = {
      ...{ venue: 'bybit', environment: 'demo', key: 'k', secret: 's' },
      ...{ address: 'http://127.0.0.1:1', isReal: false },
    };
    const bot = readBotFile(text);
    await expect(chooseLiveBot([{ bot, text }], chosen, store, access, silent)).rejects.toThrow(
      refusal(stored('mine/1'), 'the version 2'),
    );
    expect([await store.bots(), await store.accounts()]).toEqual([[], []]);
  });
});

test('a stored bot from before prompts were kept goes on with its own text, and this is said', async () => {
  const store = await startedWith(MINE);
  const said: string[] = [];
  const there = [started({ ...MINE, system: 'Other.' }, 'two'), started()];
  expect(await newPrompts(store, { there, fresh: [] }, NEXT_WEEK, (line) => said.push(line))).toEqual([]);
  expect(said).toEqual([
    `"two" goes on with its own text, though ${stored('mine/1')}: its bot file alone explains its decisions.`,
  ]);
});

test.each([
  {
    name: 'a version that came with Autotrader later',
    prompt: { ...MINE, name: 'model-vote', version: 2 },
    why: 'another text comes with Autotrader under model-vote/2',
  },
  {
    name: 'a text that cannot be kept',
    prompt: { ...MINE, user: 'a\0b' },
    why: 'it has U+0000 or halves of characters and cannot be kept',
  },
])('a stored bot goes on with $name, and new bots ask with what comes with Autotrader', async ({ prompt, why }) => {
  const store = new MemoryStore();
  const said: string[] = [];
  const { bot } = started();
  const there = [{ bot: { ...bot, prompt } as Bot }];
  const fresh = [started('model-vote/2', 'two')];
  const rows = await newPrompts(store, { there, fresh }, MONDAY, (line) => said.push(line));
  expect(said).toEqual([`"one" goes on with its own text, though ${why}: its bot file alone explains its decisions.`]);
  await storePaperBots(store, [], rows);
  expect(await store.prompts()).toMatchObject([BUILT_IN_PROMPTS.get('model-vote/2')]);
});

test('a prompt that got another text meanwhile stores neither the bot nor its account', async () => {
  const store = new MemoryStore();
  const prompts = await newPrompts(store, { there: [], fresh: [started()] }, NEXT_WEEK, silent);
  const other = await newPrompts(store, { there: [], fresh: [started({ ...MINE, system: 'Other.' })] }, MONDAY, silent);
  await storePaperBots(store, [], other);
  const { bot } = started();
  const wanted = [newPaperBot(bot, '{}', 'simulated', NEXT_WEEK)];
  await expect(storePaperBots(store, wanted, prompts)).rejects.toThrow(
    expect.objectContaining({ name: 'StoreConflict' }),
  );
  expect([await store.bots(), await store.accounts(), await store.prompts()]).toEqual([[], [], other]);
});
