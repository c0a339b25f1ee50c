import { mkdir, writeFile } from 'node:fs/promises';
import { openBrowser } from '#adapters/charts/captured/browser.ts';
import { logInByHand } from '#adapters/charts/captured/manual-login.ts';
import { SessionFile } from '#adapters/charts/captured/session-file.ts';
import { TERMS_WARNING } from '#adapters/charts/captured/terms.ts';
import { ImageStore } from '#adapters/charts/image-store.ts';
import { systemClock } from '#adapters/clock/system.ts';
import { figure } from '#core/figures.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Timeframe } from '#core/time.ts';
import { openCapture } from '../charts/chart-capture.ts';
import { type ChartSettings, isSafeSite } from '../charts/chart-settings.ts';
import { loadChartSettings, loadConfig } from '../config.ts';
import { EXITS, InputError } from '../errors.ts';

export interface ChartsLoginOptions {
  /** The site; from the settings without. */
  readonly url?: string;
}

export interface ChartsCaptureOptions extends ChartsLoginOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly out: string;
}

const LOOK = { width: 1280, height: 720, theme: 'dark' } as const;
const START_MS = 30_000;
const LOGIN_MS = 600_000;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Opens a window in which a person signs in, and saves the session. @throws InputError without a display. */
export async function chartsLogin({ url }: ChartsLoginOptions): Promise<void> {
  const { site, browser: setup } = settingsFor(url);
  const { dataDir } = loadConfig();
  const session = new SessionFile(dataDir);
  checkDisplay(setup.environment, session.path);
  say(TERMS_WARNING);
  await mkdir(dataDir, { recursive: true });
  await untilStopped(async (abort) => {
    const browser = await openBrowser(setup, { hasWindow: true, startMs: START_MS });
    say(`Log in to ${site} in the window that opens; it closes by itself when you are signed in.`);
    const close = () => void browser.close();
    abort.addEventListener('abort', close);
    try {
      await logInByHand(browser, { site, session, clock: systemClock, abort, limitMs: LOGIN_MS });
    } finally {
      await browser.close();
    }
    process.stdout.write(
      `The session is saved in "${session.path}". Who has this file is signed in: show it to nobody.\n`,
    );
  });
}

/** Captures one chart into a file. @throws InputError unless it was asked for; ChartUnavailable. */
export async function chartsCapture({ symbol, timeframe, out, url }: ChartsCaptureOptions): Promise<void> {
  const settings = settingsFor(url);
  if (!settings.captures) {
    throw new InputError(
      'Cannot capture charts as it must be asked for by TRADINGVIEW_CAPTURE=1, since the terms of TradingView do not ' +
        'allow it: it is not set; set it to go on at your own risk',
    );
  }
  const { dataDir } = loadConfig();
  say(TERMS_WARNING);
  await mkdir(dataDir, { recursive: true });
  const images = await ImageStore.open({ dataDir, retention: settings.retention, clock: systemClock });
  await untilStopped(async (abort) => {
    const charts = openCapture({ settings, dataDir, abort });
    const image = await charts.capture({ symbol: symbol as MarketSymbol, timeframe }, LOOK);
    await images.keep(image);
    await writeFile(out, image.png);
    const { width, height, png, sha256 } = image;
    const size = `${width} x ${height} pixels, ${figure(png.length, 0)} bytes`;
    process.stdout.write(`${symbol} ${timeframe} is in "${out}": ${size}, SHA-256 ${sha256}.\n`);
  });
}

function settingsFor(url: string | undefined): ChartSettings {
  const settings = loadChartSettings();
  if (url === undefined) return settings;
  if (isSafeSite(url)) return { ...settings, site: url };
  throw new InputError(
    `Cannot use "${url}" as --url must be https:// and a host, or http:// and a host of this machine: a password may go there`,
  );
}

/** Windows and macOS always have one. */
function checkDisplay(environment: Readonly<Record<string, string>>, sessionPath: string): void {
  if (process.platform !== 'linux' || environment.DISPLAY || environment.WAYLAND_DISPLAY) return;
  throw new InputError(
    'Cannot open a window to log in as the machine must have a display: neither DISPLAY nor WAYLAND_DISPLAY is set; ' +
      `run this on a machine with a screen and copy its chart-session.json to "${sessionPath}", or set TRADINGVIEW_USER and TRADINGVIEW_PASSWORD`,
  );
}

/** Ctrl-C ends the work, which closes its browser, and then us. */
async function untilStopped(work: (abort: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => stop.abort(signal);
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exitCode = stop.signal.reason === 'SIGINT' ? EXITS.interrupted.code : EXITS.terminated.code;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
