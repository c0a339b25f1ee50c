import { useQuery } from '@tanstack/react-query';
import { Table2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ohlcvQuery, positionsQuery, tradesQuery } from '../api.ts';
import { signedFigure, toneOf } from '../format.ts';
import { Empty, PanelError, SkeletonRows } from '../ui/states.tsx';
import { ChartView } from './chart-view.tsx';
import type { ChartSymbol } from './symbols.ts';

interface SymbolTabsProps {
  readonly symbols: readonly ChartSymbol[];
  readonly chosen: string | null;
  readonly onChoose: (symbol: string) => void;
}

function SymbolTabs({ symbols, chosen, onChoose }: SymbolTabsProps) {
  return (
    <fieldset className="symbols">
      <legend className="sr">Symbol</legend>
      {symbols.map(({ symbol, r }) => (
        <button key={symbol} type="button" aria-pressed={symbol === chosen} onClick={() => onChoose(symbol)}>
          <b>{symbol}</b>
          {r !== null && <span className={toneOf(r, r)}>{signedFigure(r, 1)}R</span>}
        </button>
      ))}
    </fieldset>
  );
}

function SymbolChart({ symbol, asTable }: { readonly symbol: string; readonly asTable: boolean }) {
  const query = useQuery(ohlcvQuery(symbol));
  const positions = useQuery(positionsQuery());
  const trades = useQuery(tradesQuery());
  const ofSymbol = useMemo(
    () => trades.data?.trades.filter((trade) => trade.symbol === symbol) ?? [],
    [trades.data, symbol],
  );
  const position = positions.data?.positions.find((held) => held.symbol === symbol) ?? null;
  if (query.data && query.data.candles.length + (query.data.forming ? 1 : 0) > 0) {
    return <ChartView chart={query.data} position={position} trades={ofSymbol} asTable={asTable} />;
  }
  if (query.data)
    return <Empty title={`No candles of ${symbol} yet`}>The chart begins with the first candle that closes.</Empty>;
  if (query.isError)
    return <PanelError what={`the candles of ${symbol}`} error={query.error} queryKey={ohlcvQuery(symbol).queryKey} />;
  return <SkeletonRows />;
}

interface ChartPanelProps extends SymbolTabsProps {
  /** The bots are known, so an empty list of symbols is the truth. */
  readonly known: boolean;
}

/** Row 2: the price of one symbol, with what we did in it. */
export function ChartPanel({ symbols, chosen, onChoose, known }: ChartPanelProps) {
  const [asTable, setAsTable] = useState(false);
  const timeframe = symbols.find(({ symbol }) => symbol === chosen)?.timeframe;
  return (
    <section className="panel chart" aria-labelledby="chart-title">
      <h2 id="chart-title" className="sr">
        Chart
      </h2>
      <div className="panel-head">
        <SymbolTabs symbols={symbols} chosen={chosen} onChoose={onChoose} />
        <div className="right">
          {timeframe && (
            <span className="chip line max-desk:hidden" title="The timeframe of the bot that trades it">
              {timeframe}
            </span>
          )}
          <button
            type="button"
            className="btn ghost icon sm"
            aria-pressed={asTable}
            aria-label="Show as a table"
            title="Show as a table"
            onClick={() => setAsTable(!asTable)}
          >
            <Table2 aria-hidden="true" />
          </button>
        </div>
      </div>
      {chosen !== null && <SymbolChart symbol={chosen} asTable={asTable} />}
      {chosen === null && known && (
        <Empty title="No symbol to show">The chart shows what the bots trade. There is no bot yet.</Empty>
      )}
      {chosen === null && !known && <SkeletonRows />}
    </section>
  );
}
