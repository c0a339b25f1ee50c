import { z } from 'zod';
import type { BrowserSetup } from '#adapters/charts/captured/browser.ts';
import type { Credentials } from '#adapters/charts/captured/sign-in.ts';
import { readSymbolRules, type SymbolRule } from '#adapters/charts/captured/symbol-mapping.ts';
import type { ImageRetention } from '#adapters/charts/image-retention.ts';
import { InputError } from '../errors.ts';
import { isLoopback } from '../http/origins.ts';

/** Where pictures of charts come from, and how long they are kept. */
export interface ChartSettings {
  /** Whether they are captured from the site. Drawn here otherwise. */
  readonly captures: boolean;
  /** What is done where one cannot be captured: it is drawn, or there is none. */
  readonly fallback: 'drawn' | 'none';
  readonly site: string;
  readonly credentials: Credentials | undefined;
  readonly symbols: readonly SymbolRule[];
  readonly browser: BrowserSetup;
  readonly retention: ImageRetention;
}

type Variables = Readonly<Record<string, string | undefined>>;

const MEGABYTE = 1_000_000;
/** What the browser's process needs of the environment. Keys and passwords are none of it. */
const FOR_BROWSERS = [
  ...['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ'],
  ...['DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['SystemRoot', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'],
];

const wholeNumber = (most: number) => {
  const says = `must be a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(/^\d{1,7}$/, says)
    .transform(Number)
    .refine((count) => count >= 1 && count <= most, says);
};

/** docs/reference/configuration.md explains each of these. An empty value counts as none. */
const Settings = z
  .object({
    TRADINGVIEW_CAPTURE: z.enum(['0', '1'], 'must be 1 or 0').default('0'),
    TRADINGVIEW_FALLBACK: z.enum(['drawn', 'none'], 'must be drawn or none').default('drawn'),
    TRADINGVIEW_URL: z
      .string()
      .refine(isSafeSite, 'must be https:// and a host, or http:// and a host of this machine')
      .default('https://www.tradingview.com'),
    TRADINGVIEW_USER: z.string().optional(),
    TRADINGVIEW_PASSWORD: z.string().optional(),
    TRADINGVIEW_SYMBOLS: z
      .string()
      .transform(readSymbolRules)
      .refine(
        (rules) => rules !== undefined,
        'must be symbols and what the site calls them, for example BTC/USDT=BYBIT:BTCUSDT.P,*/USD=NASDAQ:*',
      )
      .optional(),
    CHROMIUM_PATH: z.string().optional(),
    CHARTS_KEEP_DAYS: wholeNumber(36_500).default(30),
    CHARTS_KEEP_MB: wholeNumber(1_000_000).default(500),
  })
  .refine(
    ({ TRADINGVIEW_USER, TRADINGVIEW_PASSWORD }) =>
      (TRADINGVIEW_USER === undefined) === (TRADINGVIEW_PASSWORD === undefined),
    { path: ['TRADINGVIEW_PASSWORD'], message: 'must be set with TRADINGVIEW_USER, both of them or neither' },
  );

/** @throws InputError with a line for each setting that cannot be used; values are not shown. */
export function chartSettings(variables: Variables): ChartSettings {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = Settings.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])} ${message}`);
    const head = 'Cannot make pictures of charts as their settings must be valid:';
    throw new InputError([head, ...lines, 'See docs/reference/configuration.md.'].join('\n'));
  }
  const { data } = result;
  const environment = FOR_BROWSERS.map((name) => [name, given[name]]).filter(([, value]) => value !== undefined);
  return {
    captures: data.TRADINGVIEW_CAPTURE === '1',
    fallback: data.TRADINGVIEW_FALLBACK,
    site: data.TRADINGVIEW_URL,
    credentials:
      data.TRADINGVIEW_USER === undefined || data.TRADINGVIEW_PASSWORD === undefined
        ? undefined
        : { user: data.TRADINGVIEW_USER, password: data.TRADINGVIEW_PASSWORD },
    symbols: data.TRADINGVIEW_SYMBOLS ?? [],
    browser: { chromiumPath: data.CHROMIUM_PATH, environment: Object.fromEntries(environment) },
    retention: { days: data.CHARTS_KEEP_DAYS, bytes: data.CHARTS_KEEP_MB * MEGABYTE },
  };
}

/** A password goes there: nobody on the way may read it. */
export function isSafeSite(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
