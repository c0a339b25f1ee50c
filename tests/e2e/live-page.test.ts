import { mkdirSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { type Product, startProduct } from './product.ts';

const SIZES = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const;
const SCREENSHOTS = 'artifacts';

interface PushedTrade {
  readonly what: 'entry' | 'exit';
  readonly symbol: string;
  readonly direction: 'long' | 'short';
}

/** Listens on the page's own socket: resolves with the first trade that the server pushes. */
function pushedTrade(page: Page): Promise<PushedTrade> {
  return new Promise((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        const message = /^42(\["trade_executed",.*)$/s.exec(String(payload))?.[1];
        if (message === undefined) return;
        const [, { what, trade }] = JSON.parse(message);
        resolve({ what, symbol: trade.symbol, direction: trade.direction });
      });
    });
  });
}

describe('the Live page of a first npm start', () => {
  let product: Product;
  const contexts: BrowserContext[] = [];
  const pages = new Map<string, Page>();
  /** For each page, the first trade that was pushed to it. */
  const pushed = new Map<string, Promise<PushedTrade>>();
  const faults: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    product = await startProduct(['--market', 'simulated']);
    for (const { name, width, height } of SIZES) {
      const context = await openBrowser(width, height);
      const page = await context.newPage();
      pushed.set(name, pushedTrade(page));
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(product.address)) foreign.push(request.url());
      });
      await page.goto(product.address);
      contexts.push(context);
      pages.set(name, page);
    }
  });

  afterAll(async () => {
    for (const context of contexts) await context.close();
    await product?.stop();
  });

  test.each(SIZES)('a trade arrives by socket, $name', async ({ name, width }) => {
    const page = pages.get(name)!;
    const { what, symbol, direction } = await pushed.get(name)!;
    const row = page.getByText(`${symbol} paper ${direction} ${what === 'entry' ? 'opened' : 'closed'}`);
    await row.filter({ visible: true }).first().waitFor();
    await page.getByText('Simulated').filter({ visible: true }).first().waitFor();
    await page.getByText('Connected').filter({ visible: true }).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.screenshot({ path: `${SCREENSHOTS}/live-${name}.png` });
  });

  test('nothing but the product was asked, and nothing broke', () => {
    expect(foreign).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('a page whose engine is gone says so', async () => {
    const page = pages.get('desktop')!;
    process.kill(-product.process.pid!, 'SIGKILL');
    await page.getByText(/No contact with the engine for/).waitFor({ timeout: 30_000 });
    await page.screenshot({ path: `${SCREENSHOTS}/live-stale.png` });
  });
});

describe('the Live page of a replay that has just begun', () => {
  const FIRST_OPEN = '96,000.0';
  let product: Product;
  let context: BrowserContext;

  beforeAll(async () => {
    const market = ['--market', 'replay:examples/simulated-5m.csv.gz', '--speed', '600'];
    product = await startProduct([...market, '--bot', 'examples/sma-cross.json']);
    context = await openBrowser(1440, 900);
  });

  afterAll(async () => {
    await context?.close();
    await product?.stop();
  });

  async function candlesThere(): Promise<number> {
    const answer = await fetch(`${product.address}/api/ohlcv/BTC%2FUSDT`);
    return ((await answer.json()) as { candles: unknown[] }).candles.length;
  }

  test('keeps the first candle in sight while there is room for more', async () => {
    const page = await context.newPage();
    await page.goto(product.address);
    const chart = page.locator('.chart .canvas');
    await chart.waitFor();
    const atFirst = await candlesThere();
    await expect.poll(candlesThere, { timeout: 60_000 }).toBeGreaterThan(atFirst + 15);
    const { x, y, height } = (await chart.boundingBox())!;
    await page.mouse.move(x + 3, y + height / 2);
    await page.locator('.chart .legend').getByText(FIRST_OPEN).waitFor({ timeout: 10_000 });
    await page.screenshot({ path: `${SCREENSHOTS}/live-replay.png` });
  });
});
