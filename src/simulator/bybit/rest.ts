import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import type { TwinAnswer, TwinRequest } from '../twin.ts';
import { authenticated } from './authentication.ts';
import type { ExchangeState, RouteAnswer } from './exchange-state.ts';
import { uuid } from './identifiers.ts';
import { MARKET_ROUTES } from './market-routes.ts';
import { Params } from './params.ts';
import { PRIVATE_ROUTES, type PrivateRoute } from './private-routes.ts';
import type { Allowance, RateLimits } from './rate-limits.ts';
import { Refusal } from './refusal.ts';

type Headers = Readonly<Record<string, string>>;

/** The REST side: who asks, whether they may, and the envelope around the answer. */
export class Rest {
  private readonly state: ExchangeState;
  private readonly limits: RateLimits;

  constructor(state: ExchangeState, limits: RateLimits) {
    this.state = state;
    this.limits = limits;
  }

  answer(request: TwinRequest): TwinAnswer {
    const { world } = this.state;
    const { method, path, headers } = request;
    if (world.conditions.rateLimits && !this.limits.takeOfIp(world.clock.wall())) {
      return { status: 403, body: 'access too frequent' };
    }
    const hasBody = request.body.length > 0 || Number(headers['content-length'] ?? 0) > 0;
    if (method === 'GET' && hasBody) return { status: 403, body: 'Forbidden' };
    const market = method === 'GET' ? MARKET_ROUTES[path] : undefined;
    if (market) return this.enveloped(() => ({ result: market(this.state, Params.ofQuery(request.query)) }), {});
    const route = PRIVATE_ROUTES[`${method} ${path}`];
    if (route === undefined) return { status: 404, body: '{"error":"not found"}' };
    return this.answerPrivately(request, route);
  }

  private answerPrivately(request: TwinRequest, route: PrivateRoute): TwinAnswer {
    const { world, accounts } = this.state;
    let headers: Headers = {};
    return this.enveloped(
      () => {
        const account = authenticated(request, accounts, world.serverTime());
        const { trade, read } = account.setup.permissions;
        if (!(route.needs === 'trade' ? trade : read || trade)) {
          throw new Refusal(BYBIT_CODES.noPermission, 'Invalid API-key, IP, or permissions for action.');
        }
        const { method, query, body, path } = request;
        const params = method === 'GET' ? Params.ofQuery(query) : Params.ofBody(body.toString('utf8'));
        const cost = path.endsWith('-batch') ? params.list('request').length : 1;
        const allowance = this.limits.take(account.uid, path, route.perSecond, world.clock.wall(), cost);
        headers = limitHeaders(allowance);
        if (allowance.isExceeded && world.conditions.rateLimits) {
          throw new Refusal(BYBIT_CODES.tooManyVisits, 'Too many visits!');
        }
        return route.act(this.state, account, params);
      },
      () => headers,
    );
  }

  /** @param headers Of the answer, known once it is made. */
  private enveloped(act: () => RouteAnswer, headers: Headers | (() => Headers)): TwinAnswer {
    const { world } = this.state;
    const envelope = (retCode: number, retMsg: string, { result, retExtInfo = {} }: RouteAnswer): TwinAnswer => {
      const time = world.serverTime();
      return {
        status: 200,
        headers: {
          ...(typeof headers === 'function' ? headers() : headers),
          Ret_code: String(retCode),
          Traceid: uuid(world.chance).replaceAll('-', ''),
          Timenow: String(time),
        },
        body: JSON.stringify({ retCode, retMsg, result, retExtInfo, time }),
      };
    };
    try {
      return envelope(BYBIT_CODES.ok, 'OK', act());
    } catch (error) {
      if (error instanceof Refusal) return envelope(error.code, error.message, { result: error.result });
      throw error;
    }
  }
}

function limitHeaders({ limit, left, resetAt }: Allowance): Headers {
  return {
    'X-Bapi-Limit': String(limit),
    'X-Bapi-Limit-Status': String(left),
    'X-Bapi-Limit-Reset-Timestamp': String(resetAt),
  };
}
