import { TERMS_WARNING } from '#adapters/charts/captured/terms.ts';
import { DrawnBeside } from '#adapters/charts/drawn-beside.ts';
import { ChartsWithFallback } from '#adapters/charts/fallback.ts';
import { ImageStore } from '#adapters/charts/image-store.ts';
import { KeptCharts } from '#adapters/charts/kept.ts';
import { systemClock } from '#adapters/clock/system.ts';
import type { Charts } from '#ports/charts.ts';
import { type CaptureParts, openCapture } from './chart-capture.ts';

export interface ChartParts extends CaptureParts {
  readonly say: (line: string) => void;
}

/** Who makes pictures for the bots of an engine: drawn here, or captured where the owner asked for it. All are kept. */
export async function openCharts(parts: ChartParts): Promise<Charts> {
  const { settings, dataDir, say } = parts;
  const images = await ImageStore.open({ dataDir, retention: settings.retention, clock: systemClock });
  const drawn = new DrawnBeside();
  if (!settings.captures) return new KeptCharts(drawn, images);
  say(TERMS_WARNING);
  const captured = openCapture(parts);
  const charts = settings.fallback === 'none' ? captured : new ChartsWithFallback(captured, drawn, say);
  return new KeptCharts(charts, images);
}
