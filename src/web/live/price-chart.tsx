import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CandleRow, Position, Trade } from '#contract/api.ts';
import { useDisplay } from '../display.ts';
import { actionsSince, planOf } from './plan.ts';
import { openPricePlot } from './price-plot.ts';
import { usePlot } from './use-plot.ts';

interface PriceChartProps {
  readonly rows: readonly CandleRow[];
  readonly timeframe: string;
  readonly tick: string;
  readonly position: Position | null;
  readonly trades: readonly Trade[];
  /** What a screen reader says of it. */
  readonly label: string;
  readonly onHover: (openTime: number | null) => void;
}

const isNarrow = () => window.matchMedia('(max-width: 760px)').matches;

export function PriceChart({ rows, timeframe, tick, position, trades, label, onHover }: PriceChartProps) {
  const { zone, hideAmounts } = useDisplay();
  const [short] = useState(isNarrow);
  const open = useCallback((canvas: HTMLElement) => openPricePlot(canvas, { zone, tick }), [zone, tick]);
  const { box, plot } = usePlot(open);

  const first = rows[0]?.[0] ?? 0;
  const actions = useMemo(() => actionsSince(trades, timeframe, first), [trades, timeframe, first]);
  const plan = useMemo(
    () => (position ? planOf(position, timeframe, { short, hideAmounts }) : null),
    [position, timeframe, short, hideAmounts],
  );
  // The candles come first: plan and actions are placed on their times.
  useEffect(() => plot?.show(rows), [plot, rows]);
  useEffect(() => plot?.showPlan(plan), [plot, plan]);
  useEffect(() => plot?.showActions(actions), [plot, actions]);
  useEffect(() => plot?.onHover(onHover), [plot, onHover]);
  return <figure ref={box} className="canvas" aria-label={label} />;
}
