import { z } from 'zod';
import { Account, Bot, CandleRow, Position, Trade } from './api.ts';

/** Socket.IO answers on this path of the API's own port. */
export const SOCKET_PATH = '/ws';

/** A page that has heard nothing, heartbeats included, for this long shows that it is stale. */
export const STALE_AFTER_MS = 10_000;
export const HEARTBEAT_MS = 1_000;

/** What the server pushes, by event name. Positions are a full picture, so a lost message mends itself with the next. */
export const ServerEvents = {
  /** `marketSilentSince`: the wall time of the market's last word, when it should have said more since; else null. */
  heartbeat: z.object({
    wallTime: z.number().int(),
    marketTime: z.number().int(),
    marketSilentSince: z.number().int().nullable(),
  }),
  'position:updated': z.object({ positions: z.array(Position) }),
  /** One fill of a trade, in market time; `trade` is the trade as it stands after it. */
  trade_executed: z.object({ what: z.enum(['entry', 'exit']), at: z.number().int(), trade: Trade }),
  'account:updated': Account,
  /** Its status, its last decision, or its P&L of the day, which moves with the price as its account's does. */
  bot_status_changed: Bot,
  'candle:updated': z.object({ symbol: z.string(), timeframe: z.string(), closed: z.boolean(), candle: CandleRow }),
} as const;

export type ServerEventName = keyof typeof ServerEvents;
export type ServerEvent<Name extends ServerEventName> = z.infer<(typeof ServerEvents)[Name]>;
