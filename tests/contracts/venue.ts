import { describe, expect, test } from 'vitest';
import type { Execution } from '#core/fills.ts';
import type { GridPrice } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import type { Order } from '#core/orders.ts';
import type { Venue } from '#ports/venue.ts';
import type { Ohlc } from '#tests/builders/candles.ts';
import { levels, type OrderText, orderOf, ownerOf } from '#tests/builders/orders.ts';

export const SYMBOL = 'BTC/USDT' as MarketSymbol;

/** A venue whose last candle closed at 100, nothing held, and the candles that come next. */
export interface OpenedVenue {
  readonly venue: Venue;
  /** Lets the next candle close; what came of it is told by then. */
  pass(): Promise<void>;
}

export interface VenueSetup {
  /** @param candles What comes after the last close. Prices and quantities in units of the suite. */
  open(candles: readonly Ohlc[]): Promise<OpenedVenue>;
  /** Grid units for one of the suite: a venue with steps of its own trades multiples. */
  readonly price: number;
  readonly quantity: number;
  /** What it trades; `SYMBOL` when left out. */
  readonly symbol?: MarketSymbol;
  /** Whether a market order may trade as soon as it has come, and not at the next candle only. */
  readonly tradesAtOnce: boolean;
}

const STILL: Ohlc = [100, 100, 100, 100];

/** What every venue keeps, whoever is behind it. */
export function describeVenue(name: string, setup: VenueSetup): void {
  const { symbol = SYMBOL } = setup;
  const owner = ownerOf({ symbol });

  /** Hears what the venue tells, in units of the suite: `entry open`, `entry +1 @ 100`. */
  class Ears implements FillListener {
    readonly told: string[] = [];
    readonly ids: (string | number)[] = [];

    onOrder({ leg, state }: Order): void {
      this.told.push(`${leg} ${state.kind}`);
    }

    onFill({ order, quantity, price, venueTradeId }: Execution): void {
      const signed = quantity / setup.quantity;
      this.told.push(`${order.leg} ${signed > 0 ? '+' : ''}${signed} @ ${price / setup.price}`);
      this.ids.push(venueTradeId);
    }
  }

  const scaled = (price: number | undefined) => (price === undefined ? {} : { price: price * setup.price });
  const atLevels = (stop: number, target?: number) =>
    levels(stop * setup.price, target === undefined ? undefined : target * setup.price);

  async function opened(...candles: readonly Ohlc[]) {
    const ears = new Ears();
    const { venue, pass } = await setup.open(candles);
    venue.listen(symbol, ears);
    const send = async ({ price, ...text }: OrderText) => {
      const order = orderOf({ owner, ...text, ...scaled(price), quantity: (text.quantity ?? 1) * setup.quantity });
      order.submitted();
      return { order, answer: await venue.submit(order) };
    };
    const position = async () => (await venue.position(symbol)) / setup.quantity;
    return { venue, pass, send, position, ears };
  }

  describe(`the venue: ${name}`, () => {
    test('takes a market order and fills it at the next price', async () => {
      const { send, pass, position, ears } = await opened([102, 103, 101, 102]);
      const { order, answer } = await send({ occasion: 1 });
      expect(answer).toEqual({ kind: 'accepted' });
      if (!setup.tradesAtOnce) expect(order.state.kind).toBe('open');
      await pass();
      expect(order.state.kind).toBe('filled');
      expect(ears.told).toEqual(['entry open', 'entry +1 @ 102']);
      expect(await position()).toBe(1);
    });

    test('makes one order of a client order id, however often it is sent', async () => {
      const { venue, send, pass, position } = await opened(STILL, STILL);
      await send({ occasion: 1 });
      expect((await send({ occasion: 1 })).answer).toEqual({ kind: 'accepted' });
      await pass();
      expect(await position()).toBe(1);
      const again = await send({ occasion: 1 });
      const isOver = again.answer.kind === 'rejected' || (await venue.find(again.order))?.kind === 'filled';
      expect(isOver).toBe(true);
      await pass();
      expect(await position()).toBe(1);
    });

    test('refuses what its rules do not allow, with a reason, and holds nothing of it', async () => {
      const { send, pass, position, ears } = await opened(STILL);
      const { answer } = await send({ occasion: 1, leg: 'exit', side: 'sell' });
      expect(answer).toMatchObject({ kind: 'rejected', why: expect.stringMatching(/\w+ \w+/) });
      await pass();
      expect(await position()).toBe(0);
      expect(ears.told.filter((line) => line.includes('@') || line.endsWith('open'))).toEqual([]);
    });

    test('finds an order it has taken, and none that it has not', async () => {
      const { venue, send } = await opened(STILL);
      const { order } = await send({ occasion: 1, type: 'limit', price: 90 });
      expect(await venue.find(order)).toMatchObject({ kind: 'open', filled: 0 });
      expect(await venue.find(orderOf({ owner, occasion: 2 }))).toBeUndefined();
    });

    test('cancels a working order once, and not one that has traded', async () => {
      const { venue, send, pass, position } = await opened([95, 95, 85, 85], [85, 85, 85, 85]);
      const { order } = await send({ occasion: 1, type: 'limit', price: 90 });
      expect(await venue.cancel(order, 'no more')).toEqual({ kind: 'canceled' });
      expect(await venue.cancel(order, 'no more')).toEqual({ kind: 'not-working' });
      expect(order.state).toMatchObject({ kind: 'canceled', why: 'no more' });
      await pass();
      expect(await position()).toBe(0);
      const traded = await send({ occasion: 2 });
      await pass();
      expect(await venue.cancel(traded.order, 'no more')).toEqual({ kind: 'not-working' });
    });

    test('changes a working order, and not one that has traded', async () => {
      const { venue, send, pass, ears } = await opened([100, 100, 94, 100]);
      const { order } = await send({ occasion: 1, type: 'limit', price: 90 });
      const at = (price: number) => ({ price: (price * setup.price) as GridPrice });
      expect(await venue.amend(order, at(95))).toEqual({ kind: 'accepted' });
      await pass();
      expect(ears.told).toEqual(['entry open', 'entry open', 'entry +1 @ 95']);
      expect(await venue.amend(order, at(96))).toEqual({
        kind: 'rejected',
        why: expect.stringMatching(/^Cannot amend order .* as it is not working any more/),
      });
    });

    test('attaches stop and target to an entry; one that fills ends the other', async () => {
      const { send, pass, position, ears } = await opened([100, 101, 99, 100], [100, 111, 99, 110]);
      await send({ occasion: 1, attached: atLevels(95, 110) });
      await pass();
      expect(ears.told.slice(0, 2)).toEqual(['entry open', 'entry +1 @ 100']);
      expect(ears.told.slice(2).toSorted()).toEqual(['stop open', 'target open']);
      await pass();
      expect(ears.told.slice(4).toSorted()).toEqual(['stop canceled', 'target -1 @ 110']);
      expect(await position()).toBe(0);
    });

    test('a stop that is gapped through fills where the market is', async () => {
      const { send, pass, ears } = await opened([100, 101, 99, 100], [90, 92, 88, 91]);
      await send({ occasion: 1, attached: atLevels(95) });
      await pass();
      await pass();
      expect(ears.told.at(-1)).toBe('stop -1 @ 90');
    });

    test('names each execution once', async () => {
      const { send, pass, ears } = await opened([100, 101, 99, 100], [90, 92, 88, 91], [90, 92, 88, 91]);
      await send({ occasion: 1, attached: atLevels(95) });
      await pass();
      await pass();
      await send({ occasion: 2 });
      await pass();
      expect(new Set(ears.ids).size).toBe(3);
    });
  });
}
