import type { Bot, Trade } from '#contract/api.ts';

interface Common {
  readonly key: string;
  /** Market time; null for the state a bot is in now. */
  readonly at: number | null;
}

export type LiveEvent =
  | (Common & { readonly kind: 'entry'; readonly trade: Trade })
  | (Common & { readonly kind: 'exit'; readonly trade: Trade })
  | (Common & { readonly kind: 'bot-error'; readonly bot: Bot })
  | (Common & { readonly kind: 'bot-paused'; readonly bot: Bot });

export const MOST_EVENTS = 100;

function ofTrade(trade: Trade): LiveEvent[] {
  const entry: LiveEvent = { kind: 'entry', key: `${trade.id} entry`, at: trade.entryTime, trade };
  if (trade.status === 'open' || trade.exitTime === null) return [entry];
  return [entry, { kind: 'exit', key: `${trade.id} exit`, at: trade.exitTime, trade }];
}

/** Bots that need a look come first and stay; then entries and exits, newest first. */
export function eventsOf(trades: readonly Trade[], bots: readonly Bot[]): LiveEvent[] {
  const states = bots.flatMap((bot): LiveEvent[] => {
    if (bot.status === 'error') return [{ kind: 'bot-error', key: `${bot.id} error`, at: null, bot }];
    if (bot.status === 'paused' && bot.why) return [{ kind: 'bot-paused', key: `${bot.id} paused`, at: null, bot }];
    return [];
  });
  const fills = trades.flatMap(ofTrade).sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  return [...states, ...fills.slice(0, MOST_EVENTS)];
}
