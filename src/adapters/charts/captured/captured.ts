import { createHash } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { candleCloseTime, TIMEFRAME_MS } from '#core/time.ts';
import { type ChartImage, type ChartRequest, type Charts, ChartUnavailable } from '#ports/charts.ts';
import type { WallClock } from '#ports/clock.ts';
import { CallTimedOut } from '../../calls/refusal.ts';
import { withinTime } from '../../calls/time-limit.ts';
import { checkRequest } from '../chart-request.ts';
import { type BrowserSetup, openBrowser } from './browser.ts';
import { CandlePixels } from './candle-pixels.ts';
import { type Picture, takePicture } from './picture.ts';
import type { Session, SessionFile } from './session-file.ts';
import { problemOf, type ShownPage, watchPages } from './shown-page.ts';
import { type Credentials, notSignedIn, signIn, wantsSignIn } from './sign-in.ts';
import { type SymbolRule, siteSymbol } from './symbol-mapping.ts';
import { chartAddress, type WantedChart } from './wanted-chart.ts';

export interface CapturedChartsOptions {
  /** "https://www.tradingview.com". */
  readonly site: string;
  readonly browser: BrowserSetup;
  /** A session that somebody saved. */
  readonly session: SessionFile;
  /** For where there is none, or it has expired. */
  readonly credentials: Credentials | undefined;
  readonly symbols: readonly SymbolRule[];
  readonly clock: WallClock;
  /** Ends what runs, and whatever is asked then. */
  readonly abort: AbortSignal;
  /** ms for one picture, from starting the browser on. */
  readonly limitMs?: number;
}

/** How a picture is to look. */
export type CaptureLook = Pick<ChartRequest, 'width' | 'height' | 'theme'>;

const LIMIT_MS = 45_000;
/** A browser that does not end by then is left to the end of our own process. */
const CLOSING_MS = 5_000;

/**
 * Pictures of the charts of a site, taken in a browser of the machine: one at a time, each in a browser of its own that is
 * closed after it, on a page that is opened anew. Whatever is not surely what was asked for is an error.
 */
export class CapturedCharts implements Charts {
  private readonly options: CapturedChartsOptions;
  private readonly pixels = new CandlePixels();
  private last: Promise<unknown> = Promise.resolve();
  /** Once refused, nobody knocks again and again: accounts are locked for that. */
  private refusal: ChartUnavailable | undefined;

  constructor(options: CapturedChartsOptions) {
    this.options = options;
  }

  async draw(request: ChartRequest): Promise<ChartImage> {
    checkRequest(request);
    this.checkTime(request);
    return this.capture(request, request);
  }

  /** The chart as it is now. @throws ChartUnavailable; the reason of `abort` when that fires. */
  async capture(
    { symbol, timeframe }: Pick<ChartRequest, 'symbol' | 'timeframe'>,
    look: CaptureLook,
  ): Promise<ChartImage> {
    const theirs = siteSymbol(symbol, this.options.symbols);
    if (theirs === undefined) {
      throw new ChartUnavailable(
        'symbol',
        `Cannot capture ${symbol} as it must be known what the site calls it: there is no rule for it; write it as base and ` +
          'quote, for example BTC/USDT, or add a rule to TRADINGVIEW_SYMBOLS, for example AAPL/USD=NASDAQ:AAPL',
      );
    }
    const next = () => this.inTime({ symbol: theirs, timeframe }, look);
    const picture = this.last.then(next, next);
    this.last = picture;
    return picture;
  }

  /** What can be captured is the present alone. */
  private checkTime({ symbol, timeframe, candles }: ChartRequest): void {
    const closedAt = candleCloseTime(candles.at(-1)!.openTime, timeframe);
    if (this.options.clock.wall() < closedAt + TIMEFRAME_MS[timeframe]) return;
    throw new ChartUnavailable(
      'past',
      `Cannot capture ${symbol} ${timeframe} as its last candle must have closed just now: it closed at ` +
        `${new Date(closedAt).toISOString()}; use drawn charts for a replay`,
    );
  }

  private async inTime(wanted: WantedChart, look: CaptureLook): Promise<ChartImage> {
    const { clock, abort, limitMs = LIMIT_MS } = this.options;
    let shown: ShownPage | undefined;
    let work: Promise<Picture> | undefined;
    try {
      const call = (ended: AbortSignal) => {
        work = this.inBrowser(ended, limitMs, async (browser) => {
          const page = await this.openChart(browser, wanted, look);
          return takePicture(page, wanted, (now) => {
            shown = now;
          });
        });
        return work;
      };
      const { png, pixels } = await withinTime(call, limitMs, clock, abort);
      this.checkPixels(wanted, pixels);
      return imageOf(png);
    } catch (error) {
      abort.throwIfAborted();
      if (error instanceof CallTimedOut) throw problemOf(shown, wanted) ?? problemOf(undefined, wanted);
      throw error instanceof ChartUnavailable ? error : ofPage(error, wanted);
    } finally {
      // Nothing that was started may outlive this: the next one starts its own.
      await work?.catch(() => undefined);
    }
  }

  private checkPixels({ symbol, timeframe }: WantedChart, pixels: string): void {
    const chart = `${symbol} ${timeframe}`;
    const other = this.pixels.ownerOf(chart, pixels);
    if (other === undefined) return;
    throw new ChartUnavailable(
      'stale',
      `Cannot capture ${chart} as its candles must be its own: they are those of ${other} to the last pixel; try again later`,
    );
  }

  /** A browser for one use. It is closed when that has ended, or has to. */
  private async inBrowser<Made>(
    ended: AbortSignal,
    startMs: number,
    use: (browser: Browser) => Promise<Made>,
  ): Promise<Made> {
    const browser = await openBrowser(this.options.browser, { hasWindow: false, startMs });
    let closed: Promise<unknown> | undefined;
    // Once: a second one would not wait for the first.
    const close = () => {
      closed ??= Promise.race([browser.close(), this.options.clock.sleep(CLOSING_MS, new AbortController().signal)]);
      return closed;
    };
    const onEnd = () => void close();
    ended.addEventListener('abort', onEnd);
    try {
      ended.throwIfAborted();
      return await use(browser);
    } finally {
      ended.removeEventListener('abort', onEnd);
      await close();
    }
  }

  private async openChart(browser: Browser, wanted: WantedChart, look: CaptureLook): Promise<Page> {
    const { site, session, credentials } = this.options;
    const saved = await session.read();
    const context = await contextOf(browser, look, saved);
    const page = await context.newPage();
    await visit(page, chartAddress(site, wanted));
    if (!wantsSignIn(page)) return page;
    if (credentials === undefined) throw notSignedIn(saved !== undefined);
    await this.signInOnce(page, credentials);
    await session.save(await context.storageState());
    await visit(page, chartAddress(site, wanted));
    if (wantsSignIn(page)) throw notSignedIn(true);
    return page;
  }

  private async signInOnce(page: Page, credentials: Credentials): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    try {
      await signIn(page, this.options.site, credentials);
    } catch (error) {
      if (error instanceof ChartUnavailable && error.failure !== 'page') this.refusal = error;
      throw error;
    }
  }
}

async function contextOf(browser: Browser, look: CaptureLook, saved: Session | undefined): Promise<BrowserContext> {
  const { width, height, theme } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: theme,
    ...(saved && { storageState: saved }),
  });
  await watchPages(context);
  return context;
}

/** Not until the network is idle: it never is. */
async function visit(page: Page, address: string): Promise<void> {
  const answer = await page.goto(address, { waitUntil: 'domcontentloaded', timeout: 0 });
  if (answer === null || answer.ok()) return;
  const { host } = new URL(address);
  throw new ChartUnavailable(
    'page',
    `Cannot capture charts as ${host} must show its page: it answers with HTTP ${answer.status()}; try again later`,
  );
}

/** What Playwright tells is long, and may tell what was typed. */
function ofPage(error: unknown, { symbol, timeframe }: WantedChart): ChartUnavailable {
  const [code] = /net::\w+/.exec(String(error)) ?? [];
  const why = code === undefined ? 'the browser or the page ended' : `the browser says ${code}`;
  return new ChartUnavailable(
    'page',
    `Cannot capture ${symbol} ${timeframe} as the site must be reached and its page stay open: ${why}; try again later`,
  );
}

/** A PNG's header tells its size: two numbers of 4 bytes, 16 bytes from its start. */
function imageOf(png: Uint8Array): ChartImage {
  const header = new DataView(png.buffer, png.byteOffset);
  const sha256 = createHash('sha256').update(png).digest('hex');
  return { png, sha256, drawnFrom: sha256, width: header.getUint32(16), height: header.getUint32(20) };
}
