import type { GridQuantity } from '#core/grid.ts';
import { formatDecimal } from '#core/money.ts';
import type { Broker } from './broker.ts';
import type { TradedSymbol } from './tracked-order.ts';
import type { TrackedOrders } from './tracked-orders.ts';

/** What a venue holds of a symbol beyond what our fills have come to, in base units on the grid, signed. */
export interface Excess {
  readonly traded: TradedSymbol;
  readonly excess: GridQuantity;
}

/** Whether what somebody else traded took something off a position and did not turn it. */
function isWithin(excess: GridQuantity, position: GridQuantity): boolean {
  return excess !== 0 && excess > 0 === position < 0 && Math.abs(excess) <= Math.abs(position);
}

/** Holds the books against what the venue holds. Where they differ, somebody else traded there. */
export class PositionCheck {
  private readonly broker: Broker;
  private readonly orders: TrackedOrders;
  private readonly say: (line: string) => void;

  constructor(broker: Broker, orders: TrackedOrders, say: (line: string) => void) {
    this.broker = broker;
    this.orders = orders;
    this.say = say;
  }

  /** What differs from what is known; empty when all is as it was. @throws VenueUnavailable, VenueRefused */
  async news(): Promise<readonly Excess[]> {
    const positions = await this.broker.positions();
    return this.orders.tradedSymbols
      .map((traded) => {
        const there = positions.find(({ symbol }) => symbol === traded.symbol);
        const held = there === undefined ? 0 : traded.grid.gridQuantity(there.quantity);
        return { traded, excess: (held - traded.position) as GridQuantity };
      })
      .filter(({ traded, excess }) => excess !== traded.excess);
  }

  /** Takes over what differs for good, and says so. */
  take(news: readonly Excess[]): void {
    for (const { traded, excess } of news) {
      const isExit = isWithin(excess, traded.position) && this.orders.adoptExit(traded, excess);
      traded.excess = isExit ? (0 as GridQuantity) : excess;
      if (isExit) this.say(this.closed(traded, excess));
      else this.say(excess === 0 ? this.agreement(traded) : this.difference(traded));
    }
  }

  private closed({ symbol, grid }: TradedSymbol, excess: GridQuantity): string {
    const amount = formatDecimal(grid.exactQuantity(Math.abs(excess) as GridQuantity));
    return `Somebody else closed ${amount} of the bot's ${symbol} at ${this.broker.name}: it counts as an exit of its trade.`;
  }

  private agreement({ symbol }: TradedSymbol): string {
    return `${this.broker.name} holds of ${symbol} what the bot has traded again; it may enter.`;
  }

  private difference({ symbol, grid, position, excess }: TradedSymbol): string {
    const amount = (quantity: number) => formatDecimal(grid.exactQuantity(quantity as GridQuantity));
    const undo = `${excess > 0 ? 'sell' : 'buy'} ${amount(Math.abs(excess))} there by hand to go on`;
    return (
      `${this.broker.name} holds ${amount(position + excess)} of ${symbol} and the bot has traded ${amount(position)}: the ` +
      `difference is somebody else's. The bot enters ${symbol} no more until both agree, takes back ` +
      `entries that wait, and protects what is its own; ${undo}.`
    );
  }
}
