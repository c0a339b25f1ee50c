import type { MarketSymbol } from '#core/instruments.ts';

/** A symbol of ours, or all with one quote, and what the site calls it. */
export interface SymbolRule {
  /** "BTC/USDT", or a star for every base. */
  readonly ours: string;
  /** "BYBIT:BTCUSDT.P", with "*" for the base. */
  readonly theirs: string;
}

/** Where nothing else is said: a USDT pair is the perpetual at Bybit. */
const USUAL: readonly SymbolRule[] = [{ ours: '*/USDT', theirs: 'BYBIT:*USDT.P' }];

const OURS = /^(?:[A-Z\d.]+|\*)\/[A-Z\d]+$/;
const THEIRS = /^[A-Z\d_]+:[A-Z\d.*_!]+$/;

/**
 * Reads rules with commas between: "BTC/USDT=KRAKEN:XBTUSDT", where a star stands for any base.
 * @returns undefined for what cannot be read.
 */
export function readSymbolRules(text: string): readonly SymbolRule[] | undefined {
  const parts = text.split(',').map((part) => part.trim().split('='));
  const rules = parts.map(([ours = '', theirs = '']) => ({ ours, theirs }));
  const isGood = parts.every(
    ([ours = '', theirs = '', ...rest]) =>
      rest.length === 0 && OURS.test(ours) && THEIRS.test(theirs) && (ours.startsWith('*') || !theirs.includes('*')),
  );
  return isGood ? rules : undefined;
}

/** What the site calls a symbol: a rule of its own counts before one for its quote, and those given before the usual one. */
export function siteSymbol(symbol: MarketSymbol, given: readonly SymbolRule[]): string | undefined {
  const [base = '', quote = ''] = symbol.split('/');
  const rules = [...given, ...USUAL];
  const rule = rules.find(({ ours }) => ours === symbol) ?? rules.find(({ ours }) => ours === `*/${quote}`);
  return rule?.theirs.replaceAll('*', base);
}
