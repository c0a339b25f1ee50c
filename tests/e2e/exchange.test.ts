import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ohlcv, Tickers } from '#contract/api.ts';
import { openBrowser } from './browser.ts';
import { LiveKraken } from './live-kraken.ts';
import { type Product, startProduct } from './product.ts';

describe('the Live page of an exchange', () => {
  let kraken: LiveKraken;
  let product: Product;
  let page: Page;
  const faults: string[] = [];
  /** What the page is told of the market's silence instead of what the engine says: nobody waits for the real one here. */
  let silentSince: number | null = null;

  beforeAll(async () => {
    kraken = await LiveKraken.open();
    product = await startProduct([], { AUTOTRADER_CCXT_URL: kraken.address });
    page = await (await openBrowser(1440, 900)).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await page.routeWebSocket(/\/ws\//, (socket) => {
      const engine = socket.connectToServer();
      engine.onMessage((message) =>
        socket.send(String(message).replace('"marketSilentSince":null', `"marketSilentSince":${silentSince}`)),
      );
    });
    await page.goto(product.address);
  });

  afterAll(async () => {
    await page?.context().close();
    await product?.stop();
    await kraken?.close();
  });

  test('says where the prices come from, and shows the last one', async () => {
    await page.getByText('Kraken, simulated').first().waitFor();
    const shown = async () => Ohlcv.parse(await (await fetch(`${product.address}/api/ohlcv/BTC%2FUSDT`)).json());
    await expect.poll(async () => (await shown()).forming).not.toBeNull();
    const { candles, forming } = await shown();
    expect(candles.length).toBeGreaterThan(200);
    expect(Date.now() - forming![0]).toBeLessThan(2 * 60_000);
    // The running candle may change between the question and the look.
    const isOnPage = async () => {
      const close = (await shown()).forming![4].toLocaleString('en-US', { minimumFractionDigits: 1 });
      return page.getByText(close).first().isVisible();
    };
    await expect.poll(isOnPage, { timeout: 10_000 }).toBe(true);
  });

  test('is told bid, ask and last price of everything in one call', async () => {
    const asked = kraken.askedOf('Ticker').length;
    const get = async () => Tickers.parse(await (await fetch(`${product.address}/api/tickers`)).json());
    const [{ tickers, missing, simulated }] = await Promise.all([get(), get(), get()]);
    expect(tickers.map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT', 'SOL/USDT']);
    for (const { bid, ask, last } of tickers) expect(bid! < last! && last! < ask!).toBe(true);
    expect({ missing, simulated }).toEqual({ missing: [], simulated: true });
    expect(kraken.askedOf('Ticker')).toHaveLength(asked + 1);
  });

  test('says since when no price came, and that it is over', async () => {
    silentSince = Date.UTC(2026, 0, 5, 9, 30, 15);
    await page.getByText('No prices from Kraken, simulated since 09:30:15.').waitFor();
    await page.getByText('Connected').filter({ visible: true }).first().waitFor();
    silentSince = null;
    await page.getByText('No prices from').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });
});
