import { MarginAccount } from '#core/margin/margin-account.ts';
import { MarginWallet } from '#core/margin/margin-wallet.ts';
import type { Account } from '#engine/account.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { exactFill, type Move } from './account-moves.ts';
import type { OnMargin } from './backtest-result.ts';

/** The contracts of a backtest booked once more, move by move: where each stood at any of them. */
export class ReplayedMargin {
  private readonly accounts: ReadonlyMap<SymbolRun, MarginAccount>;

  constructor({ contracts, setup }: OnMargin, { runs, startingBalance }: Account) {
    const wallet = new MarginWallet(startingBalance);
    this.accounts = new Map(
      runs.map((run) => {
        const { symbol } = run.owner;
        const { tiers } = setup.contracts.get(symbol)!;
        return [run, new MarginAccount({ wallet, tiers, terms: contracts.get(symbol)!.account.terms })];
      }),
    );
  }

  of(run: SymbolRun): MarginAccount {
    return this.accounts.get(run)!;
  }

  /** The other contracts in which a position is held. */
  besides(run: SymbolRun): readonly (readonly [SymbolRun, MarginAccount])[] {
    return [...this.accounts].filter(([other, { position }]) => other !== run && position.quantity !== 0n);
  }

  book({ run, did }: Move): void {
    const account = this.of(run);
    if ('fill' in did) {
      const { price, quantity } = exactFill(run, did.fill);
      const { book } = run;
      account.rebook(quantity, price, { fee: book.feeOf(did.fill), covered: book.coveredOf(did.fill) });
    } else {
      account.rebookCarry(did.carry);
    }
  }

  /** Puts every contract where its candle of a time opened or closed; one without a candle then where it closed last. */
  mark(time: number, at: 'open' | 'close'): void {
    for (const [{ candles, grid }, account] of this.accounts) {
      const i = candles.indexAt(time);
      if (i < 0) continue;
      const column = candles.openTimeAt(i) === time ? candles[at] : candles.close;
      account.mark = grid.exactPrice(grid.priceOf(column.values[i]!));
    }
  }
}
