/**
 * The names of the site's parts, all of them. None is promised by the site, and no page of it was opened for this: each may
 * be another one on any day, and then there is no picture instead of a wrong one. They come from public tools, as found in
 * November 2026: [A] Biagio44/tradingview-bot, main.py; [B] macaron226/tv-backtest-puppeteer, src/selectors.ts;
 * [C] fzoccara/selenium-chrome-scraping-from-tv, default/scrape.py; [D] tradesdontlie/tradingview-mcp, src/core/capture.js;
 * [E] issues of Mathieu2301/TradingView-API (#126, #187, #202), timelyart/Kairos (#44) and
 * OhMyGuus/I-Still-Dont-Care-About-Cookies (#15796); [F] files of several tools that do not agree on one source.
 * [S] is known of the simulated page alone.
 */
export const SELECTORS = {
  /** What the picture is taken of: the candles with axes and legend, and nothing of whoever is signed in. [F] */
  chart: '.chart-container',
  /** The first one is that of the instrument, the others those of its studies. [F] */
  legend: '[data-name="legend-source-item"]',
  /** Where the candles are drawn. [D, F] */
  canvas: '[data-name="pane-canvas"], .chart-gui-wrapper canvas',
  /** [S] */
  spinner: '.tv-spinner',
  /** [E] */
  acceptCookies: 'button:has-text("Accept all")',
  /** Offers to join; either is clicked away. [F] */
  dismissOffer: 'button:has-text("Maybe later"), [role="dialog"] [data-name="close"]',
  /** [B, F] */
  chooseEmail: 'button[name="Email"], button:has-text("Email")',
  /** [F], the next two as well. */
  user: '#id_username, input[name="id_username"], input[name="username"]',
  password: '#id_password, input[name="id_password"], input[name="password"]',
  submit: 'form button[type="submit"]',
  /** [S], the next two as well. */
  signInProblem: '[role="alert"]',
  captcha: 'iframe[src*="captcha"], [class*="captcha"]',
  secondFactor: 'input[name="code"], #id_code, input[autocomplete="one-time-code"]',
} as const;

/** Where somebody who has to sign in is sent. [C, F] */
export const SIGN_IN_PATH = '/accounts/signin/';
/** Both are there for who is signed in. [E] */
export const SESSION_COOKIES = ['sessionid', 'sessionid_sign'] as const;
/** What is told where a chart would be. [S] */
export const NO_SUCH_SYMBOL = /invalid symbol|symbol doesn.t exist/i;
/** What is told when a person has to show that it is one. [E] */
export const WANTS_A_PERSON = /robot|captcha|verification code|two-factor/i;
