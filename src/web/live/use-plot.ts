import { type RefObject, useEffect, useRef, useState } from 'react';
import { useDisplay } from '../display.ts';

/** A chart in a box, drawn anew when what `open` closes over or the colours change. `open` must be memoised. */
export function usePlot<Plot extends { close(): void }>(
  open: (box: HTMLElement) => Plot,
): { readonly box: RefObject<HTMLDivElement | null>; readonly plot: Plot | null } {
  const box = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | null>(null);
  const { theme, colours } = useDisplay();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot reads the colours of the theme when it opens.
  useEffect(() => {
    if (!box.current) return;
    const opened = open(box.current);
    setPlot(opened);
    return () => {
      setPlot(null);
      opened.close();
    };
  }, [open, theme, colours]);
  return { box, plot };
}
