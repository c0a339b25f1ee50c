import type { Page } from 'playwright-core';
import { ChartUnavailable } from '#ports/charts.ts';
import { NO_SUCH_SYMBOL, SELECTORS } from './selectors.ts';
import { lookAt, problemOf, type ShownPage } from './shown-page.ts';
import type { WantedChart } from './wanted-chart.ts';

const PAUSE_MS = 100;
const CLICK_MS = 2_000;

/** A picture of the chart, and the pixels of its candles alone, which have neither legend nor figures. */
export interface Picture {
  readonly png: Uint8Array;
  readonly pixels: string;
}

/**
 * Waits until a page shows what is wanted and nothing lies over it, and takes the picture. It waits for as long as the
 * page is open: whoever opened it knows the time limit.
 * @param onLook Told what the page shows, each time it is looked at.
 * @throws ChartUnavailable for a symbol that the site does not have.
 */
export async function takePicture(
  page: Page,
  wanted: WantedChart,
  onLook: (shown: ShownPage) => void,
): Promise<Picture> {
  for (;;) {
    await closePopUps(page);
    const shown = await lookAt(page).catch((error: unknown) => {
      if (page.isClosed()) throw error;
      return undefined; // It goes on to another page of itself.
    });
    if (shown !== undefined) onLook(shown);
    if (shown !== undefined && problemOf(shown, wanted) === undefined) {
      const png = await page.locator(SELECTORS.chart).first().screenshot();
      // What was shown while it was taken is known when the same is shown before and after.
      const after = await lookAt(page);
      onLook(after);
      if (problemOf(after, wanted) === undefined && after.told === shown.told) return { png, pixels: shown.pixels };
    } else if (shown?.legend === '' && (await page.getByText(NO_SUCH_SYMBOL).first().isVisible())) {
      throw new ChartUnavailable(
        'symbol',
        `Cannot capture ${wanted.symbol} ${wanted.timeframe} as the site must have this chart: it says that it has not; set TRADINGVIEW_SYMBOLS`,
      );
    }
    await page.waitForTimeout(PAUSE_MS);
  }
}

/** Consent first: it lies over the others. One that cannot be clicked away is seen as something that lies over the chart. */
async function closePopUps(page: Page): Promise<void> {
  for (const selector of [SELECTORS.acceptCookies, SELECTORS.dismissOffer]) {
    const button = page.locator(selector).first();
    if (await button.isVisible()) await button.click({ timeout: CLICK_MS }).catch(() => undefined);
  }
}
