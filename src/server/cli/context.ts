import type { Context } from '#contract/api.ts';
import { figure, MISSING, signedFigure } from '#core/figures.ts';
import { loadConfig } from '../config.ts';
import { openContext } from '../models/context.ts';
import { writeDocument } from './json-document.ts';
import { table } from './text-table.ts';
import { durationText } from './time-text.ts';

export interface ContextOptions {
  readonly json?: true;
}

type Told = Pick<Context['fearGreed'], 'ageMs' | 'why'>;

const BILLION = 1e9;

/** Prints what is known of the world beside prices, how old it is, and what is not known and why. */
export async function context({ json }: ContextOptions): Promise<void> {
  const source = openContext(loadConfig());
  try {
    const known = await source.read();
    if (json) await writeDocument(process.stdout, known);
    else process.stdout.write(textOf(known));
  } finally {
    source.close();
  }
}

function textOf({ sources, fearGreed, market, coins }: Context): string {
  const whole = table(
    ['', 'Value', 'Age', 'Source'],
    [
      ['Fear & Greed', fearGreedText(fearGreed), ageText(fearGreed), sources.fearGreed],
      ['Crypto market', marketText(market), ageText(market), sources.coins],
    ],
  );
  const there = coins.filter(({ value }) => value !== null).toSorted((a, b) => rankOf(a) - rankOf(b));
  return `${whole}\n${there.length > 0 ? coinTable(there) : ''}${missingLines(coins)}`;
}

function fearGreedText({ value, why }: Context['fearGreed']): string {
  return value ? `${value.value} of 100, ${value.classification}` : `not known: ${why}`;
}

function marketText({ value, why }: Context['market']): string {
  if (value === null) return `not known: ${why}`;
  const change = `${signedFigure(value.marketCapChange24hPercent, 2)} % in 24 h`;
  return `${figure(value.marketCapUsd / BILLION, 0)} bn USD (${change}), ${figure(value.bitcoinSharePercent, 1)} % Bitcoin`;
}

function ageText({ ageMs }: Told): string {
  return ageMs === null ? MISSING : durationText(ageMs);
}

function coinTable(coins: Context['coins']): string {
  const head = ['Coin', 'USD', 'Market cap (bn)', 'Volume 24 h (bn)', '1 h (%)', '24 h (%)', '7 days (%)', 'Age'];
  const billions = (usd: number | null) => (usd === null ? MISSING : figure(usd / BILLION, 2));
  const change = (percent: number | null) => (percent === null ? MISSING : signedFigure(percent, 2));
  const rows = coins.flatMap(({ base, value, ...told }) => {
    if (value === null) return [];
    const changes = [value.change1hPercent, value.change24hPercent, value.change7dPercent].map(change);
    const sizes = [value.marketCapUsd, value.volume24hUsd].map(billions);
    return [[base, String(value.priceUsd), ...sizes, ...changes, ageText(told)]];
  });
  return table(head, rows);
}

/** One line for all that lack for the same reason. */
function missingLines(coins: Context['coins']): string {
  const lacking = Map.groupBy(
    coins.filter(({ value }) => value === null),
    ({ why }) => why,
  );
  return [...lacking].map(([why, rows]) => `Not known: ${rows.map(({ base }) => base).join(', ')}: ${why}.\n`).join('');
}

function rankOf({ value }: Context['coins'][number]): number {
  return value?.marketCapRank ?? Number.POSITIVE_INFINITY;
}
