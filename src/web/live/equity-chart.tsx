import { useCallback, useEffect } from 'react';
import { useDisplay } from '../display.ts';
import type { Curve } from './curve.ts';
import { openEquityPlot } from './equity-plot.ts';
import { usePlot } from './use-plot.ts';

export function EquityChart({ curve, label }: { readonly curve: Curve; readonly label: string }) {
  const { zone, hideAmounts } = useDisplay();
  const open = useCallback((box: HTMLElement) => openEquityPlot(box, { zone, hideAmounts }), [zone, hideAmounts]);
  const { box, plot } = usePlot(open);
  useEffect(() => plot?.show(curve), [plot, curve]);
  return <div ref={box} className="canvas" role="img" aria-label={label} />;
}
