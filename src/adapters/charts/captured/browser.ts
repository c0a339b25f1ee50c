import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { ChartUnavailable } from '#ports/charts.ts';
import { loadChromium } from './library.ts';

/** Which browser of the machine is used. */
export interface BrowserSetup {
  /** Its program; undefined looks for one. */
  readonly chromiumPath: string | undefined;
  /** What the browser's process gets to know of the environment: nothing that is secret. PATH is looked through. */
  readonly environment: Readonly<Record<string, string>>;
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FIX = 'install Chromium (on Debian: apt install chromium), or set CHROMIUM_PATH to the program of another one';

/** It talks to nobody but the site. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws ChartUnavailable */
export async function findBrowser({ chromiumPath, environment }: BrowserSetup): Promise<string> {
  if (chromiumPath !== undefined) {
    if (await isProgram(chromiumPath)) return chromiumPath;
    throw new ChartUnavailable(
      'browser',
      `Cannot capture charts as CHROMIUM_PATH must be a program: "${chromiumPath}" is none; ${FIX}`,
    );
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await isProgram(path)) return path;
  }
  throw new ChartUnavailable(
    'browser',
    `Cannot capture charts as the machine must have a browser: there is no ${PROGRAMS.join(', ')} on PATH; ${FIX}`,
  );
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export interface BrowserTerms {
  /** With a window for a person to see. */
  readonly hasWindow: boolean;
  /** ms that it may take to start. */
  readonly startMs: number;
}

/** Starts the browser with a fresh profile, which is gone when it is closed. @throws ChartUnavailable */
export async function openBrowser(setup: BrowserSetup, { hasWindow, startMs }: BrowserTerms): Promise<Browser> {
  const executablePath = await findBrowser(setup);
  const chromium = await loadChromium();
  try {
    return await chromium.launch({
      executablePath,
      headless: !hasWindow,
      args: FLAGS,
      env: setup.environment,
      // It shows pages of strangers. As root Chromium has none.
      chromiumSandbox: process.getuid?.() !== 0,
      timeout: startMs,
      // Who runs us ends us, and we end it; when we are killed it sees that we are gone.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch {
    // What Playwright tells is pages long.
    throw new ChartUnavailable(
      'browser',
      `Cannot capture charts as the browser must start within ${startMs / 1000} s: "${executablePath}" did not; ` +
        'start it by hand to see why, or set CHROMIUM_PATH to the program of another one',
    );
  }
}
