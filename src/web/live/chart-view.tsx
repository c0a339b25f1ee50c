import { useState } from 'react';
import type { z } from 'zod';
import type { CandleRow, Ohlcv, Position, Trade } from '#contract/api.ts';
import { formatR, formatStep } from '../format.ts';
import { SimulatedChip } from '../ui/chips.tsx';
import { CandleTable } from './candle-table.tsx';
import { PriceChart } from './price-chart.tsx';

type Chart = z.infer<typeof Ohlcv>;

interface ChartViewProps {
  readonly chart: Chart;
  readonly position: Position | null;
  readonly trades: readonly Trade[];
  readonly asTable: boolean;
}

function Legend({ chart, row }: { readonly chart: Chart; readonly row: CandleRow | undefined }) {
  const [, open, high, low, close] = row ?? [];
  const price = (value: number | undefined) => (value === undefined ? '–' : formatStep(value, chart.tick));
  return (
    <div className="legend">
      <b>
        {chart.symbol} · {chart.timeframe}
      </b>
      <span>O {price(open)}</span>
      <span>H {price(high)}</span>
      <span>L {price(low)}</span>
      <span>
        C <span className="text-fg-1">{price(close)}</span>
      </span>
      {chart.simulated && <SimulatedChip />}
    </div>
  );
}

/** What a sighted person reads off the chart at a glance. */
function summaryOf(
  { symbol, timeframe, tick, simulated }: Chart,
  rows: readonly CandleRow[],
  position: Position | null,
): string {
  const prices = `lowest ${formatStep(Math.min(...rows.map((row) => row[3])), tick)}, highest ${formatStep(Math.max(...rows.map((row) => row[2])), tick)}`;
  const last = rows.at(-1);
  const now = last ? `, last ${formatStep(last[4], tick)}` : '';
  const held = position
    ? `. ${position.direction} from ${formatStep(position.entryPrice, tick)}${position.r === null ? '' : `, now ${formatR(position.r)}`}`
    : '';
  return `${simulated ? 'Simulated ' : ''}${symbol}, ${rows.length} candles of ${timeframe}: ${prices}${now}${held}.`;
}

export function ChartView({ chart, position, trades, asTable }: ChartViewProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const rows = chart.forming ? [...chart.candles, chart.forming] : chart.candles;
  const label = summaryOf(chart, rows, position);
  if (asTable) return <CandleTable rows={rows} tick={chart.tick} caption={label} />;
  const row = rows.find(([at]) => at === hovered) ?? rows.at(-1);
  return (
    <div className="box">
      <Legend chart={chart} row={row} />
      <PriceChart
        key={chart.symbol}
        rows={rows}
        timeframe={chart.timeframe}
        tick={chart.tick}
        position={position}
        trades={trades}
        label={label}
        onHover={setHovered}
      />
    </div>
  );
}
