import type { Market, Speed } from '../cli/option-values.ts';

/** Exchanges that have a name of their own on the command line. */
const NAMED: readonly string[] = ['kraken', 'bybit-linear', 'alpaca'];

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
