import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Bot } from '#core/bots.ts';
import type { FeeRates, MarketSymbol } from '#core/instruments.ts';
import { ContractMargin } from '#core/margin/contract-margin.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import { MarginAccount } from '#core/margin/margin-account.ts';
import type { MarginWallet } from '#core/margin/margin-wallet.ts';
import type { MarginModel } from '#core/margin/models.ts';
import type { MarginTiers } from '#core/margin/tiers.ts';
import { ONE, type Ratio } from '#core/money.ts';
import type { MarginRules } from '#engine/symbol-run.ts';

/** A bot's contracts on margin: how their venue reckons, and by symbol the tiers and the funding to come, oldest first. */
export interface MarginSetup {
  readonly model: MarginModel;
  /** A day's interest on what is borrowed, as a fraction of it; 0 where none is asked for. */
  readonly dailyInterest: Ratio;
  readonly contracts: ReadonlyMap<MarketSymbol, ContractSetup>;
}

export interface ContractSetup {
  readonly tiers: MarginTiers;
  readonly funding: readonly FundingEvent[];
}

/** What stands behind the position in each symbol; none for a bot that trades outright. */
export type Contracts = ReadonlyMap<MarketSymbol, ContractMargin>;

/** The bot's contracts at the venue, all on one wallet. */
export function contractsOf(
  { leverage = ONE as Ratio, marginMode = 'isolated' }: Bot,
  margin: MarginSetup | undefined,
  wallet: MarginWallet,
  series: readonly SourcedSeries[],
  { taker }: FeeRates,
): Contracts {
  const contracts = new Map<MarketSymbol, ContractMargin>();
  if (margin === undefined) return contracts;
  for (const { symbol, instrument } of series) {
    const { tiers, funding } = margin.contracts.get(symbol)!;
    const terms = {
      model: margin.model,
      marginMode,
      leverage,
      takerRate: BigInt(taker) as Ratio,
      tick: instrument.tick,
    };
    contracts.set(
      symbol,
      new ContractMargin(new MarginAccount({ wallet, tiers, terms }), funding, margin.dailyInterest),
    );
  }
  return contracts;
}

/** What sizing keeps to; undefined for a bot that trades outright. */
export function rulesOf(margin: MarginSetup | undefined, symbol: MarketSymbol): MarginRules | undefined {
  return margin && { model: margin.model, tiers: margin.contracts.get(symbol)!.tiers };
}
