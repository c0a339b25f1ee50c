import type { TwinSocket } from '../twin.ts';
import type { BybitAccount } from './account.ts';
import { authenticatedStream } from './authentication.ts';
import type { ExchangeState } from './exchange-state.ts';
import { closedPnlRow, executionRow } from './execution-row.ts';
import { type Frame, frameOf, sendJson, topicsIn } from './frames.ts';
import type { Told } from './news.ts';
import { positionRow } from './position-row.ts';
import { Refusal } from './refusal.ts';
import { walletRow } from './wallet-row.ts';

const TOPICS = ['order', 'execution', 'position', 'wallet'];

type Row = Readonly<Record<string, unknown>>;

/** One client of the private stream: after it has logged in, what happens to its account. */
export class PrivateStream {
  account: BybitAccount | undefined;
  private readonly state: ExchangeState;
  private readonly socket: TwinSocket;
  private readonly topics = new Set<string>();

  constructor(state: ExchangeState, socket: TwinSocket) {
    this.state = state;
    this.socket = socket;
    socket.onMessage((message) => {
      const frame = frameOf(message);
      if (frame) this.take(frame);
    });
  }

  /** @param orders Rows of the told orders. */
  tell(account: BybitAccount, told: Told, orders: readonly Row[]): void {
    this.push(
      'order',
      orders.map((row, k) => {
        const closed = account.ledger.closedBy(told.orders[k]!);
        const closedPnl = closed === undefined ? '0' : closedPnlRow(account, closed).closedPnl;
        return { ...row, category: 'linear', closedPnl, feeCurrency: '' };
      }),
    );
    this.push(
      'execution',
      told.executions.map((execution) => ({ ...executionRow(account, execution), category: 'linear' })),
    );
    this.push('position', told.positions.map(positionRow).map(streamed));
    if (told.wallet) this.push('wallet', [walletRow(account)]);
  }

  private push(topic: string, data: readonly Row[]): void {
    if (data.length === 0) return;
    const now = this.state.world.serverTime();
    for (const name of this.topics) {
      if (name !== topic && name !== `${topic}.linear`) continue;
      const id = `${this.account?.uid}_${topic}_${now}`;
      sendJson(this.socket, name, { id, topic: name, creationTime: now, data });
    }
  }

  private take(frame: Frame): void {
    switch (frame.op) {
      case 'ping':
        this.answer('pong', { op: 'pong', args: [String(this.state.world.serverTime())] }, frame);
        return;
      case 'auth':
        this.logIn(frame);
        return;
      case 'subscribe':
        this.subscribe(frame);
        return;
      case 'unsubscribe':
        for (const topic of topicsIn(frame)) this.topics.delete(topic);
        this.answer('unsubscribe', { success: true, ret_msg: '', op: 'unsubscribe' }, frame);
        return;
      default:
        this.answer('error', { success: false, ret_msg: `error:op ${frame.op} not found`, op: frame.op }, frame);
    }
  }

  private logIn(frame: Frame): void {
    const { accounts, world } = this.state;
    try {
      this.account = authenticatedStream(frame.args, accounts, world.serverTime());
      this.answer('auth', { success: true, ret_msg: '', op: 'auth' }, frame);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.answer('auth', { success: false, ret_msg: error.message, op: 'auth' }, frame);
      this.socket.close();
    }
  }

  private subscribe(frame: Frame): void {
    const topics = topicsIn(frame);
    const unknown = topics.filter((topic) => !TOPICS.includes(topic.replace(/\.linear$/, '')));
    const isMixed = new Set(topics.map((topic) => topic.includes('.'))).size > 1;
    const problem =
      this.account === undefined
        ? 'Request not authorized'
        : unknown.length > 0
          ? `error:handler not found,topic:${unknown.join(',')}`
          : isMixed
            ? 'all-in-one topics cannot be mixed with topics of a category'
            : undefined;
    if (problem === undefined) for (const topic of topics) this.topics.add(topic);
    this.answer('subscribe', { success: problem === undefined, ret_msg: problem ?? '', op: 'subscribe' }, frame);
  }

  private answer(topic: string, message: object, { req_id }: Frame): void {
    const echoed = req_id === undefined ? {} : { req_id };
    sendJson(this.socket, topic, { ...message, conn_id: `twin-${this.socket.id}`, ...echoed });
  }
}

/** The stream calls the average price by another name. */
function streamed({ avgPrice, ...row }: Row): Row {
  return { ...row, entryPrice: avgPrice, category: 'linear' };
}
