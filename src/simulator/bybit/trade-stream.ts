import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import type { TwinSocket } from '../twin.ts';
import type { BybitAccount } from './account.ts';
import { authenticatedStream, checkTime } from './authentication.ts';
import type { ExchangeState, RouteAnswer } from './exchange-state.ts';
import { type Frame, frameOf, sendJson } from './frames.ts';
import { uuid } from './identifiers.ts';
import { batch, ORDER_ACTS } from './order-routes.ts';
import { Params } from './params.ts';
import type { PrivateRoute } from './private-routes.ts';
import type { RateLimits } from './rate-limits.ts';
import { Refusal } from './refusal.ts';

const ACTS: Readonly<Record<string, PrivateRoute['act']>> = {
  'order.create': ORDER_ACTS.create,
  'order.amend': ORDER_ACTS.amend,
  'order.cancel': ORDER_ACTS.cancel,
  'order.create-batch': batch(ORDER_ACTS.create),
  'order.amend-batch': batch(ORDER_ACTS.amend),
  'order.cancel-batch': batch(ORDER_ACTS.cancel),
};
const PER_SECOND = 10;
const LONGEST_ID = 36;

/** One client of the order-entry stream. */
export class TradeStream {
  private readonly state: ExchangeState;
  private readonly socket: TwinSocket;
  private readonly limits: RateLimits;
  private readonly onActed: () => void;
  private readonly used = new Set<string>();
  private account: BybitAccount | undefined;

  /** @param onActed Hears that something may have happened to an account. */
  constructor(state: ExchangeState, socket: TwinSocket, limits: RateLimits, onActed: () => void) {
    this.state = state;
    this.socket = socket;
    this.limits = limits;
    this.onActed = onActed;
    socket.onMessage((message) => {
      const frame = frameOf(message);
      if (frame) this.take(frame);
    });
  }

  private get connId(): string {
    return `twin-${this.socket.id}`;
  }

  private take(frame: Frame): void {
    const { op, reqId } = frame;
    if (op === 'ping') {
      const data = [String(this.state.world.serverTime())];
      sendJson(this.socket, 'pong', { retCode: 0, retMsg: 'OK', op: 'pong', data, connId: this.connId });
    } else if (op === 'auth') {
      this.logIn(frame);
    } else {
      const { faults } = this.state.world;
      const struck = faults.strike('bybit', `STREAM /v5/trade ${op}`, ['drop-request', 'drop-reply']);
      if (struck.some(({ kind }) => kind === 'drop-request')) return;
      const answer = this.answerTo(frame);
      this.onActed();
      if (struck.some(({ kind }) => kind === 'drop-reply')) return;
      sendJson(this.socket, op, { ...(reqId === undefined ? {} : { reqId }), ...answer, connId: this.connId });
    }
  }

  /** The client library logs in twice: the second time is no mistake. */
  private logIn({ args, req_id, reqId }: Frame): void {
    const { accounts, world } = this.state;
    const echoed = { ...(req_id === undefined ? {} : { req_id }), ...(reqId === undefined ? {} : { reqId }) };
    const said = this.attempt(() => {
      this.account = authenticatedStream(args, accounts, world.serverTime());
      return { result: {} };
    });
    sendJson(this.socket, 'auth', {
      ...echoed,
      retCode: said.retCode,
      retMsg: said.retMsg,
      op: 'auth',
      connId: this.connId,
    });
  }

  private answerTo({ op, args, reqId, header }: Frame): object {
    const { world } = this.state;
    const now = world.serverTime();
    const allowance = this.limits.take(this.account?.uid ?? '', op, PER_SECOND, world.clock.wall());
    const said = this.attempt(() => {
      const act = ACTS[op];
      if (act === undefined) throw new Refusal(BYBIT_CODES.unknownOperation, `op type is not found: ${op}`);
      const { account } = this;
      if (account === undefined) throw new Refusal(BYBIT_CODES.badSignature, 'not logged in');
      if (!account.setup.permissions.trade)
        throw new Refusal(BYBIT_CODES.noPermission, 'Permission denied for current apikey');
      if (allowance.isExceeded && world.conditions.rateLimits)
        throw new Refusal(BYBIT_CODES.tooManyVisits, 'Too many visits!');
      this.checkId(reqId);
      checkTime(String(header['X-BAPI-TIMESTAMP'] ?? ''), String(header['X-BAPI-RECV-WINDOW'] ?? ''), now);
      const [first] = args;
      return act(this.state, account, new Params(typeof first === 'object' && first !== null ? { ...first } : {}));
    });
    return {
      retCode: said.retCode,
      retMsg: said.retMsg,
      op,
      data: said.answer.result,
      retExtInfo: said.answer.retExtInfo ?? {},
      header: {
        'X-Bapi-Limit': String(allowance.limit),
        'X-Bapi-Limit-Status': String(allowance.left),
        'X-Bapi-Limit-Reset-Timestamp': String(allowance.resetAt),
        Traceid: uuid(world.chance).replaceAll('-', ''),
        Timenow: String(now),
      },
    };
  }

  private checkId(reqId: unknown): void {
    if (reqId === undefined) return;
    const id = String(reqId);
    if (id.length > LONGEST_ID) throw new Refusal(BYBIT_CODES.badParameter, 'reqId is too long');
    if (this.used.has(id)) throw new Refusal(BYBIT_CODES.duplicateRequestId, 'reqId is duplicated');
    this.used.add(id);
  }

  private attempt(act: () => RouteAnswer): { retCode: number; retMsg: string; answer: RouteAnswer } {
    try {
      return { retCode: BYBIT_CODES.ok, retMsg: 'OK', answer: act() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { retCode: error.code, retMsg: error.message, answer: { result: error.result } };
    }
  }
}
