import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account } from '#contract/api.ts';
import { accountsQuery, equityCurveQuery } from '../api.ts';
import { formatPercent } from '../format.ts';
import { inScope, useScope } from '../scope.ts';
import { Segments } from '../ui/segments.tsx';
import { Empty, PanelError, SkeletonRows } from '../ui/states.tsx';
import { AccountCard } from './account-card.tsx';
import { type Curve, endOf, RANGE_MS, RANGES, type Range, sumOfCurves, withNow } from './curve.ts';
import { EquityCard } from './equity-card.tsx';
import { EquityChart } from './equity-chart.tsx';
import { type Headline, headlineOf } from './headline.ts';

type CurveOf = (account: Account) => Curve;

function curveLabel(headline: Headline, range: Range, curve: Curve): string {
  const first = curve[0]?.[1];
  const last = curve.at(-1)?.[1];
  if (!first || !last) return `${headline.title}, no curve yet`;
  return `${headline.title}, ${range}: ${formatPercent(last / first - 1, { plus: true })} from its first point to now`;
}

function EquityCurvePart({ headline, curveOf }: { readonly headline: Headline; readonly curveOf: CurveOf }) {
  const [range, setRange] = useState<Range>('30D');
  const curve = endOf(sumOfCurves(headline.accounts.map(curveOf)), RANGE_MS[range]);
  return (
    <>
      <Segments label="Range" choices={RANGES} chosen={range} onChoose={setRange} />
      {curve.length > 1 ? (
        <EquityChart key={range} curve={curve} label={curveLabel(headline, range, curve)} />
      ) : (
        <p className="px-3 pt-14 text-center text-xs text-fg-3">The curve begins with the first recorded equity.</p>
      )}
    </>
  );
}

/** Each account's recorded curve, ended with what the account is worth now. */
function useCurves(accounts: readonly Account[]): CurveOf {
  return useQueries({
    queries: accounts.map(({ id }) => equityCurveQuery(id)),
    combine: (results) => {
      const recorded = new Map(accounts.map(({ id }, k) => [id, results[k]?.data?.points ?? []]));
      return (account: Account) => withNow(recorded.get(account.id) ?? [], account.marketTime, Number(account.equity));
    },
  });
}

function Accounts({ accounts }: { readonly accounts: readonly Account[] }) {
  const scope = useScope();
  const curveOf = useCurves(accounts);
  const headline = headlineOf(accounts);
  return (
    <>
      {headline && (
        <EquityCard headline={headline}>
          <EquityCurvePart headline={headline} curveOf={curveOf} />
        </EquityCard>
      )}
      <div className="accounts">
        {accounts
          .filter((account) => inScope(account, scope))
          .map((account) => (
            <AccountCard key={account.id} account={account} curve={endOf(curveOf(account), RANGE_MS['7D'])} />
          ))}
      </div>
    </>
  );
}

/** Row 1: what there is. */
export function AccountsRow() {
  const accounts = useQuery(accountsQuery());
  if (accounts.data && accounts.data.accounts.length > 0) return <Accounts accounts={accounts.data.accounts} />;
  return (
    <section className="panel flex-1 overflow-hidden" aria-label="Accounts">
      {accounts.data && (
        <Empty title="No account yet">The engine makes a paper account when it starts with its first bot.</Empty>
      )}
      {accounts.isError && (
        <PanelError what="the accounts" error={accounts.error} queryKey={accountsQuery().queryKey} />
      )}
      {accounts.isPending && <SkeletonRows />}
    </section>
  );
}
