import type { ReactNode } from 'react';
import { formatPercent, MISSING, toneOf } from '../format.ts';
import { Amount, BigAmount } from '../ui/amount.tsx';
import { SimulatedChip } from '../ui/chips.tsx';
import type { Headline } from './headline.ts';

function Today({ headline }: { readonly headline: Headline }) {
  const { dayPnl, dayPnlFraction, currency } = headline;
  return (
    <div className="mt-0.5">
      <span className={toneOf(dayPnl)}>
        <span className="med">
          <Amount value={dayPnl} currency={currency} plus />
        </span>{' '}
        {dayPnlFraction === null ? MISSING : formatPercent(dayPnlFraction, { plus: true })}
      </span>{' '}
      <span className="text-fg-3">today</span>
    </div>
  );
}

function Minis({ headline }: { readonly headline: Headline }) {
  const worst = headline.accounts.length > 1;
  return (
    <dl className="minis">
      <dt>Unrealised</dt>
      <dt title="Below the highest equity so far">{worst ? 'Drawdown, worst account' : 'Drawdown'}</dt>
      <dd className={toneOf(headline.unrealizedPnl)}>
        <Amount value={headline.unrealizedPnl} currency={headline.currency} plus />
      </dd>
      <dd>
        {formatPercent(-headline.drawdown)}{' '}
        <span className="text-fg-3">max {formatPercent(-headline.maxDrawdown)}</span>
      </dd>
    </dl>
  );
}

interface EquityCardProps {
  readonly headline: Headline;
  /** The curve with its range switch. */
  readonly children: ReactNode;
}

export function EquityCard({ headline, children }: EquityCardProps) {
  const { accounts, leftOut, title, currency, equity } = headline;
  return (
    <section className="panel equity" aria-labelledby="equity-title">
      <div className="figures">
        <h2 id="equity-title" className="sr">
          {title}
        </h2>
        <div
          className="flex h-[18px] items-center gap-1.5 text-xs"
          title="Wallet and unrealised P&L of the accounts, by the engine"
        >
          <span className="med text-fg-1" aria-hidden="true">
            {title}
          </span>
          <span className="text-fg-3">
            {accounts.length} {accounts.length === 1 ? 'account' : 'accounts'}
            {leftOut > 0 && `, ${leftOut} in another currency not added`}
          </span>
          {headline.simulated && <SimulatedChip />}
        </div>
        <div className="amount">
          <BigAmount value={equity} currency={currency} />
        </div>
        <Today headline={headline} />
        <Minis headline={headline} />
      </div>
      <div className="curve">{children}</div>
    </section>
  );
}
