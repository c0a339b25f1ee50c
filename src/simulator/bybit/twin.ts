import type { FundingEvent } from '#core/margin/funding.ts';
import type { Twin, TwinDefinition, TwinSocket, TwinWorld } from '../twin.ts';
import { BybitAccount } from './account.ts';
import type { ExchangeState } from './exchange-state.ts';
import { FundingSchedule } from './funding.ts';
import { contractOf } from './instruments.ts';
import { matchWithLiquidation } from './liquidation.ts';
import { ownerCommands } from './owner-commands.ts';
import { PrivateStream } from './private-stream.ts';
import { PublicStream } from './public-stream.ts';
import { RateLimits } from './rate-limits.ts';
import { Rest } from './rest.ts';
import { tellOrder } from './shown-orders.ts';
import { TradeStream } from './trade-stream.ts';

export interface BybitOptions {
  /** Recorded funding by Bybit's symbols, oldest first; every eight hours at 0.01 % where there is none. */
  readonly funding?: Readonly<Record<string, readonly FundingEvent[]>>;
}

/** Bybit V5, linear contracts of a unified account: REST, and the public, private and order-entry streams. */
export function bybitWith(options: BybitOptions = {}): TwinDefinition {
  return { name: 'bybit', open: (world) => new BybitTwin(world, options) };
}

export const bybitTwin: TwinDefinition = bybitWith();

/** What linear contracts are settled in here; symbols of other quote currencies are not listed. */
const SETTLE_COIN = 'USDT';

class BybitTwin implements Twin {
  readonly endpoints = {
    rest: 'http:',
    'public-linear': 'ws:/v5/public/linear',
    'public-spot': 'ws:/v5/public/spot',
    private: 'ws:/v5/private',
    trade: 'ws:/v5/trade',
  };
  readonly commands: NonNullable<Twin['commands']>;
  readonly answer: Twin['answer'];
  private readonly state: ExchangeState;
  private readonly limits = new RateLimits();
  private readonly publicStreams = new Set<PublicStream>();
  private readonly privateStreams = new Set<PrivateStream>();

  constructor(world: TwinWorld, { funding = {} }: BybitOptions) {
    const traded = world.line.series.filter(({ symbol }) => symbol.endsWith(`/${SETTLE_COIN}`));
    const listed = traded.map((series) => ({ contract: contractOf(series.symbol), series }));
    const contracts = new Map(listed.map((one) => [one.contract.symbol, one]));
    const accounts = world.accounts.map((setup) => [setup.key, new BybitAccount(setup, world, contracts)] as const);
    const schedules = [...contracts.keys()].map((symbol) => [symbol, new FundingSchedule(funding[symbol])] as const);
    this.state = { world, contracts, accounts: new Map(accounts), funding: new Map(schedules) };
    const rest = new Rest(this.state, this.limits);
    this.answer = (request) => {
      // What a request did is told after its answer.
      setImmediate(() => this.flush());
      return rest.answer(request);
    };
    this.commands = ownerCommands(this.state, () => this.flush());
    this.listen(world);
  }

  connect(socket: TwinSocket, { path }: { readonly path: string }): boolean {
    switch (path) {
      case '/v5/public/linear':
      case '/v5/public/spot': {
        const stream = new PublicStream(this.state, socket, path.endsWith('spot'));
        this.publicStreams.add(stream);
        socket.onClose(() => this.publicStreams.delete(stream));
        return true;
      }
      case '/v5/private': {
        const stream = new PrivateStream(this.state, socket);
        this.privateStreams.add(stream);
        socket.onClose(() => this.privateStreams.delete(stream));
        return true;
      }
      case '/v5/trade':
        new TradeStream(this.state, socket, this.limits, () => void setImmediate(() => this.flush()));
        return true;
      default:
        return false;
    }
  }

  private listen({ line, pacer }: TwinWorld): void {
    line.listen({
      onClosing: (series, i) => {
        for (const book of this.booksOf(series)) {
          this.fundBefore(book, series.closeTime);
          matchWithLiquidation(book, i);
        }
      },
      onClosed: (series) => {
        for (const stream of this.publicStreams) stream.closed(series);
      },
      onMoment: (now) => {
        for (const account of this.state.accounts.values()) {
          for (const book of account.allBooks()) {
            if (book.position !== 0) this.fundBefore(book, now + 1);
            // In wall time a gap is met when it comes; else what clients send at this moment comes first.
            if (typeof pacer.pace === 'object' && book.working().length > 0) book.matchNow();
          }
        }
        this.flush();
      },
    });
  }

  private booksOf(series: unknown) {
    return [...this.state.accounts.values()].flatMap((account) =>
      account.allBooks().filter((book) => book.series === series),
    );
  }

  /** Funds what is held, and passes over what is due while it is flat. */
  private fundBefore(book: ReturnType<BybitAccount['allBooks']>[number], until: number): void {
    const events = this.state.funding.get(book.contract.symbol)!.between(book.fundedUntil, until);
    book.fundedUntil = Math.max(book.fundedUntil, until);
    for (const event of events) if (book.position !== 0) book.account.ledger.fund(book, event);
  }

  /** Tells what happened. */
  private flush(): void {
    const { accounts, world } = this.state;
    for (const account of accounts.values()) {
      const told = account.news.take();
      if (told === undefined) continue;
      const wall = world.clock.wall();
      const orders = told.orders.map((record) => tellOrder(account, record, wall));
      for (const stream of this.privateStreams) if (stream.account === account) stream.tell(account, told, orders);
    }
  }
}
