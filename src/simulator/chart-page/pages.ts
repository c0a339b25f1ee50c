import { readFileSync } from 'node:fs';
import type { ShownChart } from './shown-chart.ts';

const SCRIPT = readFileSync(new URL('page.js', import.meta.url), 'utf8');

const STYLE = `body{margin:0;background:#131722;color:#d1d4dc;font:14px sans-serif}
header{height:38px;display:flex;align-items:center;gap:12px;padding:0 12px;border-bottom:1px solid #2a2e39}
.chart-container{position:relative;height:calc(100vh - 39px)}
canvas{position:absolute;inset:0;width:100%;height:100%}
[data-name="legend-source-item"]{position:absolute;top:8px;left:12px;z-index:1}
.tv-spinner{position:absolute;top:50%;left:50%}
.consent{position:fixed;inset:0;z-index:3}
.consent div{position:absolute;left:12px;bottom:12px;padding:16px;background:#fff;color:#000}
.offer{position:fixed;top:30%;left:35%;z-index:2;padding:24px;background:#fff;color:#000}
form{padding:24px;display:grid;gap:8px;width:240px}
[hidden]{display:none}`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

/** What goes into a page from outside. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function header(user: string | undefined): string {
  const menu =
    user === undefined
      ? '<button aria-label="Open user menu">Menu</button><a data-name="header-user-menu-sign-in" href="/accounts/signin/">Sign in</a>'
      : `<button data-name="header-user-menu-button" aria-label="Open user menu">${escaped(user)}</button>`;
  return `<header>Simulated charts ${menu}</header>`;
}

export function homePage(user: string | undefined): string {
  return page('Simulated charts', `${header(user)}<a href="/chart/">Chart</a>`);
}

/** The form appears when the way of signing in is chosen. @param problem Why the last try went wrong. */
export function signInPage(next: string, problem?: string): string {
  const said = problem === undefined ? '' : `<p role="alert">${escaped(problem)}</p>`;
  const fields = `<input id="id_username" name="id_username" autocomplete="username">
<input id="id_password" name="id_password" type="password">
<input type="hidden" name="next" value="${escaped(next)}">
<button type="submit" class="submitButton">Sign in</button>`;
  const choose = `document.querySelector('[name=Email]').onclick = () => { document.querySelector('form').hidden = false; };`;
  const body = `${said}<button name="Email">Email</button><form method="post" action="/accounts/signin/" hidden>${fields}</form>`;
  return page('Sign in', `${body}<script>${choose}</script>`);
}

/** What a chart page has on it. */
export interface ChartView {
  readonly user: string | undefined;
  /** undefined for a symbol that is not there. */
  readonly shown: ShownChart | undefined;
  /** What the page shows of before; undefined when it was nothing. */
  readonly stale: ShownChart | undefined;
  readonly asksConsent: boolean;
  readonly offers: boolean;
  readonly loadMs: number;
  readonly staleCanvasMs: number;
  readonly staleLegendMs: number;
}

export function chartPage(symbol: string, { user, shown, asksConsent, offers, ...view }: ChartView): string {
  const chart = { ...view, shown, symbol: shown === undefined ? null : symbol };
  const pane = shown
    ? '<div data-name="legend-source-item"></div><canvas data-name="pane-canvas"></canvas><div class="tv-spinner" role="progressbar">Loading</div>'
    : `<p>Invalid symbol</p>`;
  const consent = asksConsent
    ? '<div class="consent"><div role="dialog">We use cookies. <button>Accept all</button></div></div>'
    : '';
  const offer = offers ? '<div class="offer" role="dialog">Join for free <button>Maybe later</button></div>' : '';
  // Nothing that is told may end the script.
  const data = JSON.stringify(chart).replaceAll('<', '\\u003c');
  return page(
    shown?.title ?? 'Simulated charts',
    `${header(user)}<div class="chart-container">${pane}</div>${consent}${offer}<script>window.chart=${data}</script><script type="module">${SCRIPT}</script>`,
  );
}
