import type { AccountRow } from '#ports/store.ts';
import { storedTerms } from '../accounts/account-margin.ts';
import type { Market, Speed } from '../cli/option-values.ts';

/** Exchanges that have a name of their own on the command line. */
const NAMED: readonly string[] = ['kraken', 'bybit-linear', 'alpaca'];

type Limits = Pick<AccountRow, 'maxConcurrentTrades' | 'dailyLossPercent'>;

/** What an engine was started with, as far as another file of a bot needs the same. */
export interface StartedWith {
  /** Undefined for the usual one. */
  readonly market: Market | undefined;
  readonly speed: Speed | undefined;
  readonly inside?: string | undefined;
  readonly calendar: string;
  readonly allowGaps: boolean;
}

/** The command line that runs another file on the same market, without its `--bot`. */
export function startCommand({ market, speed, inside, calendar, allowGaps }: StartedWith): string {
  const words = ['npx', 'autotrader', 'start'];
  if (market !== undefined) words.push('--market', marketWord(market));
  if (speed !== undefined) words.push('--speed', String(speed));
  if (inside !== undefined) words.push('--inside', inside);
  if (market?.kind === 'replay' && calendar !== 'always') words.push('--calendar', calendar);
  if (allowGaps) words.push('--allow-gaps');
  return words.map(quoted).join(' ');
}

/** What more it says where another bot is to trade on the terms of an account: with a space before each word. */
export function termsOption({ margin }: Pick<AccountRow, 'margin'>): string {
  if (margin === null) return '';
  const { model, tiers, funding = [], borrowRate } = storedTerms(margin);
  const files = [...(tiers === undefined ? [] : ['--tiers', tiers]), ...funding.flatMap((file) => ['--funding', file])];
  const rest = [...files, ...(borrowRate === undefined ? [] : ['--borrow-rate', borrowRate])];
  // Of a bot with leverage it is the usual one; of a draft that has none any more it would be one too many.
  const words = rest.length === 0 && model === 'generic' ? [] : ['--margin', model, ...rest];
  return words.map((word) => ` ${quoted(word)}`).join('');
}

/** The limits of an account, as options of every bot that runs; empty without any. */
export function limitsOption({ maxConcurrentTrades, dailyLossPercent }: Limits): string {
  const trades = maxConcurrentTrades === null ? '' : ` --max-trades ${maxConcurrentTrades}`;
  return dailyLossPercent === null ? trades : `${trades} --daily-loss ${dailyLossPercent}`;
}

/** As `--market` takes it. */
function marketWord(market: Market): string {
  switch (market.kind) {
    case 'simulated':
      return 'simulated';
    case 'replay':
      return `replay:${market.file}`;
    case 'exchange':
      return NAMED.includes(market.id) ? market.id : `ccxt:${market.id}`;
  }
}

/** As shells read it. */
function quoted(word: string): string {
  return /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
