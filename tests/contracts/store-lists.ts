import { describe, expect, test } from 'vitest';
import type { AnalysisRow, Page, PageRequest, Store } from '#ports/store.ts';
import {
  analysis,
  at,
  candle,
  carry,
  changes,
  closedTrade,
  cycle,
  decision,
  fill,
  order,
  prompt,
  question,
  sentQuestion,
  snapshot,
  trade,
} from './store-rows.ts';

type ReadPage = (store: Store, page: PageRequest) => Promise<Page<object>>;

/** What every store answers to its lists; the store has the foundation of `store-rows.ts`. */
export function describeLists(current: () => Store): void {
  describe('lists', () => {
    describePages(current);
    describeCandles(current);

    test('gives the orders that may still do something, oldest first', async () => {
      const store = current();
      const states = ['unknown', 'filled', 'open', 'submitted', 'canceled', 'expired', 'rejected'] as const;
      const orders = states.map((state, index) =>
        order({ clientOrderId: `o${index}`, createdAt: at(900 - index), state }),
      );
      await store.commit(changes({ put: { orders: [...orders, order({ clientOrderId: 'x', botId: 'c' })] } }));
      expect((await store.workingOrders('b')).map((row) => row.clientOrderId)).toEqual(['o3', 'o2', 'o0', 'o']);
    });

    test('gives fills in the order they were applied', async () => {
      const store = current();
      const sequences = [3, 0, 2, 1];
      const fills = sequences.map((sequence) =>
        fill({
          venueTradeId: `f${sequence}`,
          sequence,
          executedAt: at(10 - sequence),
          botId: sequence === 2 ? 'c' : 'b',
        }),
      );
      await store.commit(changes({ add: { fills } }));
      const sequencesOf = async (filter: Parameters<Store['fills']>[0]) =>
        (await store.fills(filter)).map((row) => row.sequence);
      expect(await sequencesOf({})).toEqual([0, 1, 2, 3]);
      expect(await sequencesOf({ accountId: 'a', botId: 'b' })).toEqual([0, 1, 3]);
      expect(await sequencesOf({ botId: 'c' })).toEqual([2]);
      expect(await sequencesOf({ accountId: 'none' })).toEqual([]);
    });

    test('gives funding and interest in the order they were booked', async () => {
      const store = current();
      const carries = [2, 0, 1].map((sequence) =>
        carry({
          sequence,
          at: at(100 - sequence),
          kind: sequence === 1 ? 'interest' : 'funding',
          botId: sequence === 2 ? 'c' : 'b',
        }),
      );
      await store.commit(changes({ add: { carries } }));
      expect(await store.commit(changes({ add: { carries } }))).toEqual({ alreadyThere: 3 });
      expect((await store.carries({ botId: 'b' })).map(({ sequence }) => sequence)).toEqual([0, 1]);
      expect((await store.carries({ botId: 'c' })).map(({ sequence }) => sequence)).toEqual([2]);
    });

    test('gives the open trades of a bot, and the one that closed last', async () => {
      const store = current();
      const early = closedTrade({ id: 't1', createdAt: at(1), closedAt: at(900_000) });
      const late = closedTrade({ id: 't2', createdAt: at(2), closedAt: at(800_000) });
      const other = closedTrade({ id: 't3', symbol: 'ETH/USDT', closedAt: at(950_000) });
      await store.commit(changes({ put: { trades: [early, late, other] } }));
      expect(await store.openTrades('b')).toEqual([trade()]);
      expect(await store.openTrades('c')).toEqual([]);
      expect(await store.lastClosedTrade('b', 'BTC/USDT')).toEqual(early);
      expect(await store.lastClosedTrade('c', 'BTC/USDT')).toBeUndefined();
    });

    test('gives the newest cycle of a bot and symbol', async () => {
      const store = current();
      const called = { occasionKind: 'event', events: '[{"kind":"flash-move"}]', running: '{}' } as const;
      const newest = cycle({ occasion: at(900_000), why: 'newest', ...called });
      const others = [
        cycle({ occasion: at(950_000), symbol: 'ETH/USDT' }),
        cycle({ occasion: at(990_000), botId: 'c' }),
      ];
      await store.commit(changes({ add: { cycles: [cycle(), newest, cycle({ occasion: at(600_000) }), ...others] } }));
      expect(await store.lastCycle('b', 'BTC/USDT')).toEqual(newest);
      expect(await store.lastCycle('b', 'SOL/USDT')).toBeUndefined();
    });

    test('gives the newest decision on a symbol and timeframe', async () => {
      const store = current();
      const newest = decision({ id: 'n', occasion: at(900_000), createdAt: at(1), executed: true });
      const decisions = [
        decision({ id: 'o', occasion: at(600_000), createdAt: at(2) }),
        newest,
        decision({ id: 's', occasion: at(950_000), symbol: 'ETH/USDT' }),
        decision({ id: 't', occasion: at(960_000), timeframe: '1h' }),
        decision({ id: 'c', occasion: at(970_000), botId: 'c' }),
      ];
      await store.commit(changes({ add: { decisions } }));
      const { botId, symbol, timeframe } = newest;
      expect(await store.latestDecision(botId, symbol, timeframe)).toEqual(newest);
      expect(await store.latestDecision(botId, 'SOL/USDT', timeframe)).toBeUndefined();
    });

    test('gives the newest opinion on a symbol and timeframe', async () => {
      const store = current();
      const opinion = (id: string, over: Partial<AnalysisRow>) => analysis({ id, ...over });
      const newest = opinion('n', { occasion: at(900_000), createdAt: at(1), analyst: 'b' });
      const analyses = [
        opinion('o', { occasion: at(600_000), createdAt: at(2) }),
        newest,
        opinion('p', { occasion: at(900_000), createdAt: at(3), analyst: 'a' }),
        opinion('s', { occasion: at(950_000), symbol: 'ETH/USDT' }),
        opinion('t', { occasion: at(960_000), timeframe: '1h' }),
        opinion('c', { occasion: at(970_000), botId: 'c' }),
      ];
      await store.commit(changes({ add: { analyses } }));
      const { botId, symbol, timeframe } = newest;
      expect(await store.latestAnalysis(botId, symbol, timeframe)).toEqual(newest);
      expect(await store.latestAnalysis(botId, 'SOL/USDT', timeframe)).toBeUndefined();
    });

    test('gives a question by its hash, and by who asked what on which occasion; the first answer stays', async () => {
      const store = current();
      const other = question({ occasion: at(600_000), askedAt: at(900_000), answer: '"later"' });
      await store.commit(changes({ add: { questions: [question(), other, question({ botId: 'c', id: 'bb' })] } }));
      await store.commit(changes({ add: { questions: [question({ answer: '"again"', askedAt: at(950_000) })] } }));
      expect(await store.question('aa')).toEqual(other);
      expect(await store.question('bb')).toEqual(question({ botId: 'c', id: 'bb' }));
      expect(await store.question('cc')).toBeUndefined();
      expect(await store.questionOf(question())).toEqual(question());
      for (const change of [
        { model: 'two' },
        { promptName: 'model-vote/2' },
        { symbol: 'ETH/USDT' },
        { occasion: at(1) },
      ])
        expect(await store.questionOf(question(change))).toBeUndefined();
    });

    test('gives that a question went out by who asked what on which occasion; the first time stays', async () => {
      const store = current();
      expect(await store.commit(changes({ add: { sentQuestions: [sentQuestion()] } }))).toEqual({ alreadyThere: 0 });
      const again = sentQuestion({ id: 'bb', sentAt: at(950_000) });
      expect(await store.commit(changes({ add: { sentQuestions: [again] } }))).toEqual({ alreadyThere: 1 });
      expect(await store.sentQuestion(again)).toEqual(sentQuestion());
      expect(await store.questionOf(again)).toBeUndefined();
      for (const change of [
        { botId: 'c' },
        { model: 'two' },
        { promptName: 'model-vote/2' },
        { symbol: 'ETH/USDT' },
        { timeframe: '1h' as const },
        { occasion: at(1) },
      ])
        expect(await store.sentQuestion(sentQuestion(change))).toBeUndefined();
    });

    test('gives all prompts by name and version, and what was made with each', async () => {
      const store = current();
      const prompts = [prompt({ version: 10 }), prompt({ name: 'a' }), prompt({ version: 9 })];
      const named = { promptName: 'mine/9' };
      const decisions = [named, named, { promptName: 'gone/1' }, { promptName: null }].map((over, k) =>
        decision({ id: `d${k}`, occasion: at(k), ...over }),
      );
      await store.commit(changes({ put: { trades: [trade({ id: 'u', ...named })] }, add: { prompts, decisions } }));
      expect(await store.prompts()).toEqual([prompts[1], prompts[2], prompts[0]]);
      expect(await store.promptUses('decisions')).toEqual([
        { promptName: 'gone/1', count: 1 },
        { promptName: 'mine/9', count: 2 },
      ]);
      expect(await store.promptUses('trades')).toEqual([{ promptName: 'mine/9', count: 1 }]);
    });

    test('sums what questions cost since a time, of one bot or of all', async () => {
      const store = current();
      const questions = [
        question({ costUsd: 0.5, askedAt: at(100) }),
        question({ model: 'two', costUsd: 0.25, askedAt: at(200) }),
        question({ model: 'three', costUsd: null, askedAt: at(300) }),
        question({ botId: 'c', costUsd: 2, askedAt: at(300) }),
      ];
      await store.commit(changes({ add: { questions } }));
      expect(await store.spentUsd(at(0), undefined)).toBe(2.75);
      expect(await store.spentUsd(at(200), 'b')).toBe(0.25);
      expect(await store.spentUsd(at(301), undefined)).toBe(0);
    });

    test('gives snapshots from a time until before another, oldest first', async () => {
      const store = current();
      const snapshots = [300, 100, 200, 400].map((time) => snapshot({ at: at(time) }));
      await store.commit(changes({ add: { snapshots } }));
      const times = (await store.snapshots('a', at(100), at(400))).map((row) => row.at);
      expect(times).toEqual([100, 200, 300]);
      expect(await store.snapshots('none', at(0), at(400))).toEqual([]);
    });
  });
}

function describeCandles(current: () => Store): void {
  test('gives the newest candles before a time, oldest first', async () => {
    const store = current();
    const candles = [3, 1, 4, 2].map((openTime) => candle({ openTime: at(openTime) }));
    const others = [candle({ market: 'other' }), candle({ symbol: 'BTC/USD' }), candle({ timeframe: '1m' })];
    await store.commit(changes({ add: { candles: [...candles, ...others] } }));
    const series = { market: 'simulated', symbol: 'BTC/USDT', timeframe: '5m' } as const;
    const timesOf = async (before: number, limit: number) =>
      (await store.candles(series, at(before), limit)).map((row) => row.openTime);
    expect(await timesOf(4, 2)).toEqual([2, 3]);
    expect(await timesOf(100, 5000)).toEqual([1, 2, 3, 4]);
    expect(await timesOf(1, 10)).toEqual([]);
    await expect(timesOf(4, -1)).rejects.toThrow(RangeError);
  });

  test.each([
    { name: 'from its first moment until before its last', from: 2, to: 4, limit: 10, expected: [2, 3] },
    { name: 'the oldest ones when there are more', from: 1, to: 100, limit: 3, expected: [1, 2, 3] },
    { name: 'nothing in an empty range', from: 3, to: 3, limit: 10, expected: [] },
    { name: 'nothing in a range that ends before it starts', from: 4, to: 1, limit: 10, expected: [] },
    { name: 'nothing beyond them', from: 5, to: 100, limit: 10, expected: [] },
  ])('gives the candles of a range, oldest first: $name', async ({ from, to, limit, expected }) => {
    const store = current();
    const candles = [3, 1, 4, 2].map((openTime) => candle({ openTime: at(openTime) }));
    const others = [candle({ openTime: at(2), market: 'kraken' }), candle({ openTime: at(3), timeframe: '1h' })];
    await store.commit(changes({ add: { candles: [...candles, ...others] } }));
    const series = { market: 'simulated', symbol: 'BTC/USDT', timeframe: '5m' } as const;
    const rows = await store.candlesFrom(series, at(from), at(to), limit);
    expect(rows).toEqual(expected.map((openTime) => candle({ openTime: at(openTime) })));
    await expect(store.candlesFrom(series, at(1), at(4), 0)).rejects.toThrow(RangeError);
  });
}

/** Ids as they sort bytewise: "Z" < "a" < "other" < "é" < "｡" < "🤖" (UTF-16 would have the last two the other way). */
const IDS = ['a', '🤖', 'Z', 'é', '｡'];
const NEWEST = at(500_000);

/** In each paged list five rows of bot `b` named by `IDS` and one of `c`, all at one time, so that the id decides. */
const PAGED_ROWS = changes({
  put: {
    orders: [
      ...IDS.map((id) => order({ clientOrderId: id, createdAt: NEWEST })),
      order({ clientOrderId: 'other', botId: 'c', createdAt: NEWEST }),
    ],
    trades: [
      ...IDS.map((id) => trade({ id, createdAt: NEWEST })),
      trade({ id: 'other', botId: 'c', symbol: 'ETH/USDT', createdAt: NEWEST }),
    ],
  },
  add: {
    cycles: [
      ...IDS.map((symbol) => cycle({ symbol, occasion: NEWEST, result: symbol === 'é' ? 'entered' : 'held' })),
      cycle({ symbol: 'other', botId: 'c', occasion: NEWEST, result: 'exited' }),
    ],
    decisions: [
      ...IDS.map((id) => decision({ id, symbol: id, createdAt: NEWEST })),
      decision({ id: 'other', botId: 'c', createdAt: NEWEST }),
    ],
    analyses: [
      ...IDS.map((id) => analysis({ id, analyst: id, createdAt: NEWEST })),
      analysis({ id: 'other', botId: 'c', createdAt: NEWEST }),
    ],
  },
});

const ALL = ['🤖', '｡', 'é', 'other', 'a', 'Z'];
const OF_B = ['🤖', '｡', 'é', 'a', 'Z'];

/** Each paged list by each of its filters, and the rows it has: those of `PAGED_ROWS`, then those of the foundation. */
const PAGED: readonly { readonly name: string; readonly read: ReadPage; readonly expected: readonly string[] }[] = [
  { name: 'orders', read: (store, page) => store.orders({}, page), expected: [...ALL, 'o'] },
  { name: 'orders of a bot', read: (store, page) => store.orders({ botId: 'b' }, page), expected: [...OF_B, 'o'] },
  { name: 'trades', read: (store, page) => store.trades({}, page), expected: [...ALL, 't'] },
  { name: 'trades of a bot', read: (store, page) => store.trades({ botId: 'b' }, page), expected: [...OF_B, 't'] },
  {
    name: 'trades of a symbol',
    read: (store, page) => store.trades({ symbol: 'ETH/USDT' }, page),
    expected: ['other'],
  },
  {
    name: 'trades of a bot and symbol',
    read: (store, page) => store.trades({ botId: 'b', symbol: 'BTC/USDT' }, page),
    expected: [...OF_B, 't'],
  },
  { name: 'cycles', read: (store, page) => store.cycles({}, page), expected: ['other', ...OF_B] },
  { name: 'cycles of a bot', read: (store, page) => store.cycles({ botId: 'b' }, page), expected: OF_B },
  { name: 'cycles that acted', read: (store, page) => store.cycles({ acted: true }, page), expected: ['other', 'é'] },
  {
    name: 'cycles of a bot that acted',
    read: (store, page) => store.cycles({ botId: 'b', acted: true }, page),
    expected: ['é'],
  },
  { name: 'decisions', read: (store, page) => store.decisions({}, page), expected: ALL },
  { name: 'decisions of a bot', read: (store, page) => store.decisions({ botId: 'b' }, page), expected: OF_B },
  { name: 'analyses', read: (store, page) => store.analyses({}, page), expected: ALL },
  { name: 'analyses of a bot', read: (store, page) => store.analyses({ botId: 'b' }, page), expected: OF_B },
];

function describePages(current: () => Store): void {
  describe.each(PAGED)('$name', ({ read, expected }) => {
    test.each([1, 2, 1000])('come newest first and whole in pages of %i', async (limit) => {
      const store = current();
      await store.commit(PAGED_ROWS);
      expect(await readToEnd(store, read, limit)).toEqual(expected);
    });

    test.each([0, -1, 1001, 1.5, Number.NaN])('refuse a limit of %d', async (limit) => {
      await expect(read(current(), { limit })).rejects.toThrow(RangeError);
    });

    test.each(['', 'x', 'W10', 'WzFd', 'eyJhIjoxfQ'])('refuse the cursor "%s"', async (after) => {
      await expect(read(current(), { limit: 1, after })).rejects.toThrow(RangeError);
    });
  });

  test('goes on where it was when newer rows came', async () => {
    const store = current();
    await store.commit(PAGED_ROWS);
    const first = await store.orders({}, { limit: 2 });
    await store.commit(changes({ put: { orders: [order({ clientOrderId: 'new', createdAt: at(600_000) })] } }));
    const second = await store.orders({}, { limit: 2, after: first.next! });
    expect([...first.rows, ...second.rows].map((row) => row.clientOrderId)).toEqual(ALL.slice(0, 4));
  });
}

async function readToEnd(store: Store, read: ReadPage, limit: number): Promise<readonly string[]> {
  const page = await read(store, { limit });
  const names = page.rows.map(nameOf);
  for (let { next } = page; next !== undefined; ) {
    const following = await read(store, { limit, after: next });
    names.push(...following.rows.map(nameOf));
    next = following.next;
  }
  return names;
}

/** What tells the rows of one paged list apart. */
function nameOf(row: object): string {
  const { id, clientOrderId, symbol } = row as { id?: string; clientOrderId?: string; symbol: string };
  return id ?? clientOrderId ?? symbol;
}
