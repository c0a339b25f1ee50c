import type { Browser, BrowserContext } from 'playwright-core';
import { ChartUnavailable } from '#ports/charts.ts';
import type { WallClock } from '#ports/clock.ts';
import { SESSION_COOKIES, SIGN_IN_PATH } from './selectors.ts';
import type { SessionFile } from './session-file.ts';

export interface ManualLogin {
  readonly site: string;
  readonly session: SessionFile;
  readonly clock: WallClock;
  readonly abort: AbortSignal;
  /** ms that a person is given. */
  readonly limitMs: number;
}

const LOOK_MS = 500;
const CLOSED = 'the window was closed before';

/**
 * Shows the site's own page to a person, waits until the person is signed in, and saves the session. What is typed stays
 * between the person and the page.
 * @throws ChartUnavailable when the window is closed before, or it takes too long.
 */
export async function logInByHand(
  browser: Browser,
  { site, session, clock, abort, limitMs }: ManualLogin,
): Promise<void> {
  const context = await browser.newContext({ viewport: null, locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(new URL(SIGN_IN_PATH, site).href, { waitUntil: 'domcontentloaded' }).catch((error: unknown) => {
    if (page.isClosed()) throw notDone(CLOSED);
    const [code = 'that it did not load'] = /net::\w+/.exec(String(error)) ?? [];
    throw new ChartUnavailable(
      'page',
      `Cannot log in as ${site} must be reached: the browser says ${code}; mend the network, or set --url`,
    );
  });
  const until = clock.mono() + limitMs;
  while (!(await isSignedIn(context, site))) {
    abort.throwIfAborted();
    if (page.isClosed() || !browser.isConnected()) throw notDone(CLOSED);
    if (clock.mono() >= until) throw notDone(`nobody was signed in after ${limitMs / 60_000} minutes`);
    await clock.sleep(LOOK_MS, abort);
  }
  await session.save(await context.storageState());
}

async function isSignedIn(context: BrowserContext, site: string): Promise<boolean> {
  const cookies = await context.cookies(site).catch(() => []);
  return SESSION_COOKIES.every((wanted) => cookies.some(({ name, value }) => name === wanted && value !== ''));
}

function notDone(why: string): ChartUnavailable {
  return new ChartUnavailable(
    'login',
    `Cannot save a session as somebody must sign in in the window: ${why}; run it again`,
  );
}
