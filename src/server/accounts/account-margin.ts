import { resolve } from 'node:path';
import type { Bot } from '#core/bots.ts';
import { formatDecimal, ratio } from '#core/money.ts';
import { type MarginOptions, marginFor } from '../cli/margin-options.ts';
import { namedFile } from '../files/named-files.ts';
import type { MarginSetup } from './contracts.ts';

/** What an account's row says of margin, as JSON: what was asked for, with files by their whole path. */
export interface StoredMargin {
  readonly model: NonNullable<MarginOptions['margin']>;
  readonly tiers?: string;
  readonly funding?: readonly string[];
  readonly borrowRate?: string;
}

/** What is asked for a bot: `generic` where it has leverage and nothing is said. */
export function marginAsked({ leverage }: Bot, options: MarginOptions): MarginOptions {
  if (options.margin !== undefined || leverage === undefined) return options;
  return { ...options, margin: 'generic' };
}

/** The text for an account's row; null for one that trades outright. */
export function marginText({ margin: model, tiers, funding, borrowRate }: MarginOptions): string | null {
  if (model === undefined) return null;
  const stored: StoredMargin = {
    model,
    ...(tiers !== undefined && { tiers: resolve(tiers) }),
    ...(funding !== undefined && { funding: funding.map(resolved) }),
    ...(borrowRate !== undefined && { borrowRate: formatDecimal(borrowRate) }),
  };
  return JSON.stringify(stored);
}

function resolved(file: string): string {
  const { symbol, path } = namedFile(file);
  return symbol === undefined ? resolve(path) : `${symbol}=${resolve(path)}`;
}

/** What the text of an account's row says. */
export function storedTerms(text: string): StoredMargin {
  return JSON.parse(text) as StoredMargin;
}

/** How an account's row says that its bot is reckoned. @throws InputError when a file of it is gone. */
export async function storedMargin(bot: Bot, text: string | null): Promise<MarginSetup | undefined> {
  if (text === null) return undefined;
  const { model, borrowRate, ...files } = storedTerms(text);
  return marginFor(bot, {
    margin: model,
    ...files,
    ...(borrowRate !== undefined && { borrowRate: ratio(borrowRate) }),
  });
}
