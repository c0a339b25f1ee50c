import { VirtualClock } from '#adapters/clock/virtual.ts';
import { BreathingPace, TimedPace } from '#adapters/market-data/pace.ts';
import type { Bot } from '#core/bots.ts';
import type { EpochMs } from '#core/time.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import type { MarginSetup } from '#server/accounts/contracts.ts';
import { type AskedLimits, newPaperBot, storeLimits, storePaperBots } from '#server/accounts/paper-bots.ts';
import { composeTrading } from '#server/compose.ts';
import type { PaperMarket } from '#server/markets/markets.ts';
import type { Asking } from '#server/strategies.ts';

const ALWAYS = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };

/** Paper trading as `start` puts it together, on a wall clock that stands still until it is run. */
export async function compose(
  store: Store,
  market: PaperMarket,
  bots: readonly Bot[],
  wall = new VirtualClock(market.start, 1),
  speed?: number,
  limits: AskedLimits = {},
  onStored: (changes: ChangeSet) => void = () => undefined,
  margin?: MarginSetup,
  asking?: Asking | ((bot: Bot) => Asking),
) {
  const files = bots.map((bot) => newPaperBot(bot, bot.name, market.name, market.start));
  const rows = await storeLimits(store, await storePaperBots(store, files), limits);
  const { signal } = new AbortController();
  return composeTrading({
    bots: rows.map(({ bot: row, account }, k) => ({ row, account, bot: bots[k]!, margin })),
    market,
    store,
    wall,
    pace: (reached) => (speed ? new TimedPace(speed, reached, wall, signal) : new BreathingPace(wall, signal)),
    asking: typeof asking === 'object' ? () => asking : asking,
    onStored,
  });
}

export async function runToEnd(
  store: Store,
  market: PaperMarket,
  bot: Bot,
  limits: AskedLimits = {},
  margin?: MarginSetup,
  asking?: Asking,
): Promise<void> {
  await (await compose(store, market, [bot], undefined, undefined, limits, undefined, margin, asking)).run();
}

/** A store that takes some commits and then is gone, as if the process had been killed. */
export function dyingStore(inner: Store, commits: number): Store {
  let left = commits;
  return new Proxy(inner, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        if (left === 0) throw new Error('killed');
        left -= 1;
        return target.commit(changes);
      };
    },
  });
}

export async function everythingIn(store: Store) {
  const [account] = await store.accounts();
  const all = { limit: 1000 };
  return {
    orders: (await store.orders({}, all)).rows.map(({ revision, createdAt, updatedAt, ...order }) => order),
    decisions: (await store.decisions({}, all)).rows,
    analyses: (await store.analyses({}, all)).rows,
    fills: await store.fills({}),
    carries: await store.carries({ botId: (await store.bots())[0]!.id }),
    trades: (await store.trades({}, all)).rows.map(({ revision, ...trade }) => trade),
    cycles: (await store.cycles({}, all)).rows,
    snapshots: await store.snapshots(account!.id, ALWAYS.from, ALWAYS.to),
  };
}
