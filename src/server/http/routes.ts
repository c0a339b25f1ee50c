import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  Ask,
  type CandleRow,
  type Context,
  type Decision,
  type Health,
  type Ohlcv,
  type Tickers,
  type Trade,
} from '#contract/api.ts';
import type { Candle, Candles } from '#core/candles.ts';
import { formatDecimal } from '#core/money.ts';
import { HIT_CANDLES } from '#core/statistics/opinion-hits.ts';
import type { Store } from '#ports/store.ts';
import { modelStandings } from '../models/model-rates.ts';
import type { BotPreviews } from '../previews/bot-previews.ts';
import { RequestRefused, type Requests } from '../requests.ts';
import type { LiveState } from '../views/live-state.ts';
import { decisionView } from '../views/views.ts';

/** What the routes read. */
export interface Served {
  readonly state: LiveState;
  readonly requests: Pick<Requests, 'ask'>;
  readonly previews: Pick<BotPreviews, 'config' | 'preview'>;
  readonly store: Store;
  readonly health: () => Health;
  readonly tickers: () => Promise<Tickers>;
  readonly context: () => Promise<Context>;
}

const Limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

const TradesQuery = z.object({
  limit: Limit(1000, 100),
  after: z.string().optional(),
  botId: z.string().optional(),
  symbol: z.string().optional(),
});
const BotQuery = z.object({ botId: z.string().optional() });
const DecisionsQuery = BotQuery.extend({ limit: Limit(1000, 100), after: z.string().optional() });
const OhlcvQuery = z.object({ limit: Limit(5000, 300) });
const EquityQuery = z.object({
  accountId: z.string().optional(),
  points: Limit(5000, 600),
  from: z.coerce.number().int().optional(),
});

/** Everything that pages read over HTTP, and what people ask of bots, which alone changes anything. */
export function addRoutes(app: FastifyInstance, { state, requests, store, health, tickers, context }: Served): void {
  app.get('/api/health', () => health());
  app.get('/api/account', () => ({ accounts: state.accounts() }));
  app.get('/api/positions', () => ({ positions: state.positions() }));
  app.get('/api/bots', () => ({ bots: state.bots() }));
  app.get('/api/recommendations', async () => ({ recommendations: await state.recommendations() }));

  app.get('/api/decisions', async ({ query }): Promise<{ decisions: Decision[]; next: string | null }> => {
    const { limit, after, botId } = DecisionsQuery.parse(query);
    const page = await store.decisions({ ...(botId && { botId }) }, { limit, ...(after && { after }) });
    return { decisions: page.rows.map(decisionView), next: page.next ?? null };
  });

  app.get('/api/models', async ({ query }) => {
    const { botId } = BotQuery.parse(query);
    return { hitAfterCandles: HIT_CANDLES, models: await modelStandings(store, botId === undefined ? {} : { botId }) };
  });

  app.get('/api/tickers', () => tickers());
  app.get('/api/context', () => context());

  app.post<{ Params: { id: string } }>('/api/bots/:id/ask', async ({ params, body }, reply) => {
    try {
      return await requests.ask({ bot: params.id, ...Ask.parse(body) });
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      const { kind, message } = error;
      const [status, code] = kind === 'no-such-bot' ? [404, 'NOT_FOUND'] : [409, 'NOT_NOW'];
      return reply.code(Number(status)).send({ error: { code, message } });
    }
  });

  app.get('/api/trades', async ({ query }): Promise<{ trades: Trade[]; next: string | null }> => {
    const { limit, after, botId, symbol } = TradesQuery.parse(query);
    const filter = { ...(botId && { botId }), ...(symbol && { symbol }) };
    const trades: Trade[] = [];
    let next = after;
    // Trades of bots that do not run here are passed over, so a page may take several reads.
    do {
      const page = await store.trades(filter, { limit: limit - trades.length, ...(next && { after: next }) });
      trades.push(...page.rows.flatMap((row) => state.trade(row) ?? []));
      next = page.next;
    } while (next !== undefined && trades.length < limit);
    return { trades, next: next ?? null };
  });

  app.get<{ Params: { symbol: string } }>('/api/ohlcv/:symbol', async ({ params, query }, reply) => {
    const { limit } = OhlcvQuery.parse(query);
    return ohlcv(state, params.symbol, limit) ?? noSuch(reply, 'symbol', params.symbol);
  });

  app.get('/api/equity-curve', async ({ query }, reply) => {
    const { accountId, points, from = 0 } = EquityQuery.parse(query);
    return state.equityCurve(accountId, from, points) ?? noSuch(reply, 'account', accountId ?? 'any');
  });
}

function ohlcv(state: LiveState, symbol: string, limit: number): Ohlcv | undefined {
  const series = state.seriesFor(symbol);
  if (!series) return undefined;
  const { candles, instrument } = series;
  const forming = series.forming(state.marketTime);
  return {
    symbol,
    timeframe: candles.timeframe,
    simulated: state.simulated,
    tick: formatDecimal(instrument.tick),
    candles: lastRows(candles, limit),
    forming: forming ? candleRow(forming) : null,
  };
}

function lastRows(candles: Candles, limit: number): CandleRow[] {
  const first = Math.max(0, candles.length - limit);
  return Array.from({ length: candles.length - first }, (_, k) => candleRow(candles.at(first + k)));
}

export function candleRow({ openTime, open, high, low, close, volume }: Candle): CandleRow {
  return [openTime, open, high, low, close, volume];
}

export function noSuch(reply: FastifyReply, what: string, value: string) {
  const message = `There is no ${what} "${value}" here; GET /api/bots lists what there is`;
  return reply.code(404).send({ error: { code: 'NOT_FOUND', message } });
}
