import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChangeSet, type Store, StoreConflict } from '#ports/store.ts';
import { describeLists } from './store-lists.ts';
import {
  account,
  analysis,
  at,
  bot,
  candle,
  carry,
  changes,
  closedTrade,
  cycle,
  decision,
  fill,
  foundation,
  order,
  position,
  prompt,
  sentQuestion,
  snapshot,
  trade,
} from './store-rows.ts';

/** An open, empty store, and how to close it and open it again. */
export interface OpenStore {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
}

/** What every store does. `open` makes a new one each time. */
export function describeStore(name: string, open: () => Promise<OpenStore>): void {
  describe(`store: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      await store.commit(foundation());
    });
    afterEach(() => store.close());

    test('reads back every row as it was committed', async () => {
      await store.commit(EVERY_ROW);
      await expectEveryRow(store);
    });

    test('keeps every row over closing and opening again', async () => {
      await store.commit(EVERY_ROW);
      store = await opened.reopen();
      await expectEveryRow(store);
      await expect(store.commit(EVERY_ROW)).rejects.toThrow(StoreConflict);
    });

    describeRevisions(() => store);
    describeAdds(() => store);
    describeRefusals(() => store);
    describeLists(() => store);
  });
}

/** An order in which nothing is left out. */
const WHOLE_ORDER = order({
  clientOrderId: 'p',
  venueOrderId: '12',
  leg: 'exit',
  side: 'sell',
  type: 'trailing-stop',
  price: '59000.5',
  limitPrice: '58990',
  trail: '{"distance":{"kind":"percent","percent":1}}',
  postOnly: true,
  timeInForce: 'day',
  effect: 'reduce-only',
  state: 'open',
  filledQuantity: '0.05',
  progress: '{"expiresAt":86400000}',
});

const EVERY_ROW: ChangeSet = changes({
  put: {
    bots: [bot({ status: 'paused', why: 'asked to', revision: 2 })],
    orders: [WHOLE_ORDER],
    positions: [position()],
  },
  add: {
    fills: [fill()],
    analyses: [analysis({ rawAnswer: 'x'.repeat(100_000) })],
    decisions: [decision(), decision({ id: 'd2', occasion: at(600_000), createdAt: at(600_000), executed: false })],
    cycles: [cycle()],
    snapshots: [snapshot({ winRate: 0.25 })],
    candles: [candle()],
    carries: [carry()],
    prompts: [prompt()],
    sentQuestions: [sentQuestion()],
  },
});

async function expectEveryRow(store: Store): Promise<void> {
  const page = { limit: 10 };
  expect(await store.accounts()).toEqual([account()]);
  expect(await store.bots()).toEqual([EVERY_ROW.put.bots[0], bot({ id: 'c' })]);
  expect(await store.order('o')).toEqual(order());
  expect(await store.order('p')).toEqual(WHOLE_ORDER);
  expect((await store.orders({ botId: 'b' }, page)).rows).toContainEqual(WHOLE_ORDER);
  expect(await store.workingOrders('b')).toContainEqual(WHOLE_ORDER);
  expect(await store.order('none')).toBeUndefined();
  expect(await store.trades({}, page)).toEqual({ rows: [trade()], next: undefined });
  expect(await store.positions()).toEqual([position()]);
  expect(await store.fills({})).toEqual([fill()]);
  expect(await store.carries({ botId: 'b' })).toEqual([carry()]);
  expect((await store.analyses({}, page)).rows).toEqual(EVERY_ROW.add.analyses);
  expect((await store.decisions({}, page)).rows).toEqual(EVERY_ROW.add.decisions.toReversed());
  expect((await store.cycles({}, page)).rows).toEqual([cycle()]);
  expect(await store.snapshots('a', at(0), at(300_001))).toEqual(EVERY_ROW.add.snapshots);
  expect(await store.prompts()).toEqual([prompt()]);
  expect(await store.sentQuestion(sentQuestion())).toEqual(sentQuestion());
  const series = { market: 'simulated', symbol: 'BTC/USDT', timeframe: '5m' } as const;
  expect(await store.candles(series, at(1), 5)).toEqual([candle()]);
}

/** What must not change when a change-set is refused, not even with the next one. */
async function everything(store: Store): Promise<unknown> {
  await store.commit(changes());
  const page = { limit: 1000 };
  const lists = [store.accounts(), store.bots(), store.positions(), store.fills({}), store.orders({}, page)];
  const pages = [store.trades({}, page), store.cycles({}, page), store.decisions({}, page)];
  return Promise.all([...lists, ...pages, store.prompts()]);
}

function describeRevisions(current: () => Store): void {
  test.each([
    { name: 'a new row that is stored already', put: { orders: [order()] } },
    { name: 'the stored revision again', put: { bots: [bot({ status: 'off' })] } },
    { name: 'a revision beyond the next', put: { trades: [trade({ revision: 3 })] } },
    { name: 'the next revision of a row that is not stored', put: { accounts: [account({ id: 'z', revision: 2 })] } },
    {
      name: 'a second position of one account and symbol',
      put: { positions: [position(), position({ tradeId: 't' })] },
    },
  ])('refuses $name, and stores nothing of the set', async ({ put }) => {
    const store = current();
    const before = await everything(store);
    const set = changes({
      put: { ...put, accounts: [account({ id: 'y' }), ...(put.accounts ?? [])] },
      add: { fills: [fill()], cycles: [cycle()] },
    });
    await expect(store.commit(set)).rejects.toThrow(StoreConflict);
    expect(await everything(store)).toEqual(before);
  });

  test('takes revisions one after the other, in one set too', async () => {
    const store = current();
    const filled = { state: 'filled', venueOrderId: 'v', filledQuantity: '0.1' } as const;
    await store.commit(
      changes({ put: { orders: [order({ state: 'submitted', revision: 2 }), order({ ...filled, revision: 3 })] } }),
    );
    await store.commit(changes({ put: { trades: [closedTrade({ revision: 2 })] } }));
    expect(await store.order('o')).toEqual(order({ ...filled, revision: 3 }));
    expect(await store.openTrades('b')).toEqual([]);
  });

  test('removes a position that is flat, and takes a new one in its place in the same set', async () => {
    const store = current();
    await store.commit(changes({ put: { positions: [position()] } }));
    const remove = { positions: [{ accountId: 'a', symbol: 'BTC/USDT' }] };
    await store.commit(changes({ remove, put: { positions: [position({ direction: 'short' })] } }));
    expect(await store.positions()).toEqual([position({ direction: 'short' })]);
    await store.commit(changes({ remove }));
    await store.commit(changes({ remove }));
    expect(await store.positions()).toEqual([]);
  });

  test('takes one of many writers of the same revision', async () => {
    const store = current();
    const writers = Array.from({ length: 20 }, (_, writer) =>
      store.commit(
        changes({
          put: { bots: [bot({ why: `${writer}`, revision: 2 })] },
          add: { cycles: [cycle({ why: `${writer}` })] },
        }),
      ),
    );
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [stored] = await store.bots();
    expect((await store.cycles({}, { limit: 10 })).rows).toEqual([cycle({ why: stored.why! })]);
  });

  test('keeps what was committed when the caller changes its row', async () => {
    const store = current();
    const row = { ...account({ id: 'm' }) };
    await store.commit(changes({ put: { accounts: [row] } }));
    row.name = 'changed';
    expect((await store.accounts()).at(-1)).toEqual(account({ id: 'm' }));
  });
}

function describeAdds(current: () => Store): void {
  const repeated = {
    fills: [fill()],
    analyses: [analysis()],
    decisions: [decision()],
    cycles: [cycle()],
    snapshots: [snapshot()],
    candles: [candle()],
    prompts: [prompt()],
  };

  test('keeps an added row once, and counts those that were there', async () => {
    const store = current();
    expect(await store.commit(changes({ add: repeated }))).toEqual({ alreadyThere: 0 });
    expect(await store.commit(changes({ add: repeated }))).toEqual({ alreadyThere: 7 });
    expect(await store.fills({})).toEqual([fill()]);
  });

  test('counts a row that is twice in one set, and keeps the first', async () => {
    const store = current();
    const twice = changes({ add: { cycles: [cycle({ why: 'first' }), cycle({ why: 'second' })] } });
    expect(await store.commit(twice)).toEqual({ alreadyThere: 1 });
    expect((await store.lastCycle('b', 'BTC/USDT'))?.why).toBe('first');
  });

  test('refuses another text than the stored one of a prompt, with all that came with it', async () => {
    const store = current();
    await store.commit(changes({ add: { prompts: [prompt()] } }));
    const before = await everything(store);
    const other = changes({
      put: { accounts: [account({ id: 'y' })] },
      add: { prompts: [prompt({ version: 2 }), prompt({ sha256: 'b'.repeat(64) })] },
    });
    await expect(store.commit(other)).rejects.toThrow(StoreConflict);
    expect(await everything(store)).toEqual(before);
    expect(await store.commit(changes({ add: { prompts: [prompt({ firstSeenAt: at(1) })] } }))).toEqual({
      alreadyThere: 1,
    });
    expect(await store.prompts()).toEqual([prompt()]);
  });

  test('knows a repeated fill whatever its sequence', async () => {
    const store = current();
    await store.commit(changes({ add: { fills: [fill()] } }));
    expect(await store.commit(changes({ add: { fills: [fill({ sequence: 1 })] } }))).toEqual({ alreadyThere: 1 });
    expect(await store.fills({})).toEqual([fill()]);
  });

  test.each([
    { name: 'another fill in a sequence that is taken', add: { fills: [fill(), fill({ venueTradeId: 'f1' })] } },
    { name: 'an id of another decision', add: { decisions: [decision(), decision({ symbol: 'ETH/USDT' })] } },
    {
      name: "another text under a prompt's name and version",
      add: { prompts: [prompt(), prompt({ sha256: 'b'.repeat(64), user: 'Another.' })] },
    },
    { name: 'an id of another analysis', add: { analyses: [analysis(), analysis({ analyst: 'gpt' })] } },
  ])('refuses $name as a conflict, and stores nothing of the set', async ({ add }) => {
    const store = current();
    const before = await everything(store);
    await expect(store.commit(changes({ add }))).rejects.toThrow(StoreConflict);
    expect(await everything(store)).toEqual(before);
  });
}

function describeRefusals(current: () => Store): void {
  const foreign = (value: unknown) => value as never;

  test.each([
    {
      name: 'NaN',
      set: changes({ add: { candles: [candle(), candle({ openTime: at(300_000), volume: Number.NaN })] } }),
    },
    { name: 'NaN where null may be', set: changes({ put: { trades: [closedTrade({ id: 'u', r: Number.NaN })] } }) },
    { name: 'Infinity', set: changes({ put: { trades: [trade({ id: 'u', leverage: Number.POSITIVE_INFINITY })] } }) },
    { name: '2^53 + 1', set: changes({ put: { accounts: [account({ id: 'z', createdAt: at(2 ** 53 + 1) })] } }) },
    { name: 'half a millisecond', set: changes({ add: { snapshots: [snapshot({ at: at(0.5) })] } }) },
    { name: 'a bigint', set: changes({ add: { fills: [fill({ sequence: foreign(1n) })] } }) },
    {
      name: 'a Date',
      set: changes({ put: { orders: [order({ clientOrderId: 'p', updatedAt: foreign(new Date(0)) })] } }),
    },
    { name: 'U+0000 in text', set: changes({ put: { bots: [bot({ id: 'z', name: 'a\0b' })] } }) },
    { name: 'half a surrogate pair', set: changes({ add: { analyses: [analysis({ rawAnswer: 'a\ud83e' })] } }) },
    { name: 'a number as text', set: changes({ put: { positions: [position({ quantity: foreign(0.1) })] } }) },
    { name: 'a missing column', set: changes({ add: { cycles: [cycle({ why: foreign(undefined) })] } }) },
    {
      name: 'null where there must be a value',
      set: changes({ add: { decisions: [decision({ why: foreign(null) })] } }),
    },
    { name: '1 as a boolean', set: changes({ add: { decisions: [decision({ executed: foreign(1) })] } }) },
    { name: 'a bot of an unknown account', set: changes({ put: { bots: [bot({ id: 'z', accountId: 'none' })] } }) },
    { name: 'a fill of an unknown order', set: changes({ add: { fills: [fill({ clientOrderId: 'none' })] } }) },
  ])('refuses $name, and stores nothing of the set', async ({ set }) => {
    const store = current();
    const before = await everything(store);
    const whole = changes({ ...set, put: { ...set.put, accounts: [account({ id: 'y' }), ...set.put.accounts] } });
    await expect(store.commit(whole)).rejects.toThrow(expect.objectContaining({ name: 'RowRefused' }));
    expect(await everything(store)).toEqual(before);
    await store.commit(EVERY_ROW);
  });
}
