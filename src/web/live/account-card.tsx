import type { Account } from '#contract/api.ts';
import { formatPercent, MISSING, toneOf } from '../format.ts';
import { Amount, BigAmount } from '../ui/amount.tsx';
import { ModeChip, SimulatedChip } from '../ui/chips.tsx';
import { type Curve, sparkPoints } from './curve.ts';

function Spark({ curve }: { readonly curve: Curve }) {
  if (curve.length < 2) return null;
  return (
    <svg className="spark" viewBox="0 0 60 22" role="img" aria-label="Equity of the last 7 days">
      <polyline points={sparkPoints(curve, 60, 22)} />
    </svg>
  );
}

function Facts({ account }: { readonly account: Account }) {
  const { winRate, trades, openPositions, fees, currency } = account;
  return (
    <div className="facts">
      <span className="text-fg-3">
        Open <b>{openPositions}</b>
      </span>
      <span className="text-fg-3">
        Win <b>{winRate === null ? MISSING : formatPercent(winRate)}</b> n {trades.total}
      </span>
      <span className="text-fg-3 first-letter:uppercase">{account.venue} venue</span>
      <span className="text-fg-3">
        Fees{' '}
        <span className="text-fg-2">
          <Amount value={Number(fees)} currency={currency} />
        </span>
      </span>
    </div>
  );
}

/** One account. `curve` is the equity of its last 7 days. */
export function AccountCard({ account, curve }: { readonly account: Account; readonly curve: Curve }) {
  const dayPnl = Number(account.dayPnl);
  return (
    <section className="panel account" aria-label={`Account ${account.name}`}>
      <div className="spread">
        <h3 className="med truncate text-fg-1">{account.name}</h3>
        <span className="flex gap-1">
          {account.simulated && <SimulatedChip />}
          <ModeChip mode={account.mode} />
        </span>
      </div>
      <div className="spread mt-1 items-end">
        <div className="amount">
          <BigAmount value={Number(account.equity)} currency={account.currency} />
        </div>
        <Spark curve={curve} />
      </div>
      <div className="text-xs">
        <span className={toneOf(dayPnl)}>
          <span className="med">
            <Amount value={dayPnl} currency={account.currency} plus />
          </span>{' '}
          {account.dayPnlFraction === null ? MISSING : formatPercent(account.dayPnlFraction, { plus: true })}
        </span>{' '}
        <span className="text-fg-3">today</span>
      </div>
      <Facts account={account} />
    </section>
  );
}
