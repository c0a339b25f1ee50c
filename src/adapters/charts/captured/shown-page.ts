import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { ChartUnavailable } from '#ports/charts.ts';
import { SELECTORS } from './selectors.ts';
import { isLegendOf, type WantedChart } from './wanted-chart.ts';

/** What a page shows at one moment. */
export interface ShownPage {
  /** Empty while there is none. */
  readonly legend: string;
  /** Grows when the legend begins to tell of another chart. */
  readonly told: number;
  /** Whether candles were drawn since the legend tells of this chart. Before, the picture may be that of another one. */
  readonly isRedrawn: boolean;
  readonly isLoading: boolean;
  /** Something lies over the chart. */
  readonly isCovered: boolean;
  /** The candles' pixels; empty where nothing is drawn. */
  readonly pixels: string;
}

const SCRIPT = readFileSync(new URL('page-watch.js', import.meta.url), 'utf8');

/** Every page of the context can be looked at from then on. */
export async function watchPages(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: `((selectors) => {${SCRIPT}\n})(${JSON.stringify(SELECTORS)});` });
}

/** Waits for two frames, so that what is drawn now is seen. */
export function lookAt(page: Page): Promise<ShownPage> {
  return page.evaluate('window.chartWatch()');
}

/** What is wrong with a page as a picture of a chart; undefined when nothing is. */
export function problemOf(shown: ShownPage | undefined, wanted: WantedChart): ChartUnavailable | undefined {
  const asked = `${wanted.symbol} ${wanted.timeframe}`;
  const cannot = `Cannot capture ${asked}`;
  if (shown === undefined) {
    return new ChartUnavailable('late', `${cannot} as the page must load in time: it did not; try again later`);
  }
  if (shown.legend === '' || shown.isLoading) {
    return new ChartUnavailable('late', `${cannot} as the chart must load in time: it did not; try again later`);
  }
  if (!isLegendOf(shown.legend, wanted)) {
    const told = JSON.stringify(shown.legend.slice(0, 80));
    return new ChartUnavailable(
      'stale',
      `${cannot} as the chart's legend must tell its ticker, timeframe and exchange: it tells ${told}; ` +
        'if it is no other chart, let the site show tickers in its legend, or set TRADINGVIEW_SYMBOLS',
    );
  }
  if (shown.isCovered) {
    return new ChartUnavailable(
      'page',
      `${cannot} as nothing may lie over the chart: something does that cannot be closed; open the site by hand and close it`,
    );
  }
  if (!shown.isRedrawn || shown.pixels === '') {
    return new ChartUnavailable(
      'stale',
      `${cannot} as it must be drawn after the legend tells of it: the picture is still that of before; try again later`,
    );
  }
  return undefined;
}
