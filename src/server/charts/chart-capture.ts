import { CapturedCharts } from '#adapters/charts/captured/captured.ts';
import { SessionFile } from '#adapters/charts/captured/session-file.ts';
import { systemClock } from '#adapters/clock/system.ts';
import type { ChartSettings } from './chart-settings.ts';

export interface CaptureParts {
  readonly settings: ChartSettings;
  readonly dataDir: string;
  /** Ends every capture. */
  readonly abort: AbortSignal;
}

/** Charts of the site that the settings name. Nothing is loaded or started before the first one. */
export function openCapture({ settings, dataDir, abort }: CaptureParts): CapturedCharts {
  const { site, browser, credentials, symbols } = settings;
  const session = new SessionFile(dataDir);
  return new CapturedCharts({ site, browser, session, credentials, symbols, clock: systemClock, abort });
}
