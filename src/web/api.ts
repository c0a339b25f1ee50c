import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { Accounts, Bots, EquityCurve, Health, Ohlcv, Positions, Problem, Trades } from '#contract/api.ts';
import { BotConfig, BotPreview, type PreviewRequest } from '#contract/bot-preview.ts';

const TIME_LIMIT_MS = 10_000;
/** A panel that could not load tries again by itself after this long. */
export const RETRY_AFTER_MS = 10_000;

/** A request that brought nothing: `code` for programs, the message for people. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

async function request(path: string, abort: AbortSignal, post: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...post, signal: AbortSignal.any([abort, AbortSignal.timeout(TIME_LIMIT_MS)]) });
  } catch (cause) {
    if (abort.aborted) throw cause;
    throw new ApiError('NO_CONTACT', 'The engine did not answer.');
  }
}

async function getJson<Shape>(
  path: string,
  schema: z.ZodType<Shape>,
  abort: AbortSignal,
  post: RequestInit = {},
): Promise<Shape> {
  const response = await request(path, abort, post);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const problem = Problem.safeParse(body);
    if (problem.success) throw new ApiError(problem.data.error.code, problem.data.error.message);
    throw new ApiError(`HTTP_${response.status}`, 'The engine answered with an error.');
  }
  const answer = schema.safeParse(body);
  if (!answer.success) throw new ApiError('NOT_UNDERSTOOD', 'The engine answered in a form this page does not know.');
  return answer.data;
}

/** The socket keeps what is loaded up to date, so nothing goes stale by age; a failed load tries again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: 1,
        retryDelay: 500,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        refetchInterval: (query) => (query.state.status === 'error' ? RETRY_AFTER_MS : false),
        /** The engine may run on this machine, with no internet at all. */
        networkMode: 'always',
      },
    },
  });
}

export const healthQuery = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => getJson('/api/health', Health, signal),
    refetchInterval: 30_000,
  });

export const accountsQuery = () =>
  queryOptions({ queryKey: ['accounts'], queryFn: ({ signal }) => getJson('/api/account', Accounts, signal) });

export const positionsQuery = () =>
  queryOptions({ queryKey: ['positions'], queryFn: ({ signal }) => getJson('/api/positions', Positions, signal) });

export const tradesQuery = () =>
  queryOptions({ queryKey: ['trades'], queryFn: ({ signal }) => getJson('/api/trades?limit=100', Trades, signal) });

export const botsQuery = () =>
  queryOptions({ queryKey: ['bots'], queryFn: ({ signal }) => getJson('/api/bots', Bots, signal) });

export const ohlcvQuery = (symbol: string) =>
  queryOptions({
    queryKey: ['ohlcv', symbol],
    queryFn: ({ signal }) => getJson(`/api/ohlcv/${encodeURIComponent(symbol)}?limit=300`, Ohlcv, signal),
  });

export const EQUITY_CURVES_KEY = ['equity-curve'] as const;

export const equityCurveQuery = (accountId: string) =>
  queryOptions({
    queryKey: [...EQUITY_CURVES_KEY, accountId],
    queryFn: ({ signal }) =>
      getJson(`/api/equity-curve?points=600&accountId=${encodeURIComponent(accountId)}`, EquityCurve, signal),
  });

export const botConfigQuery = (botId: string) =>
  queryOptions({
    queryKey: ['bot-config', botId],
    queryFn: ({ signal }) => getJson(`/api/bots/${encodeURIComponent(botId)}/config`, BotConfig, signal),
  });

/** A picture is large: those of drafts that nobody looks at any more are soon forgotten. */
const PREVIEW_KEPT_MS = 30_000;

/** What a draft would be told and do. Each draft is a question of its own, so that no answer is taken for another's. */
export const botPreviewQuery = (draft: PreviewRequest) =>
  queryOptions({
    queryKey: ['bot-preview', draft],
    queryFn: ({ signal }) =>
      getJson('/api/bots/preview', BotPreview, signal, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(draft),
      }),
    gcTime: PREVIEW_KEPT_MS,
  });
