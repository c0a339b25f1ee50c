import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Decisions } from '#contract/api.ts';
import { readBotFile } from '#contract/bot-file.ts';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { openBrowser } from './browser.ts';
import { type Product, startProduct } from './product.ts';

const SIZES = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const;
const SCREENSHOTS = 'artifacts';
const BOT = 'Chart reader';
const CANDLES = 200;
/** What is shown is of the draft as it stands. */
const IS_CURRENT = 'document.querySelector(".pictures.old") === null';

interface Basis {
  readonly opinions: readonly { readonly imageHash: string }[];
}

/** The pages of an engine whose market has ended: what a bot was shown last stays what it would be shown. */
describe('the form of a bot that is shown charts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'autotrader-form-'));
  const contexts: BrowserContext[] = [];
  const pages = new Map<string, Page>();
  const faults: string[] = [];
  let product: Product;
  /** The hash that the bot's last decision keeps of its picture. */
  let shownLast: string;

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const candles = generateCandles(CANDLES, 20260101);
    const candleFile = join(folder, 'candles.csv');
    writeFileSync(candleFile, formatCandles(candles));
    const botFile = join(folder, 'bot.json');
    const file = { ...JSON.parse(readFileSync('examples/chart-vision.json', 'utf8')), timeframe: '1m' };
    writeFileSync(botFile, JSON.stringify(file));
    product = await startProduct(['--market', `replay:${candleFile}`, '--speed', 'max', '--bot', botFile]);
    for (const { name, width, height } of SIZES) {
      const context = await openBrowser(width, height);
      const page = await context.newPage();
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(product.address);
      contexts.push(context);
      pages.set(name, page);
    }
    shownLast = await hashAtEnd(product.address, candles.closeTimeAt(CANDLES - 1));
  });

  afterAll(async () => {
    for (const context of contexts) await context.close();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(SIZES)('$name', ({ name, width }) => {
    const page = () => pages.get(name)!;
    const picture = () => page().getByRole('img', { name: /as the model sees it/ });
    const fits = async () => expect(await page().evaluate('document.documentElement.scrollWidth')).toBe(width);

    test('is reached by clicking, and shows the very picture that the model was shown', async () => {
      await page().getByRole('navigation').getByRole('link', { name: 'Bots' }).filter({ visible: true }).click();
      await page().getByRole('main').getByRole('link', { name: BOT }).filter({ visible: true }).click();
      await picture().waitFor();
      expect(await hashOf(picture())).toBe(shownLast);
      await page()
        .getByText(`SHA-256 ${shownLast.slice(0, 12)}`)
        .waitFor();
      await page().getByText('Simulated').or(page().getByText('Replay')).filter({ visible: true }).first().waitFor();
      await page().getByText('No changes: this is what the bot runs with.').waitFor();
      await fits();
      await page().screenshot({ path: `${SCREENSHOTS}/bot-form-${name}.png` });
    });

    test('draws again with every change', async () => {
      await page().getByRole('button', { name: 'Light' }).click();
      const light = await nextPicture(page(), picture(), shownLast);
      await page().getByLabel('Bars').fill('60');
      const short = await nextPicture(page(), picture(), light);
      await page().getByText('60 candles', { exact: true }).waitFor();
      expect(new Set([shownLast, light, short]).size).toBe(3);
      await page().getByText('2 changes.').waitFor();
      await picture().scrollIntoViewIfNeeded();
      await page().screenshot({ path: `${SCREENSHOTS}/bot-form-light-picture-${name}.png` });
    });

    test('shows the newest draft, whichever answer comes first', async () => {
      const held = Promise.withResolvers<Route>();
      await page().route('**/api/bots/preview', held.resolve, { times: 1 });
      const calledOff = page().waitForEvent('requestfailed');
      await page().getByLabel('Bars').fill('50');
      const route = await held.promise;
      await page().getByText('Looking…').first().waitFor();
      await page().getByLabel('Bars').fill('55');
      await page().waitForFunction(IS_CURRENT);
      await page().getByText('55 candles', { exact: true }).waitFor();
      expect((await calledOff).url()).toBe(route.request().url());
      expect(route.request().postDataJSON().file).toMatch(/"candles": 50/);
    });

    test('says under the field what is wrong, and how many there are', async () => {
      const bars = page().getByLabel('Bars');
      await bars.fill('7x');
      const wrong = page().getByText('Must be a whole number from 20 to 1000 (it is "7x")', { exact: true });
      await wrong.waitFor();
      await page().getByRole('button', { name: '1 problem', exact: true }).click();
      expect(await page().locator(':focus').getAttribute('id')).toBe(await bars.getAttribute('id'));
      expect(await bars.getAttribute('aria-invalid')).toBe('true');
      expect(await page().getByRole('button', { name: 'Download the file' }).isDisabled()).toBe(true);
      await page().getByText('The draft has to be mended first').waitFor();
      await fits();
      await page().screenshot({ path: `${SCREENSHOTS}/bot-form-problem-${name}.png` });
    });

    test('keeps the draft over a reload, and gives it as a file that the contract takes', async () => {
      await page().getByLabel('Bars').fill('60');
      await page().getByText('2 changes.').waitFor();
      await page().reload();
      await page().getByText('2 changes.').waitFor();
      const button = page().getByRole('button', { name: 'Download the file' });
      const [download] = await Promise.all([page().waitForEvent('download'), button.click()]);
      expect(download.suggestedFilename()).toBe('chart-reader.json');
      const bot = readBotFile(readFileSync(await download.path(), 'utf8'));
      expect(bot).toMatchObject({ name: BOT, chart: { theme: 'light', candles: 60, width: 640 } });
      await page()
        .getByText(/npx autotrader start --market replay:.* --bot chart-reader.json/)
        .waitFor();
    });

    test('another page of the same bot edits the same draft', async () => {
      const other = await page().context().newPage();
      await other.goto(page().url());
      await other.getByText('2 changes.').waitFor();
      await other.getByLabel('Capital').fill('90000');
      await page().getByText('3 changes.').waitFor();
      expect(await page().getByLabel('Capital').inputValue()).toBe('90000');
      await page().getByLabel('Capital').fill('100000');
      await other.getByText('2 changes.').waitFor();
      await other.close();
    });

    test('makes a prompt of its own where other words are written', async () => {
      await page().getByLabel('Question', { exact: true }).fill('What now, {{symbol}}? {{candels}}');
      await page()
        .getByText(/There is no variable "candels"; did you mean "candles"/)
        .first()
        .waitFor();
      await page().getByLabel('Question', { exact: true }).fill('What now, {{symbol}}?');
      await page().getByRole('heading', { name: 'Prompt my-chart-vision/1' }).waitFor();
      await page()
        .getByText(/The words as they are sent/)
        .click();
      await page().getByText('What now, BTC/USDT?', { exact: true }).waitFor();
    });

    test.each(['Model vote', 'Indicator rules'])('becomes a bot of another kind: %s', async (kind) => {
      await page().getByRole('radio', { name: kind }).check({ force: true });
      const section = kind === 'Model vote' ? 'Models and vote' : 'Enter long when';
      await page().getByRole('heading', { name: section }).waitFor();
      await page().getByText('Kept in this browser.').waitFor();
      await fits();
      await page().getByRole('heading', { name: section }).scrollIntoViewIfNeeded();
      const file = kind.toLowerCase().replace(' ', '-');
      await page().screenshot({ path: `${SCREENSHOTS}/bot-form-${file}-${name}.png` });
    });

    test('takes the whole file as a text, and says where it is wrong', async () => {
      const file = page().getByLabel('Bot file (JSON)');
      const text = await file.inputValue();
      await file.fill('{\n  "name": ,\n}');
      await page()
        .getByText(/Line 2, column 11: expected a value/)
        .waitFor();
      await page().getByText('its fields come back once the text below is mended').waitFor();
      await file.fill(text.replace('"rsi(14)"', '"rsj(14)"').replace('"crosses-above"', '"rises-above"'));
      await page()
        .getByText(/^Entry\.long\.all\[0\]\[1\]: must be ">", "<"/)
        .waitFor();
      await file.fill(JSON.stringify({ kind: 'model-vote', prompt: { name: 'x', version: 1, system: [], user: 'y' } }));
      await page()
        .getByText(/^Prompt\.system: must be a text/)
        .first()
        .waitFor();
      // The two of one place stand between others that stay, and others come.
      await file.fill('{"kind": "model-vote", "symbols": 1, "models": 2, "vote": 3}');
      await page()
        .getByText(/^Vote: must be/)
        .first()
        .waitFor();
      await file.fill(text);
      await page().getByText('Kept in this browser.').waitFor();
      await page()
        .getByText(/must be a text/)
        .first()
        .waitFor({ state: 'detached', timeout: 5_000 });
    });

    test('is as it was once the draft is discarded', async () => {
      await page().getByRole('button', { name: 'Discard' }).click();
      await page().getByRole('button', { name: 'Undo discard' }).click();
      await page().getByRole('heading', { name: 'Enter long when' }).waitFor();
      await page().getByRole('button', { name: 'Discard' }).click();
      await page().getByText('No changes: this is what the bot runs with.').waitFor();
      await picture().waitFor();
      await page().waitForFunction(IS_CURRENT);
      expect(await hashOf(picture())).toBe(shownLast);
    });

    test('shows the picture larger when it is clicked', async () => {
      await picture().click();
      const dialog = page().getByRole('dialog');
      await dialog.getByRole('img').waitFor();
      expect(await dialog.getByRole('img').getAttribute('width')).toBe('1280');
      await page().screenshot({ path: `${SCREENSHOTS}/bot-form-zoomed-${name}.png` });
      await page().keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });
  });

  test('says so where there is no such bot', async () => {
    const page = pages.get('phone')!;
    await page.goto(`${product.address}/bots/edit?id=nobody`);
    await page.getByText('No such bot runs here').waitFor();
    await page.getByRole('link', { name: 'See the bots that do' }).click();
    await page.getByRole('link', { name: BOT }).filter({ visible: true }).first().waitFor();
  });

  test('nothing broke', () => {
    expect(faults).toEqual([]);
  });

  test('says that the engine is away, and keeps the draft', async () => {
    const page = pages.get('desktop')!;
    process.kill(-product.process.pid!, 'SIGKILL');
    await page.getByLabel('Bars').fill('70');
    await page.getByText(/The engine did not answer. \(NO_CONTACT\)/).waitFor({ timeout: 60_000 });
    await page.getByText(/so the draft is not checked. Kept in this browser/).waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/bot-form-away.png` });
  });
});

/** Waits until the market has ended, and tells the hash of the last picture that was shown. */
async function hashAtEnd(address: string, end: number): Promise<string> {
  const last = async () => {
    const answer = await fetch(`${address}/api/decisions?limit=1`);
    return Decisions.parse(await answer.json()).decisions[0];
  };
  await vi.waitFor(async () => expect((await last())?.occasion).toBe(end), { timeout: 120_000 });
  const { opinions } = (await last())!.input.basis as Basis;
  return opinions[0]!.imageHash;
}

/** SHA-256 of the bytes that a page shows. */
async function hashOf(picture: Locator): Promise<string> {
  const source = (await picture.getAttribute('src'))!;
  return createHash('sha256')
    .update(Buffer.from(source.split(',')[1]!, 'base64'))
    .digest('hex');
}

/** Waits for another picture of the draft as it stands. */
async function nextPicture(page: Page, picture: Locator, before: string): Promise<string> {
  await page.getByText(`SHA-256 ${before.slice(0, 12)}`).waitFor({ state: 'detached' });
  await page.waitForFunction(IS_CURRENT);
  return hashOf(picture);
}
