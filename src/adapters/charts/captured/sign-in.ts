import type { Page } from 'playwright-core';
import { ChartUnavailable } from '#ports/charts.ts';
import { SELECTORS, SIGN_IN_PATH, WANTS_A_PERSON } from './selectors.ts';

/** Whose charts are shown. Neither is ever shown. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const PAUSE_MS = 100;
const BY_HAND = 'log in by hand: autotrader charts login';

export function wantsSignIn(page: Page): boolean {
  return new URL(page.url()).pathname.startsWith(SIGN_IN_PATH);
}

/** What is said where nobody is signed in and nobody can be. */
export function notSignedIn(hadSession: boolean): ChartUnavailable {
  const why = hadSession ? 'the saved session has expired' : 'nobody is';
  return new ChartUnavailable(
    'login',
    `Cannot capture charts as the site wants somebody signed in: ${why}; ${BY_HAND}, or set TRADINGVIEW_USER and TRADINGVIEW_PASSWORD`,
  );
}

/**
 * Signs in on the page that asks for it. A captcha and a second factor are left to a person.
 * @throws ChartUnavailable: `login` or `challenge` when the site has refused or said nothing, `page` when nothing was sent.
 */
export async function signIn(page: Page, site: string, credentials: Credentials): Promise<void> {
  if (new URL(page.url()).origin !== new URL(site).origin) {
    throw new ChartUnavailable(
      'page',
      `Cannot sign in as the page must be one of ${site}: it is of ${new URL(page.url()).origin}; ${BY_HAND}`,
    );
  }
  try {
    await submit(page, credentials);
  } catch (error) {
    if (page.isClosed()) throw error;
    // Playwright's error would tell what was typed.
    throw new ChartUnavailable(
      'page',
      `Cannot sign in as the page must have the fields that are known: it has not; ${BY_HAND}`,
    );
  }
  try {
    while (wantsSignIn(page)) {
      const problem = await problemOf(page);
      if (problem !== undefined) throw problem;
      await page.waitForTimeout(PAUSE_MS);
    }
  } catch (error) {
    if (error instanceof ChartUnavailable) throw error;
    // It may have counted the try against the account.
    throw new ChartUnavailable(
      'login',
      `Cannot sign in as the site must say whether it takes the password: it did not in time; ${BY_HAND}`,
    );
  }
}

const FIELD_MS = 10_000;

async function submit(page: Page, { user, password }: Credentials): Promise<void> {
  const cookies = page.locator(SELECTORS.acceptCookies).first();
  if (await cookies.isVisible()) await cookies.click({ timeout: FIELD_MS });
  const field = page.locator(SELECTORS.user).first();
  if (!(await field.isVisible())) await page.locator(SELECTORS.chooseEmail).first().click({ timeout: FIELD_MS });
  await field.fill(user, { timeout: FIELD_MS });
  await page.locator(SELECTORS.password).first().fill(password, { timeout: FIELD_MS });
  await page.locator(SELECTORS.submit).first().click({ timeout: FIELD_MS });
}

async function problemOf(page: Page): Promise<ChartUnavailable | undefined> {
  const isSeen = (selector: string) => page.locator(selector).first().isVisible();
  // The page may go on to the next one while it is looked at: then nothing is wrong.
  const said = await page
    .locator(SELECTORS.signInProblem)
    .first()
    .textContent({ timeout: PAUSE_MS })
    .catch(() => null);
  const wantsPerson =
    WANTS_A_PERSON.test(said ?? '') || (await isSeen(SELECTORS.captcha)) || (await isSeen(SELECTORS.secondFactor));
  if (wantsPerson) {
    return new ChartUnavailable(
      'challenge',
      `Cannot sign in as nothing here pretends to be a person: the site wants to see one (a captcha or a second factor); ${BY_HAND}`,
    );
  }
  if (said === null || said.trim() === '') return undefined;
  return new ChartUnavailable(
    'login',
    `Cannot sign in as the site must take the user and the password: it refused them; correct TRADINGVIEW_USER and TRADINGVIEW_PASSWORD, or ${BY_HAND}`,
  );
}
