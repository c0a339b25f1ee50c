import type { MarketSymbol } from '#core/instruments.ts';
import type { WallClock } from '#ports/clock.ts';
import { type Batch, type MarketQueries, MarketUnavailable, type Ticker } from '#ports/market-data.ts';

/** How old an answer may be: what decides over money is asked anew, what is looked at need not be. */
const FRESH_MS = 5_000;
const SHOWN_MS = 30_000;
/** What is looked at is shown for so long when nothing newer can be had. */
const LONGEST_SHOWN_MS = 60_000;
/** A symbol that nobody asked for in this time is not asked of the market with the others. */
const FORGET_MS = 300_000;

interface Answer {
  readonly batch: Batch<Ticker>;
  /** By `clock.mono`, when it was asked. */
  readonly askedAt: number;
}

/** Prices for everybody who wants some: whoever asks, one call brings those of all symbols. */
export class TickerBoard {
  private readonly market: Pick<MarketQueries, 'tickers'>;
  private readonly clock: WallClock;
  /** When each symbol was wanted last. */
  private readonly wanted = new Map<MarketSymbol, number>();
  private newest: Answer | undefined;
  private onItsWay: Promise<Answer> | undefined;

  constructor(market: Pick<MarketQueries, 'tickers'>, clock: WallClock) {
    this.market = market;
    this.clock = clock;
  }

  /** For monitors and orders: no older than 5 s. @throws MarketUnavailable */
  fresh(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    return this.youngerThan(FRESH_MS, symbols);
  }

  /** For pages and prompts: no older than 30 s, or 60 s while the market does not answer. @throws MarketUnavailable */
  async shown(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    try {
      return await this.youngerThan(SHOWN_MS, symbols);
    } catch (error) {
      const known = this.newest;
      const isKnown = known !== undefined && covers(known.batch, symbols) && this.ageOf(known) < LONGEST_SHOWN_MS;
      if (!isKnown || !(error instanceof MarketUnavailable)) throw error;
      return partOf(known.batch, symbols);
    }
  }

  private async youngerThan(ageMs: number, symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    for (const symbol of symbols) this.wanted.set(symbol, this.clock.mono());
    const isGood = (answer: Answer | undefined) =>
      answer !== undefined && this.ageOf(answer) < ageMs && covers(answer.batch, symbols);
    if (!isGood(this.newest)) {
      // What is on its way may have been asked before these symbols were wanted.
      if (this.onItsWay) await this.onItsWay.catch(() => undefined);
      if (!isGood(this.newest)) await this.ask();
    }
    return partOf(this.newest!.batch, symbols);
  }

  /** One call for all who wait. */
  private ask(): Promise<Answer> {
    this.onItsWay ??= this.askAll().finally(() => {
      this.onItsWay = undefined;
    });
    return this.onItsWay;
  }

  private async askAll(): Promise<Answer> {
    const askedAt = this.clock.mono();
    for (const [symbol, at] of this.wanted) if (askedAt - at > FORGET_MS) this.wanted.delete(symbol);
    const answer = { batch: await this.market.tickers([...this.wanted.keys()]), askedAt };
    this.newest = answer;
    return answer;
  }

  private ageOf({ askedAt }: Answer): number {
    return this.clock.mono() - askedAt;
  }
}

function covers({ rows, missing }: Batch<Ticker>, symbols: readonly MarketSymbol[]): boolean {
  return symbols.every((symbol) => rows.has(symbol) || missing.has(symbol));
}

function partOf<Row>({ rows, missing }: Batch<Row>, symbols: readonly MarketSymbol[]): Batch<Row> {
  const only = <Value>(map: ReadonlyMap<MarketSymbol, Value>) =>
    new Map([...map].filter(([symbol]) => symbols.includes(symbol)));
  return { rows: only(rows), missing: only(missing) };
}
