import type { FeedSeries, SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { MarketWatch, restingSince } from '#core/events/market-watch.ts';
import { Bell } from '#core/occasions.ts';
import type { EpochMs } from '#core/time.ts';
import { readCalledEvents } from '#engine/called-events.ts';
import type { Store } from '#ports/store.ts';

/** How often running candles are looked at for market events, in market time. */
const LOOK_MS = 5_000;

/** What calls a bot between closes. Where rows tell what happens inside candles, a look in the middle of one would see nothing. */
export function bellOf(
  { intervalMs, callingEvents }: Pick<Bot, 'intervalMs' | 'callingEvents'>,
  reached: EpochMs,
  series: readonly Pick<SourcedSeries, 'inside' | 'candles'>[],
): Bell {
  if (callingEvents === undefined) return new Bell(intervalMs, reached);
  const looks = series.map(({ inside }) => inside?.rowMs ?? 1).map((rowMs) => Math.ceil(LOOK_MS / rowMs) * rowMs);
  return new Bell(intervalMs, reached, { everyMs: Math.max(...looks), calendar: series[0]!.candles.calendar });
}

/** What looks for the events that call a bot in one of its markets; undefined for a bot that none does. */
export function watchOf({ callingEvents }: Pick<Bot, 'callingEvents'>, candles: Candles): MarketWatch | undefined {
  return callingEvents && new MarketWatch(candles, callingEvents);
}

/** After a restart: what called a bot a short while ago does not call it again. */
export async function resumeWatches(series: readonly FeedSeries[], store: Store, botId: string): Promise<void> {
  const watched = series.filter(({ watch, source }) => watch !== undefined && source.candles.length > 0);
  if (watched.length === 0) return;
  const since = Math.min(...watched.map(({ source }) => restingSince(source.candles))) as EpochMs;
  for (const { symbol, event } of await readCalledEvents(store, botId, since)) {
    const { watch } = watched.find(({ source }) => source.symbol === symbol) ?? {};
    watch?.resume(event);
  }
}
