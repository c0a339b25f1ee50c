import { beforeEach, describe, expect, test } from 'vitest';
import type { MarketSymbol } from '#core/bots.ts';
import type { Execution } from '#core/fills.ts';
import type { GridPrice } from '#core/grid.ts';
import type { FillListener } from '#core/matcher.ts';
import type { Order } from '#core/orders.ts';
import type { Venue } from '#ports/venue.ts';
import type { Ohlc } from '#tests/builders/candles.ts';
import { levels, type OrderText, orderOf, ownerOf } from '#tests/builders/orders.ts';

export const SYMBOL = 'BTC/USDT' as MarketSymbol;

/** A venue with a market of whole prices and quantities, and a way to let its next candle close. */
export interface OpenedVenue {
  readonly venue: Venue;
  trade(candle: Ohlc): Promise<void>;
}

/** Hears what the venue tells: `entry open`, `entry +1 @ 100`. */
class Ears implements FillListener {
  readonly told: string[] = [];
  readonly ids: (string | number)[] = [];

  onOrder({ leg, state }: Order): void {
    this.told.push(`${leg} ${state.kind}`);
  }

  onFill({ order, quantity, price, venueTradeId }: Execution): void {
    this.told.push(`${order.leg} ${quantity > 0 ? '+' : ''}${quantity} @ ${price}`);
    this.ids.push(venueTradeId);
  }
}

/**
 * What every venue keeps, whoever is behind it. `open` makes one whose last candle closed at 100, nothing held.
 * @param symbol What it trades.
 */
export function describeVenue(name: string, open: () => Promise<OpenedVenue>, symbol = SYMBOL): void {
  const owner = ownerOf({ symbol });
  describe(`the venue: ${name}`, () => {
    let opened: OpenedVenue;
    let ears: Ears;
    beforeEach(async () => {
      opened = await open();
      ears = new Ears();
      opened.venue.listen(symbol, ears);
    });

    async function send(text: OrderText) {
      const order = orderOf({ owner, ...text });
      order.submitted();
      return { order, answer: await opened.venue.submit(order) };
    }

    test('takes a market order and fills it at the next price', async () => {
      const { order, answer } = await send({ occasion: 1 });
      expect(answer).toEqual({ kind: 'accepted' });
      expect(order.state.kind).toBe('open');
      await opened.trade([102, 103, 101, 102]);
      expect(order.state.kind).toBe('filled');
      expect(ears.told).toEqual(['entry open', 'entry +1 @ 102']);
      expect(await opened.venue.position(symbol)).toBe(1);
    });

    test('makes one order of a client order id, however often it is sent', async () => {
      await send({ occasion: 1 });
      expect((await send({ occasion: 1 })).answer).toEqual({ kind: 'accepted' });
      await opened.trade([100, 100, 100, 100]);
      expect(await opened.venue.position(symbol)).toBe(1);
      const again = await send({ occasion: 1 });
      expect(again.answer.kind === 'rejected' || (await opened.venue.find(again.order))?.kind === 'filled').toBe(true);
      await opened.trade([100, 100, 100, 100]);
      expect(await opened.venue.position(symbol)).toBe(1);
    });

    test('refuses what its filters do not allow, with a sentence, and holds nothing of it', async () => {
      const { order, answer } = await send({ occasion: 1, leg: 'exit', side: 'sell' });
      expect(answer).toMatchObject({
        kind: 'rejected',
        why: expect.stringContaining(`Cannot place order on "${symbol}" as `),
      });
      // Who asked takes the answer over where the venue has not.
      expect(['rejected', 'submitted']).toContain(order.state.kind);
      await opened.trade([100, 100, 100, 100]);
      expect(await opened.venue.position(symbol)).toBe(0);
    });

    test('finds an order it has taken, and none that it has not', async () => {
      const { order } = await send({ occasion: 1, type: 'limit', price: 90 });
      expect(await opened.venue.find(order)).toMatchObject({ kind: 'open', filled: 0 });
      expect(await opened.venue.find(orderOf({ owner, occasion: 2 }))).toBeUndefined();
    });

    test('cancels a working order once, and not one that has traded', async () => {
      const { order } = await send({ occasion: 1, type: 'limit', price: 90 });
      expect(await opened.venue.cancel(order, 'no more')).toEqual({ kind: 'canceled' });
      expect(await opened.venue.cancel(order, 'no more')).toEqual({ kind: 'not-working' });
      await opened.trade([95, 95, 85, 85]);
      expect(await opened.venue.position(symbol)).toBe(0);
      const traded = await send({ occasion: 2 });
      await opened.trade([85, 85, 85, 85]);
      expect(await opened.venue.cancel(traded.order, 'no more')).toEqual({ kind: 'not-working' });
    });

    test('changes a working order, and not one that has traded', async () => {
      const { order } = await send({ occasion: 1, type: 'limit', price: 90 });
      expect(await opened.venue.amend(order, { price: 95 as GridPrice })).toEqual({ kind: 'accepted' });
      await opened.trade([100, 100, 94, 100]);
      expect(ears.told).toEqual(['entry open', 'entry open', 'entry +1 @ 95']);
      expect(await opened.venue.amend(order, { price: 96 as GridPrice })).toEqual({
        kind: 'rejected',
        why: expect.stringMatching(/^Cannot amend order .* as it is not working any more/),
      });
    });

    test('attaches stop and target to an entry; one that fills ends the other', async () => {
      await send({ occasion: 1, attached: levels(95, 110) });
      await opened.trade([100, 101, 99, 100]);
      await opened.trade([100, 111, 99, 110]);
      expect(ears.told.slice(0, 2)).toEqual(['entry open', 'entry +1 @ 100']);
      // Which of the two is told first is the venue's.
      expect(ears.told.slice(2, 4).toSorted()).toEqual(['stop open', 'target open']);
      expect(ears.told.slice(4)).toEqual(['target -1 @ 110', 'stop canceled']);
      expect(await opened.venue.position(symbol)).toBe(0);
    });

    test('a stop that is gapped through fills where the market is', async () => {
      await send({ occasion: 1, attached: levels(95) });
      await opened.trade([100, 101, 99, 100]);
      await opened.trade([90, 92, 88, 91]);
      expect(ears.told.at(-1)).toBe('stop -1 @ 90');
    });

    test('names each execution once', async () => {
      await send({ occasion: 1, attached: levels(95) });
      await opened.trade([100, 101, 99, 100]);
      await opened.trade([90, 92, 88, 91]);
      await send({ occasion: 2 });
      await opened.trade([90, 92, 88, 91]);
      expect(new Set(ears.ids).size).toBe(3);
    });
  });
}
