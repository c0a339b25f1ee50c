import { z } from 'zod';
import { commandInput } from '../command-input.ts';
import type { MarketLine } from '../market-line.ts';
import type { Twin, TwinAnswer, TwinDefinition, TwinRequest, TwinWorld } from '../twin.ts';
import { chartPage, homePage, signInPage } from './pages.ts';
import { type Session, Sessions } from './sessions.ts';
import { type ChartChoice, chartChoice, shownChart } from './shown-chart.ts';

export interface ChartPageOptions {
  readonly user?: string;
  readonly password?: string;
}

const LONGEST_MS = 600_000;
const ms = z.int().min(0).max(LONGEST_MS);

/** How the page behaves; each can be changed while it runs. */
const Behaviour = z.strictObject({
  /** Whether a chart is shown to those alone who are signed in. Others see it behind an offer to join. */
  requiresLogin: z.boolean(),
  /** Asks for consent to cookies, over everything, until it is given. */
  asksConsent: z.boolean(),
  /** Nobody gets in: a captcha wants to be clicked. */
  captcha: z.boolean(),
  /** How long the spinner turns. */
  loadMs: ms,
  /** How long the picture, and the legend, still show what was shown before. */
  staleCanvasMs: ms,
  staleLegendMs: ms,
});
type Behaviour = z.infer<typeof Behaviour>;

const USUAL: Behaviour = {
  requiresLogin: true,
  asksConsent: true,
  captcha: false,
  loadMs: 0,
  staleCanvasMs: 0,
  staleLegendMs: 0,
};

const SIGN_IN = '/accounts/signin/';
const CONSENT_COOKIE = 'cookiePrivacyPreferenceBannerProduction';
const USUAL_USER = 'trader@example.com';
const USUAL_PASSWORD = 'correct horse';

/** A site that shows charts behind a login, as a tool that takes pictures of them meets it. */
export function chartPageWith({ user = USUAL_USER, password = USUAL_PASSWORD }: ChartPageOptions): TwinDefinition {
  return { name: 'chart-page', open: (world) => new ChartPageTwin(world, user, password) };
}

export const chartPageTwin: TwinDefinition = chartPageWith({});

class ChartPageTwin implements Twin {
  readonly endpoints = { page: 'http:/chart/', 'sign-in': `http:${SIGN_IN}` };
  readonly commands = {
    behave: (input: unknown) => {
      const changed = commandInput('behave', Behaviour.partial(), input);
      this.behaviour = Behaviour.parse({ ...this.behaviour, ...changed });
      return this.behaviour;
    },
    'sign-out': () => {
      this.sessions.end();
      return {};
    },
  };
  private readonly line: MarketLine;
  private readonly user: string;
  private readonly password: string;
  private readonly sessions: Sessions;
  private behaviour = USUAL;

  constructor({ line, chance }: TwinWorld, user: string, password: string) {
    this.line = line;
    this.user = user;
    this.password = password;
    this.sessions = new Sessions(chance);
  }

  answer({ method, path, query, headers, body }: TwinRequest): TwinAnswer {
    const cookies = cookiesOf(headers.cookie);
    const session = this.sessions.find(cookies);
    const parameters = new URLSearchParams(query);
    switch (`${method} ${path}`) {
      case 'GET /':
        return html(200, homePage(session?.user));
      case `GET ${SIGN_IN}`:
        return html(200, signInPage(localPath(parameters.get('next'))));
      case `POST ${SIGN_IN}`:
        return this.signIn(new URLSearchParams(body.toString()));
      case 'GET /chart/':
        return this.chart(session, cookies, query, parameters);
      case 'GET /pulse':
        return { status: 200, body: '{}' };
      default:
        return html(404, 'Not found');
    }
  }

  private signIn(form: URLSearchParams): TwinAnswer {
    const next = localPath(form.get('next'));
    if (this.behaviour.captcha) {
      const why = 'Please confirm that you are not a robot by clicking the captcha box.';
      return html(200, signInPage(next, why));
    }
    if (form.get('id_username') !== this.user || form.get('id_password') !== this.password) {
      return html(200, signInPage(next, 'Invalid username or password'));
    }
    const { id, signature } = this.sessions.begin(this.user);
    const rest = '; Path=/; HttpOnly; SameSite=Lax';
    return redirect(next, [`sessionid=${id}${rest}`, `sessionid_sign=${signature}${rest}`]);
  }

  private chart(
    session: Session | undefined,
    cookies: ReadonlyMap<string, string>,
    query: string,
    parameters: URLSearchParams,
  ): TwinAnswer {
    const { behaviour, line } = this;
    if (behaviour.requiresLogin && session === undefined) {
      return redirect(`${SIGN_IN}?${new URLSearchParams({ next: `/chart/?${query}` })}`);
    }
    const symbol = parameters.get('symbol') ?? line.series[0]!.symbol.replace('/', '');
    const choice = chartChoice(line, symbol, parameters.get('interval'));
    const stale = choice && (this.sessions.replace(session, choice) ?? this.other(choice));
    const { asksConsent, loadMs, staleCanvasMs, staleLegendMs } = behaviour;
    const view = {
      user: session?.user,
      shown: choice && shownChart(choice, line.now),
      stale: stale && shownChart(stale, line.now),
      asksConsent: asksConsent && cookies.get(CONSENT_COOKIE) !== 'accepted',
      offers: session === undefined,
      ...{ loadMs, staleCanvasMs, staleLegendMs },
    };
    return html(200, chartPage(symbol, view));
  }

  /** Any other chart, for a browser that was shown none yet. */
  private other({ series, timeframe, exchange }: ChartChoice): ChartChoice | undefined {
    const found = this.line.series.find((one) => one !== series && one.closed(timeframe) !== undefined);
    return found && { series: found, timeframe, exchange, ticker: found.symbol.replace('/', '') };
  }
}

function cookiesOf(header = ''): ReadonlyMap<string, string> {
  const pairs = header.split(/; */).map((pair) => pair.split('='));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

/** Where to go on after signing in; only a place of this site. */
function localPath(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') ? next : '/';
}

function html(status: number, body: string): TwinAnswer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function redirect(location: string, cookies: readonly string[] = []): TwinAnswer {
  return { status: 302, headers: { location, ...(cookies.length > 0 && { 'set-cookie': cookies }) }, body: '' };
}
