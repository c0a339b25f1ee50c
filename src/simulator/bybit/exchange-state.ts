import type { MarketSeries } from '../market-series.ts';
import type { TwinWorld } from '../twin.ts';
import type { BybitAccount, Contracts } from './account.ts';
import type { FundingSchedule } from './funding.ts';
import type { Contract } from './instruments.ts';
import { badParameter, type Params } from './params.ts';

/** All that the twin knows. */
export interface ExchangeState {
  readonly world: TwinWorld;
  readonly contracts: Contracts;
  /** By key. */
  readonly accounts: ReadonlyMap<string, BybitAccount>;
  readonly funding: ReadonlyMap<string, FundingSchedule>;
}

/** A route's answer: the `result`, and what some say beside it. */
export interface RouteAnswer {
  readonly result: object;
  readonly retExtInfo?: object;
}

export interface Listed {
  readonly contract: Contract;
  readonly series: MarketSeries;
}

/** The contract that a request names. @throws Refusal */
export function listed({ contracts }: ExchangeState, params: Params): Listed {
  const found = contracts.get(params.need('symbol'));
  if (found === undefined) throw badParameter('params error: symbol invalid');
  return found;
}
