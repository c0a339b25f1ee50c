import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chartPageTwin } from '#simulator/chart-page/twin.ts';
import type { Simulator } from '#simulator/simulator.ts';
import { inventedPrices, openServices } from '#tests/builders/loopback-services.ts';
import { openBrowser } from './browser.ts';

const USER = 'trader@example.com';
const PASSWORD = 'correct horse';
const BTC = 'BYBIT%3ABTCUSDT.P';
const ETH = 'BYBIT%3AETHUSDT.P';
/** Longer than anything that is waited for: only the page's own clock gets there. */
const LONG_MS = 60_000;

let browser: BrowserContext;

beforeAll(async () => {
  browser = await openBrowser(1280, 720);
});
afterAll(() => browser.close());

/** A fresh site, and a browser that has not been there. */
async function open(behaviour: object = {}) {
  const prices = [inventedPrices('BTC/USDT', 60_000, '0.1'), inventedPrices('ETH/USDT', 3_000, '0.01')];
  const simulator = await openServices([chartPageTwin], { prices, history: 3000 });
  const site = simulator.service('chart-page');
  site.command('behave', behaviour);
  await browser.clearCookies();
  const page = await browser.newPage();
  const chart = (symbol: string, interval = '60') =>
    page.goto(`${site.address}/chart/?symbol=${symbol}&interval=${interval}`);
  return { simulator, site, page, chart };
}

/** As a bot does it: by the ways and names that are known of the real site. */
async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.locator('button[name="Email"]').click();
  await page.locator('#id_username').fill(USER);
  await page.locator('#id_password').fill(password);
  await page.locator('button[type="submit"]').click();
}

const legendOf = (page: Page) => page.locator('[data-name="legend-source-item"]');
const hasLegend = (page: Page, text: string) => legendOf(page).filter({ hasText: text }).waitFor();
const pictureOf = (page: Page) => page.evaluate("document.querySelector('[data-name=pane-canvas]').toDataURL()");
const isDrawn = (page: Page) => page.waitForFunction("document.querySelector('.tv-spinner') === null");

/** The candle that the market runs, as the legend writes it. */
function closeOf({ line }: Simulator): string {
  return `C${line.series[0]!.lastPrice(line.now).toFixed(1)}`;
}

test('a chart is shown after signing in, with its symbol, timeframe and last price', async () => {
  const { page, chart, simulator } = await open();
  await chart(BTC);
  expect(page.url()).toContain('/accounts/signin/?next=%2Fchart');
  await signIn(page);
  await hasLegend(page, 'BTCUSDT.P · 1h · BYBIT');
  expect(await legendOf(page).textContent()).toContain(closeOf(simulator));
  expect(await page.title()).toContain('BTCUSDT.P 6');
  await page.locator('[data-name="header-user-menu-button"]').waitFor();
  expect(await pictureOf(page)).toMatch(/^data:image\/png/);
  const { cookies } = await browser.storageState();
  expect(cookies.map(({ name, httpOnly }) => [name, httpOnly])).toEqual([
    ['sessionid', true],
    ['sessionid_sign', true],
  ]);
});

test('the cookies alone are enough, until they are revoked or one is missing', async () => {
  const { page, chart, site } = await open();
  await chart(BTC);
  await signIn(page);
  await hasLegend(page, 'BTCUSDT.P');
  const { cookies } = await browser.storageState();
  await browser.clearCookies();
  await browser.addCookies(cookies);
  await chart(ETH, 'D');
  await hasLegend(page, 'ETHUSDT.P · 1d');
  await browser.clearCookies({ name: 'sessionid_sign' });
  await chart(ETH);
  expect(page.url()).toContain('/accounts/signin/');
  await browser.addCookies(cookies);
  site.command('sign-out');
  await chart(ETH);
  expect(page.url()).toContain('/accounts/signin/');
});

test('a wrong password, and a captcha that nobody solves', async () => {
  const { page, chart, site } = await open();
  await chart(BTC);
  await signIn(page, 'wrong');
  await page.getByRole('alert').filter({ hasText: 'Invalid username or password' }).waitFor();
  site.command('behave', { captcha: true });
  await signIn(page);
  await page.getByRole('alert').filter({ hasText: 'not a robot' }).waitFor();
});

test('consent is asked for over everything, once', async () => {
  const { page, chart } = await open({ requiresLogin: false });
  await chart(BTC);
  await hasLegend(page, 'BTCUSDT.P');
  const maybeLater = page.getByRole('button', { name: 'Maybe later' });
  await expect(maybeLater.click({ timeout: 500 })).rejects.toThrow('intercepts pointer events');
  await page.locator('button:has-text("Accept all")').click();
  await maybeLater.click();
  expect(await page.getByRole('dialog').count()).toBe(0);
  await chart(ETH);
  await hasLegend(page, 'ETHUSDT.P');
  expect(await page.locator('button:has-text("Accept all")').count()).toBe(0);
});

test('a stale frame: the legend tells the new symbol while the picture is still the old one', async () => {
  const { page, chart, site } = await open({ requiresLogin: false, asksConsent: false });
  await chart(BTC);
  await isDrawn(page);
  const old = await pictureOf(page);
  await page.clock.install();
  site.command('behave', { staleCanvasMs: LONG_MS });
  await chart(ETH);
  await page.clock.runFor(10);
  await hasLegend(page, 'ETHUSDT.P');
  expect(await page.title()).toContain('ETHUSDT.P');
  expect(await pictureOf(page)).toBe(old);
  await page.clock.runFor(LONG_MS + 100);
  expect(await pictureOf(page)).not.toBe(old);
});

test('the legend may be late too, and the chart may load for long', async () => {
  const { page, chart } = await open({ requiresLogin: false, loadMs: LONG_MS, staleLegendMs: LONG_MS });
  await page.clock.install();
  await chart(ETH);
  await page.getByRole('progressbar').waitFor();
  expect(await legendOf(page).textContent()).toBe('');
  await page.clock.runFor(LONG_MS);
  await hasLegend(page, 'BTCUSDT');
  await page.clock.runFor(LONG_MS);
  await hasLegend(page, 'ETHUSDT.P');
});

test('a symbol that is not there has no chart', async () => {
  const { page, chart } = await open({ requiresLogin: false });
  await chart('BYBIT%3A%3Cb%3ENO');
  await page.getByText('Invalid symbol').waitFor();
  expect(await legendOf(page).count()).toBe(0);
  await chart(BTC, '45');
  await page.getByText('Invalid symbol').waitFor();
});
