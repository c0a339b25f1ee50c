import { useQuery } from '@tanstack/react-query';
import type { Position } from '#contract/api.ts';
import { accountsQuery, positionsQuery } from '../api.ts';
import { toneOf } from '../format.ts';
import { inScope, useScope } from '../scope.ts';
import { Amount } from '../ui/amount.tsx';
import { Panel } from '../ui/panel.tsx';
import { PanelError, SkeletonRows } from '../ui/states.tsx';
import { NoPositions } from './no-positions.tsx';
import { PositionCard } from './position-card.tsx';
import { PositionRow } from './position-row.tsx';

interface PositionListProps {
  readonly positions: readonly Position[];
  readonly currencyOf: (position: Position) => string;
  readonly symbol: string | null;
  readonly onSelect: (symbol: string) => void;
}

function PositionTable({ positions, currencyOf, symbol, onSelect }: PositionListProps) {
  return (
    <div className="scroller max-desk:hidden">
      <table className="data two-line">
        <caption className="sr">
          Open positions. Prices in the quote currency; R is a multiple of the first risk.
        </caption>
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col">Side</th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col" className="number">
              Entry
            </th>
            <th scope="col" className="number">
              Mark
            </th>
            <th scope="col" className="number">
              Unrealised
            </th>
            <th scope="col" className="track">
              Stop → target
            </th>
            <th scope="col" className="number">
              R/R left
            </th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <PositionRow
              key={position.id}
              position={position}
              currency={currencyOf(position)}
              selected={position.symbol === symbol}
              onSelect={() => onSelect(position.symbol)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PositionCards({ positions, currencyOf, symbol, onSelect }: PositionListProps) {
  return (
    <ul className="desk:hidden">
      {positions.map((position) => (
        <PositionCard
          key={position.id}
          position={position}
          currency={currencyOf(position)}
          selected={position.symbol === symbol}
          onSelect={() => onSelect(position.symbol)}
        />
      ))}
    </ul>
  );
}

/** "5 open · +$242.53 live · $475 at risk": of the live ones as soon as there is one, and of one currency only. */
function Summary({ positions: all, currencyOf }: Pick<PositionListProps, 'positions' | 'currencyOf'>) {
  const live = all.filter((position) => position.mode === 'live');
  const positions = live.length > 0 ? live : all;
  const currencies = new Set(positions.map(currencyOf));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) return `${all.length} open`;
  const pnl = positions.reduce((sum, position) => sum + Number(position.unrealizedPnl), 0);
  const atRisk = positions.reduce((sum, position) => sum + Number(position.atRisk ?? 0), 0);
  const withoutStop = positions.filter((position) => position.atRisk === null).length;
  return (
    <>
      {all.length} open ·{' '}
      <span className={toneOf(pnl)}>
        <Amount value={pnl} currency={currency} plus />
      </span>{' '}
      {live.length > 0 && 'live '}· <Amount value={atRisk} currency={currency} decimals={0} /> at risk
      {withoutStop > 0 && ` · ${withoutStop} without a stop`}
    </>
  );
}

interface PositionsPanelProps {
  readonly symbol: string | null;
  readonly onSelect: (symbol: string) => void;
}

/** Row 3: what is open. */
export function PositionsPanel({ symbol, onSelect }: PositionsPanelProps) {
  const scope = useScope();
  const query = useQuery(positionsQuery());
  const accounts = useQuery(accountsQuery());
  const positions = query.data?.positions.filter((position) => inScope(position, scope));
  const currencyOf = ({ accountId }: Position) =>
    accounts.data?.accounts.find(({ id }) => id === accountId)?.currency ?? 'USD';
  const list = { positions: positions ?? [], currencyOf, symbol, onSelect };
  const some = list.positions.length > 0;
  return (
    <Panel title="Positions" className="positions" meta={some && <Summary {...list} />}>
      {some && <PositionTable {...list} />}
      {some && <PositionCards {...list} />}
      {positions?.length === 0 && <NoPositions />}
      {query.isError && !query.data && (
        <PanelError what="the positions" error={query.error} queryKey={positionsQuery().queryKey} />
      )}
      {query.isPending && <SkeletonRows />}
    </Panel>
  );
}
