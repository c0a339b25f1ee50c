import type { Asset } from './assets.ts';
import type { BarTimeframe } from './bar-timeframe.ts';
import { type Bar, type BarRange, barJson, barsOf } from './bars.ts';

/** What of the bars of some assets is asked for. */
export interface BarPageRequest {
  readonly assets: readonly Asset[];
  readonly timeframe: BarTimeframe;
  readonly range: BarRange;
  readonly isNewestFirst: boolean;
  /** The most, over all assets. */
  readonly limit: number;
  readonly token: string | undefined;
}

export interface BarPage {
  readonly bars: Readonly<Record<string, readonly unknown[]>>;
  /** Null after the last page. */
  readonly nextToken: string | null;
}

/** One page: asset by asset in the order of their symbols. Undefined for a token that is none. */
export function barPage(request: BarPageRequest): BarPage | undefined {
  const { limit, token, isNewestFirst } = request;
  const from = token === undefined ? undefined : readToken(token);
  if (token !== undefined && from === undefined) return undefined;
  const bars: Record<string, unknown[]> = {};
  let last: { readonly symbol: string; readonly at: number } | undefined;
  let count = 0;
  for (const asset of request.assets.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))) {
    const { symbol } = asset;
    if (from !== undefined && symbol < from.symbol) continue;
    const after = from?.symbol === symbol ? from.at : undefined;
    for (const bar of inOrder(asset, request)) {
      if (after !== undefined && (isNewestFirst ? bar.at >= after : bar.at <= after)) continue;
      if (count === limit) return { bars, nextToken: tokenOf(last!) };
      bars[symbol] ??= [];
      bars[symbol].push(barJson(bar));
      last = { symbol, at: bar.at };
      count += 1;
    }
  }
  return { bars, nextToken: null };
}

function inOrder(asset: Asset, { timeframe, range, isNewestFirst }: BarPageRequest): Iterable<Bar> {
  const bars = barsOf(asset, timeframe, range);
  return isNewestFirst ? [...bars].toReversed() : bars;
}

function tokenOf({ symbol, at }: { readonly symbol: string; readonly at: number }): string {
  return Buffer.from(`${symbol}|M|${at}`).toString('base64');
}

function readToken(token: string): { readonly symbol: string; readonly at: number } | undefined {
  const [symbol, , at] = Buffer.from(token, 'base64').toString('utf8').split('|');
  return symbol && at && Number.isSafeInteger(Number(at)) ? { symbol, at: Number(at) } : undefined;
}
