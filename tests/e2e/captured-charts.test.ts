import { type ExecFileException, execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadImage } from '@napi-rs/canvas';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openBrowser } from '#adapters/charts/captured/browser.ts';
import { CapturedCharts, type CapturedChartsOptions } from '#adapters/charts/captured/captured.ts';
import { logInByHand } from '#adapters/charts/captured/manual-login.ts';
import { SessionFile } from '#adapters/charts/captured/session-file.ts';
import { systemClock } from '#adapters/clock/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { type ChartRequest, ChartUnavailable } from '#ports/charts.ts';
import { chartPageTwin } from '#simulator/chart-page/twin.ts';
import { inventedPrices, openServices } from '#tests/builders/loopback-services.ts';

const CREDENTIALS = { user: 'trader@example.com', password: 'correct horse' };
const LOOK = { width: 1280, height: 720, theme: 'dark' } as const;
const OPEN = { requiresLogin: false, asksConsent: false };
const ENVIRONMENT = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
const BROWSER = { chromiumPath: undefined, environment: ENVIRONMENT };
/** Longer than any of these tests: what waits for it ends by the time limit. */
const FOREVER_MS = 600_000;
/** Long enough for a page to be shown on a busy machine. */
const LIMIT_MS = 10_000;
const PATIENT = { timeout: 60_000 };

afterEach(() => expect(browsersOfOurs()).toEqual([]));

/** Browsers that this process started and that still run. */
function browsersOfOurs(): readonly string[] {
  const parentOf = (pid: string) => {
    try {
      // "PID (name) state parent"; a dead one that nobody waited for has no command line.
      const isAlive = readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
      const parent = /\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      return isAlive && /chrom/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ? parent : undefined;
    } catch {
      return undefined; // It has ended meanwhile.
    }
  };
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === String(process.pid));
}

function dataDirOf(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'autotrader-capture-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

/** Whoever captures charts of a site. */
function chartsOf(site: string, change: Partial<CapturedChartsOptions> = {}, dataDir = dataDirOf()) {
  const session = new SessionFile(dataDir);
  const { signal: abort } = new AbortController();
  const usual = { site, session, credentials: undefined, symbols: [], browser: BROWSER, clock: systemClock, abort };
  const charts = new CapturedCharts({ ...usual, ...change });
  const capture = (symbol: string, timeframe: Timeframe = '1h') =>
    charts.capture({ symbol: symbol as MarketSymbol, timeframe }, LOOK);
  return { charts, capture, session };
}

/** The simulated site, and whoever captures its charts. Its market stands still. */
async function open(behaviour: object = {}, change: Partial<CapturedChartsOptions> = {}) {
  const prices = [inventedPrices('BTC/USDT', 60_000, '0.1'), inventedPrices('ETH/USDT', 3_000, '0.01')];
  const simulator = await openServices([chartPageTwin], { prices, history: 3000 });
  const site = simulator.service('chart-page');
  site.command('behave', behaviour);
  return { simulator, site, ...chartsOf(site.address, change) };
}

/** A site of one's own. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A chart of whatever is asked for, which looks the same for all. @param more What else is on the page. */
function serveChart(more = ''): Promise<string> {
  return serve(({ url = '' }, answer) => {
    const ticker = new URL(url, 'http://x').searchParams.get('symbol')?.split(':')[1];
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(`<div class="chart-container">
      <div data-name="legend-source-item">${ticker} · 1h · BYBIT</div><canvas data-name="pane-canvas"></canvas></div>
      ${more}<script>
        setInterval(() => document.querySelector('canvas').getContext('2d').fillRect(0, 0, 50, 50), 50);
      </script>`);
  });
}

async function failureOf(capture: Promise<unknown>): Promise<ChartUnavailable> {
  const error = await capture.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ChartUnavailable);
  const { message } = error as ChartUnavailable;
  expect(message).toMatch(/^Cannot [^\n]+ as [^\n]+: [^\n]+; [^\n]+$/);
  expect(message).not.toContain(CREDENTIALS.password);
  return error as ChartUnavailable;
}

describe('a picture', () => {
  test('is of the symbol that was asked for, by the password first and by the saved session then', async () => {
    const { capture, session, site } = await open({}, { credentials: CREDENTIALS });
    const [btc, eth] = await Promise.all([capture('BTC/USDT'), capture('ETH/USDT', '4h')]);
    for (const { png, width, height } of [btc, eth]) {
      const picture = await loadImage(Buffer.from(png));
      expect([picture.width, picture.height]).toEqual([width, height]);
      // The page without its head, which has the name of whoever is signed in.
      expect([width, height]).toEqual([1280, 681]);
    }
    expect(eth.sha256).not.toBe(btc.sha256);
    expect(statSync(session.path).mode & 0o777).toBe(0o600);
    const bySession = new CapturedCharts({
      ...{ site: site.address, session, credentials: undefined, symbols: [], browser: BROWSER },
      ...{ clock: systemClock, abort: new AbortController().signal },
    });
    expect(await bySession.capture({ symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h' }, LOOK)).toEqual(btc);
  });

  test('is drawn as well as a drawn one, but of the present alone', async () => {
    const { charts, simulator } = await open(OPEN);
    const { line } = simulator;
    const closed = line.series[0]!.closed('1h')!;
    const candles = [closed.at(closed.length - 1)];
    const market = { symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h' as const, priceDecimals: 1 };
    const request: ChartRequest = { ...market, ...LOOK, candles, overlays: [], panes: [] };
    expect(await failureOf(charts.draw(request))).toMatchObject({ failure: 'past' });
    const now = chartsOf(simulator.service('chart-page').address, { clock: { ...systemClock, wall: () => line.now } });
    expect((await now.charts.draw(request)).width).toBe(1280);
    const hourLater = { ...systemClock, wall: () => (line.now + 3_600_000) as EpochMs };
    const late = chartsOf(simulator.service('chart-page').address, { clock: hourLater });
    expect(await failureOf(late.charts.draw(request))).toMatchObject({ failure: 'past' });
    await expect(now.charts.draw({ ...request, width: 100 })).rejects.toThrow(RangeError);
  });

  test('has nothing lying over it: consent is given and offers are clicked away', async () => {
    const { capture, site } = await open(OPEN);
    const plain = await capture('BTC/USDT');
    site.command('behave', { asksConsent: true });
    expect(await capture('BTC/USDT')).toEqual(plain);
  });
});

describe('a stale frame', () => {
  test('of the canvas is waited for', async () => {
    const { capture, site } = await open(OPEN);
    const plain = await capture('ETH/USDT');
    await capture('BTC/USDT');
    site.command('behave', { staleCanvasMs: 1_500 });
    expect(await capture('ETH/USDT')).toEqual(plain);
  });

  test('of the canvas that stays is an error, even for the first picture', async () => {
    const { capture, site } = await open({ ...OPEN, staleCanvasMs: FOREVER_MS }, { limitMs: LIMIT_MS });
    const { failure, message } = await failureOf(capture('ETH/USDT'));
    expect(failure).toBe('stale');
    expect(message).toContain('the picture is still that of before');
    site.command('behave', { staleCanvasMs: 0 });
    await capture('ETH/USDT');
  });

  test('of the legend is an error', async () => {
    const { capture } = await open({ ...OPEN, staleLegendMs: FOREVER_MS }, { limitMs: LIMIT_MS });
    const { failure, message } = await failureOf(capture('ETH/USDT'));
    expect(failure).toBe('stale');
    expect(message).toContain('it tells "BTCUSDT · 1h · BYBIT O');
  });

  test('of another symbol is known by its pixels', async () => {
    const { capture } = chartsOf(await serveChart());
    await capture('BTC/USDT');
    const { failure, message } = await failureOf(capture('ETH/USDT'));
    expect(failure).toBe('stale');
    expect(message).toContain('they are those of BYBIT:BTCUSDT.P 1h to the last pixel');
  });
});

describe('who is not signed in', () => {
  test('is told how to, and what to do about a session that has expired', async () => {
    const { capture, site, session } = await open();
    const nobody = await failureOf(capture('BTC/USDT'));
    expect(nobody.failure).toBe('login');
    expect(nobody.message).toContain('nobody is; log in by hand: autotrader charts login');
    await chartsOf(site.address, { credentials: CREDENTIALS, session }).capture('BTC/USDT');
    await capture('BTC/USDT');
    site.command('sign-out');
    const expired = await failureOf(capture('BTC/USDT'));
    expect(expired.failure).toBe('login');
    expect(expired.message).toContain('the saved session has expired; log in by hand');
  });

  test('signs in again by the password when the session has expired', async () => {
    const { capture, site } = await open({}, { credentials: CREDENTIALS });
    await capture('BTC/USDT');
    site.command('sign-out');
    await capture('BTC/USDT');
  });

  test('leaves a captcha to a person, and does not knock again', async () => {
    const { capture, site, session } = await open({ captcha: true }, { credentials: CREDENTIALS });
    const { failure, message } = await failureOf(capture('BTC/USDT'));
    expect(failure).toBe('challenge');
    expect(message).toContain('log in by hand: autotrader charts login');
    site.command('behave', { captcha: false });
    expect((await failureOf(capture('BTC/USDT'))).failure).toBe('challenge');
    await chartsOf(site.address, { credentials: CREDENTIALS, session }).capture('BTC/USDT');
    await capture('BTC/USDT');
  });

  test('is told that the password is wrong', async () => {
    const { capture, session } = await open({}, { credentials: { ...CREDENTIALS, password: 'wrong-pass' } });
    const { failure, message } = await failureOf(capture('BTC/USDT'));
    expect(failure).toBe('login');
    expect(message).toContain('it refused them');
    expect(message).not.toContain('wrong-pass');
    expect(existsSync(session.path)).toBe(false);
  });

  test('does not knock again either where the site says nothing', async () => {
    const form =
      '<button name="Email"></button><input id="id_username"><input id="id_password"><form><button type="submit">';
    const posts: string[] = [];
    const site = await serve(({ url = '' }, answer) => {
      posts.push(url);
      if (url.startsWith('/chart/')) answer.writeHead(302, { location: '/accounts/signin/' }).end();
      // What is sent is a form to the same page, which asks again.
      else answer.setHeader('content-type', 'text/html').end(form.replace('<form>', '<form action="?sent">'));
    });
    const { capture } = chartsOf(site, { credentials: CREDENTIALS, limitMs: LIMIT_MS });
    expect(await failureOf(capture('BTC/USDT'))).toMatchObject({ failure: 'late' });
    expect(await failureOf(capture('BTC/USDT'))).toMatchObject({ failure: 'login' });
    expect(posts.filter((url) => url.includes('?'))).toEqual([
      expect.stringContaining('/chart/?'),
      '/accounts/signin/?',
      expect.stringContaining('/chart/?'),
    ]);
  });

  test('types nothing into a page of another site', async () => {
    const posts: string[] = [];
    const asks =
      '<button name="Email"></button><input id="id_username"><input id="id_password"><form><button type="submit">';
    const elsewhere = await serve(({ method = '' }, answer) => {
      posts.push(method);
      answer.setHeader('content-type', 'text/html').end(asks);
    });
    const away = `${elsewhere}/accounts/signin/`;
    const sending = await serve((_, answer) => void answer.writeHead(302, { location: away }).end());
    const { failure, message } = await failureOf(chartsOf(sending, { credentials: CREDENTIALS }).capture('BTC/USDT'));
    expect([failure, message]).toEqual(['page', expect.stringContaining(`it is of ${elsewhere}`)]);
    expect(new Set(posts)).toEqual(new Set(['GET']));
  });

  test('may sign in by hand', async () => {
    const { capture, site, session } = await open({ captcha: true });
    const browser = await openBrowser(BROWSER, { hasWindow: false, startMs: 60_000 });
    try {
      const { signal: abort } = new AbortController();
      const terms = { site: site.address, session, clock: systemClock, abort, limitMs: 60_000 };
      const done = logInByHand(browser, terms);
      await vi.waitUntil(() => browser.contexts()[0]?.pages().length === 1, PATIENT);
      const page = browser.contexts()[0]!.pages()[0]!;
      await page.locator('button[name="Email"]').click();
      await page.locator('#id_username').fill(CREDENTIALS.user);
      await page.locator('#id_password').fill(CREDENTIALS.password);
      // The person does what the site wants to see.
      site.command('behave', { captcha: false });
      await page.locator('button[type="submit"]').click();
      await done;
    } finally {
      await browser.close();
    }
    expect(statSync(session.path).mode & 0o777).toBe(0o600);
    await capture('BTC/USDT');
  });

  test('is told when the window was closed before', async () => {
    const { site, session } = await open();
    const browser = await openBrowser(BROWSER, { hasWindow: false, startMs: 60_000 });
    const { signal: abort } = new AbortController();
    const terms = { site: site.address, session, clock: systemClock, abort, limitMs: 60_000 };
    const done = failureOf(logInByHand(browser, terms));
    await vi.waitUntil(() => browser.contexts()[0]?.pages()[0]?.url().includes('/accounts/signin/'), PATIENT);
    await browser.close();
    expect((await done).message).toContain('the window was closed before');
    expect(existsSync(session.path)).toBe(false);
  });

  test.each([
    {
      name: 'that others can read',
      text: '{"cookies":[],"origins":[]}',
      mode: 0o644,
      says: 'others can; run "chmod 600"',
    },
    { name: 'that is none', text: '{"cookies":', mode: 0o600, says: 'it is not; log in again' },
  ])('is not by a session $name', async ({ text, mode, says }) => {
    const { capture, session } = await open();
    writeFileSync(session.path, text);
    chmodSync(session.path, mode);
    const { failure, message } = await failureOf(capture('BTC/USDT'));
    expect(failure).toBe('login');
    expect(message).toContain(says);
  });
});

describe('there is no picture', () => {
  test('of a page that takes longer than it may', async () => {
    const { capture } = await open({ ...OPEN, loadMs: FOREVER_MS }, { limitMs: 4_000 });
    expect(await failureOf(capture('BTC/USDT'))).toMatchObject({ failure: 'late' });
  });

  test('of a page that answers nothing, or never ends to run', async () => {
    const silent = await serve(() => undefined);
    expect(await failureOf(chartsOf(silent, { limitMs: 3_000 }).capture('BTC/USDT'))).toMatchObject({
      failure: 'late',
    });
    const busy = await serve((_, answer) => {
      answer.setHeader('content-type', 'text/html').end('<script>setTimeout(() => { for (;;); })</script>');
    });
    expect(await failureOf(chartsOf(busy, { limitMs: 3_000 }).capture('BTC/USDT'))).toMatchObject({ failure: 'late' });
  });

  test('of a chart that something lies over', async () => {
    const site = await serveChart(
      '<div style="position: fixed; left: 0; bottom: 0; width: 100px; height: 90vh">Ad</div>',
    );
    const { failure, message } = await failureOf(chartsOf(site, { limitMs: LIMIT_MS }).capture('BTC/USDT'));
    expect([failure, message]).toEqual(['page', expect.stringContaining('nothing may lie over the chart')]);
  });

  test('of a site that refuses, or is not there', async () => {
    const refusing = await serve((_, answer) => void answer.writeHead(403).end('no robots'));
    const refused = await failureOf(chartsOf(refusing).capture('BTC/USDT'));
    expect([refused.failure, refused.message]).toEqual(['page', expect.stringContaining('HTTP 403')]);
    const away = await failureOf(chartsOf('http://127.0.0.1:1').capture('BTC/USDT'));
    expect([away.failure, away.message]).toEqual(['page', expect.stringContaining('net::ERR_')]);
  });

  test('of a symbol that the site does not have, or that has no rule', async () => {
    const { capture } = await open(OPEN);
    expect(await failureOf(capture('NOPE/USDT'))).toMatchObject({ failure: 'symbol' });
    const { failure, message } = await failureOf(capture('AAPL/USD'));
    expect([failure, message]).toEqual(['symbol', expect.stringContaining('TRADINGVIEW_SYMBOLS')]);
  });

  test('without a browser', async () => {
    const { capture } = await open(OPEN, { browser: { chromiumPath: undefined, environment: { PATH: '/nowhere' } } });
    const none = await failureOf(capture('BTC/USDT'));
    expect([none.failure, none.message]).toEqual(['browser', expect.stringContaining('set CHROMIUM_PATH')]);
    const wrong = await open(OPEN, { browser: { chromiumPath: '/bin/false', environment: ENVIRONMENT } });
    const broken = await failureOf(wrong.capture('BTC/USDT'));
    expect([broken.failure, broken.message]).toEqual(['browser', expect.stringContaining('"/bin/false" did not')]);
  });

  test('after all was called off', async () => {
    const stop = new AbortController();
    const { capture } = await open({ ...OPEN, loadMs: FOREVER_MS }, { abort: stop.signal });
    const running = capture('BTC/USDT');
    const waiting = capture('ETH/USDT');
    await vi.waitUntil(() => browsersOfOurs().length === 1, PATIENT);
    stop.abort(new Error('over'));
    await expect(running).rejects.toThrow('over');
    await expect(waiting).rejects.toThrow('over');
  });
});

describe('autotrader charts', () => {
  function autotrader(command: readonly string[], env: Readonly<Record<string, string>>) {
    type Ran = { readonly code: ExecFileException['code']; readonly stdout: string; readonly stderr: string };
    return new Promise<Ran>((resolve) => {
      const args = ['src/server/cli/autotrader.js', 'charts', ...command];
      execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  }

  test('capture warns once, writes the picture, and keeps it by its hash', async () => {
    const { site } = await open();
    const dataDir = dataDirOf();
    const out = join(dataDir, 'btc.png');
    const { user: TRADINGVIEW_USER, password: TRADINGVIEW_PASSWORD } = CREDENTIALS;
    const env = { DATA_DIR: dataDir, TRADINGVIEW_CAPTURE: '1', TRADINGVIEW_USER, TRADINGVIEW_PASSWORD };
    const command = ['capture', '--symbol', 'BTC/USDT', '--timeframe', '1h', '--out', out, '--url', site.address];
    const { code, stdout, stderr } = await autotrader(command, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Warning: the terms [^\n]+\n$/) });
    const [, sha256] = /^BTC\/USDT 1h is in ".*": 1280 x 681 pixels, [\d,]+ bytes, SHA-256 (\w{64})\.\n$/.exec(stdout)!;
    expect(readFileSync(join(dataDir, 'charts', `${sha256}.png`))).toEqual(readFileSync(out));
    expect(statSync(join(dataDir, 'chart-session.json')).mode & 0o777).toBe(0o600);
    const bySession = await autotrader(command, { DATA_DIR: dataDir, TRADINGVIEW_CAPTURE: '1' });
    expect([bySession.code, bySession.stdout]).toEqual([0, stdout]);
  });

  test('capture that cannot be is exit code 2 and a sentence, and leaves no file', async () => {
    const { site } = await open();
    const dataDir = dataDirOf();
    const out = join(dataDir, 'btc.png');
    const env = { DATA_DIR: dataDir, TRADINGVIEW_CAPTURE: '1', TRADINGVIEW_URL: site.address };
    const command = ['capture', '--symbol', 'BTC/USDT', '--timeframe', '1h', '--out', out];
    const { code, stdout, stderr } = await autotrader(command, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('log in by hand: autotrader charts login');
    expect(existsSync(out)).toBe(false);
  });
});
