import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOhlc, candlesOf } from '#tests/builders/candles.ts';
import { Journal, modelOf } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances, type OrderText, orderOf, requestOf } from '#tests/builders/orders.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import type { BracketPlan } from '../brackets.ts';
import type { Candles } from '../candles.ts';
import type { Execution } from '../fills.ts';
import type { GridPrice, GridQuantity } from '../grid.ts';
import { Order } from '../orders.ts';
import { PositionBook } from '../positions.ts';
import type { EpochMs } from '../time.ts';
import type { Trail } from '../trailing.ts';
import type { ExecutionModel } from './execution-model.ts';
import { Exchange } from './matching.ts';

/**
 * What holds of every exchange, whatever is sent to it: orders of every kind, amends and cancels on any candles, under any
 * execution model.
 */
const GRID = gridOf({ maker: '0.0002', taker: '0.0005' });
const MINUTE = 60_000;

/** What is done at the close of one candle. */
type Step =
  | { readonly kind: 'send'; readonly orders: readonly OrderText[] }
  | {
      readonly kind: 'amend';
      readonly which: number;
      readonly price: number | undefined;
      readonly quantity: number | undefined;
    }
  | { readonly kind: 'cancel'; readonly which: number };

const anyPrice = fc.integer({ min: 88, max: 112 });
const anySide = fc.constantFrom('buy' as const, 'sell' as const);
const anyTimeInForce = fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const, 'fok' as const, 'day' as const);
const anyDistance = fc.oneof(
  fc.record({ kind: fc.constant('absolute' as const), distance: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('percent' as const), percent: fc.integer({ min: 1, max: 6 }) }),
);
const anyTrail: fc.Arbitrary<Trail> = fc.record({
  distance: anyDistance,
  activation: fc.option(anyPrice as fc.Arbitrary<GridPrice>, { nil: undefined }),
});
const anyBracket: fc.Arbitrary<BracketPlan> = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    fc.option(fc.record({ distance: anyDistance, activation: fc.integer({ min: 0, max: 4 }) }), { nil: undefined }),
  )
  .map(([stop, target, trail]) => ({ ...distances(stop, target), ...(trail && { trail }) }));

const anyTerms: fc.Arbitrary<OrderText> = fc.oneof(
  fc.constant({ type: 'market' as const }),
  fc.record({ type: fc.constant('limit' as const), price: anyPrice, postOnly: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('stop' as const, 'take-profit' as const),
    price: anyPrice,
    limit: fc.option(anyPrice, { nil: undefined }),
  }) as fc.Arbitrary<OrderText>,
  fc.record({ type: fc.constant('trailing-stop' as const), trail: anyTrail }),
);
const anyOrder: fc.Arbitrary<OrderText> = fc
  .record({
    leg: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const),
    side: anySide,
    quantity: fc.integer({ min: 1, max: 9 }),
    timeInForce: anyTimeInForce,
    terms: anyTerms,
    attached: fc.option(anyBracket, { nil: undefined }),
  })
  .map(({ terms, attached, ...order }) => ({
    ...order,
    ...terms,
    attached: order.leg === 'entry' ? attached : undefined,
  }));
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'send' as const, orders: [] }) },
  { weight: 6, arbitrary: anyOrder.map((order) => ({ kind: 'send' as const, orders: [order] })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('amend' as const),
      which: fc.nat(5),
      price: fc.option(anyPrice, { nil: undefined }),
      quantity: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(5) }) },
);
const anyModel: fc.Arbitrary<ExecutionModel> = fc
  .record({
    intrabar: fc.constantFrom('worst-case-first' as const, 'target-first' as const, 'ohlc-adaptive' as const),
    signalActs: fc.constantFrom('next-open' as const, 'next-open' as const, 'this-close' as const),
    trailingSees: fc.constantFrom('adverse-first' as const, 'favourable-first' as const),
    gapFill: fc.constantFrom('open' as const, 'level' as const),
    exitSignal: fc.constantFrom('before-stop' as const, 'after-stop' as const),
    entryRow: fc.constantFrom('exits' as const, 'no-exits' as const),
    slippage: fc.oneof(
      fc.constant({ kind: 'none' as const }),
      fc.record({ kind: fc.constant('fixed' as const), bps: fc.integer({ min: 0, max: 200 }) }),
      fc.constant({ kind: 'square-root' as const, coefficient: 1, rows: 3 }),
    ),
    volumeShare: fc.constantFrom(undefined, 0.1, 0.5),
    latencyMs: fc.constantFrom(0, 0, 250, 2 * MINUTE),
  })
  .map((model) => modelOf(model));

/** Candles with volumes of a few lots, and what is done at the close of each; the day ends with every tenth minute. */
const anyHistory = fc
  .array(fc.tuple(anyOhlc, fc.integer({ min: 0, max: 30 }), anyStep), { minLength: 2, maxLength: 30 })
  .map((rows) => ({
    candles: candlesOf(rows.map(([[open, high, low, close], volume]) => [open, high, low, close, volume] as const)),
    steps: rows.map(([, , step]) => step),
  }));
const dayEndsAt = (time: EpochMs) => (Math.floor(time / (10 * MINUTE)) * 10 * MINUTE + 10 * MINUTE) as EpochMs;

/** Keeps what an exchange tells, and every order that it told of. */
class Witness extends Journal {
  readonly executions: Execution[] = [];
  readonly seen = new Set<Order>();
  readonly levels = new Map<Order, number[]>();

  override onOrder(order: Order): void {
    super.onOrder(order);
    this.seen.add(order);
    if (order.type === 'trailing-stop' && order.price !== undefined)
      this.levels.set(order, [...(this.levels.get(order) ?? []), order.price]);
  }

  override onFill(execution: Execution): void {
    super.onFill(execution);
    this.executions.push(execution);
    this.seen.add(execution.order);
  }
}

class Run {
  readonly witness = new Witness();
  readonly exchange: Exchange;

  constructor(candles: Candles, model: ExecutionModel) {
    this.exchange = new Exchange(GRID, candles, { model, dayEndsAt });
    this.exchange.listen(this.witness);
  }

  /** Does what is done at the close of candle `i`. */
  act(step: Step, i: number, closeTime: number): void {
    const { exchange } = this;
    if (step.kind === 'send') {
      for (const text of step.orders) {
        const order = orderOf({ ...text, occasion: closeTime });
        order.submitted();
        exchange.accept(order, i);
      }
      return;
    }
    const order = exchange.openOrders()[step.which];
    if (order === undefined) return;
    if (step.kind === 'cancel') exchange.cancel(order, 'asked to', i);
    else exchange.amend(order, changeOf(step), i);
  }

  /** Candle for candle over [from, to); `check` looks on after each. */
  over(candles: Candles, steps: readonly Step[], from: number, to: number, check: () => void = () => undefined): this {
    for (let i = from; i < to; i++) {
      this.exchange.match(i);
      check();
      this.act(steps[i]!, i, candles.closeTimeAt(i));
      check();
    }
    return this;
  }
}

function changeOf({ price, quantity }: Extract<Step, { kind: 'amend' }>) {
  return {
    ...(price !== undefined && { price: price as GridPrice }),
    ...(quantity !== undefined && { quantity: quantity as GridQuantity }),
  };
}

/** Tries `holds` on histories under models; it may look on while they run. */
function always(
  name: string,
  holds: (run: Run, candles: Candles, steps: readonly Step[], model: ExecutionModel) => void,
) {
  test(name, { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(anyHistory, anyModel, ({ candles, steps }, model) =>
        holds(new Run(candles, model), candles, steps, model),
      ),
      { numRuns: PROPERTY_RUNS },
    );
  });
}

always('the position is the sum of the fills, and the ledger is even', (run, candles, steps) => {
  run.over(candles, steps, 0, candles.length);
  const { executions } = run.witness;
  expect(run.exchange.position).toBe(executions.reduce((sum, { quantity }) => sum + quantity, 0));
  const book = new PositionBook(GRID, candles);
  for (const execution of executions) book.apply(execution);
  expect(book.position).toBe(run.exchange.position);
  expect(book.ledger.cash() + book.ledger.tradingCost() + book.ledger.fees()).toBe(0n);
});

always('every fill lies on the grid, and no order fills more than it asks for', (run, candles, steps) => {
  run.over(candles, steps, 0, candles.length);
  const filled = new Map<Order, number>();
  for (const { order, price, quantity } of run.witness.executions) {
    expect([price % GRID.tick, Math.abs(quantity) % GRID.lot, price > 0]).toEqual([0, 0, true]);
    expect(quantity > 0).toBe(order.side === 'buy');
    filled.set(order, (filled.get(order) ?? 0) + Math.abs(quantity));
  }
  for (const order of run.witness.seen) {
    expect(order.filled).toBe(filled.get(order) ?? 0);
    expect(order.filled).toBeLessThanOrEqual(order.quantity);
  }
});

always('a fill is within its limit, and none is better for a taker than the row allows', (run, candles, steps) => {
  run.over(candles, steps, 0, candles.length);
  for (const { order, price, index, liquidity } of run.witness.executions) {
    const sign = order.side === 'buy' ? 1 : -1;
    const limit = order.type === 'limit' ? order.price : order.limit;
    // An amend may have moved the limit since.
    if (limit !== undefined && order.progress?.queuedAs === undefined)
      expect(sign * (limit - price)).toBeGreaterThanOrEqual(0);
    const best = (sign > 0 ? candles.low : candles.high).values[index]!;
    if (liquidity === 'taker') expect(sign * (price - best)).toBeGreaterThanOrEqual(0);
  }
});

always('a trailing stop never loosens', (run, candles, steps) => {
  run.over(candles, steps, 0, candles.length);
  for (const [order, levels] of run.witness.levels) {
    const sorted = levels.toSorted((a, b) => (order.side === 'sell' ? a - b : b - a));
    expect(levels).toEqual(sorted);
  }
});

always('what only reduces never opens and never flips', (run, candles, steps) => {
  run.over(candles, steps, 0, candles.length);
  let position = 0;
  for (const { order, quantity } of run.witness.executions) {
    const before = position;
    position += quantity;
    if (order.effect === 'reduce-only') {
      expect(Math.abs(position)).toBe(Math.abs(before) - Math.abs(quantity));
      expect(position * before).toBeGreaterThanOrEqual(0);
    }
  }
});

always('of a stop and a target together no more fills than of their entry', (run, candles, steps) => {
  run.over(candles, steps, 0, candles.length);
  const byEntry = new Map<string, { entered: number; left: number }>();
  for (const { order, quantity } of run.witness.executions) {
    const key = `${order.intent.occasion}/${order.attempt}`;
    const sums = byEntry.get(key) ?? { entered: 0, left: 0 };
    if (order.leg === 'entry') sums.entered += Math.abs(quantity);
    else if (order.leg !== 'exit') sums.left += Math.abs(quantity);
    byEntry.set(key, sums);
  }
  for (const { entered, left } of byEntry.values()) expect(left).toBeLessThanOrEqual(entered);
});

test('no part of a position that came with a stop is ever without one', { timeout: 600_000 }, () => {
  const anyEntry = anyOrder.map(
    (order): OrderText => ({ ...order, leg: 'entry', attached: order.attached ?? distances(3, 5) }),
  );
  const anyEntries = fc.array(
    fc.tuple(anyOhlc, fc.integer({ min: 0, max: 30 }), fc.option(anyEntry, { nil: undefined })),
    {
      minLength: 2,
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(anyEntries, anyModel, anySide, (rows, model, side) => {
      const candles = candlesOf(
        rows.map(([[open, high, low, close], volume]) => [open, high, low, close, volume] as const),
      );
      const steps: Step[] = rows.map(([, , order]) => ({ kind: 'send', orders: order ? [{ ...order, side }] : [] }));
      const run = new Run(candles, model);
      run.over(candles, steps, 0, candles.length, () => {
        const stops = run.exchange.openOrders().filter(({ leg }) => leg === 'stop');
        const covered = stops.reduce((sum, order) => sum + order.remaining, 0);
        expect(covered).toBe(Math.abs(run.exchange.position));
      });
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

always('candles that are passed over in chunks give what they give one by one', (run, candles, steps, model) => {
  const oneByOne = run.over(candles, steps, 0, candles.length);
  const passing = new Run(candles, model);
  for (let i = 0; i < candles.length; ) {
    // What is sent ends a stretch, as it does in the loop.
    let end = i;
    while (end < candles.length - 1 && isNothing(steps[end]!)) end++;
    const quiet = passing.exchange.quietUntil(i, end);
    if (quiet === i) passing.over(candles, steps, i, i + 1);
    i = Math.max(quiet, i + 1);
  }
  expect(passing.witness.fills).toEqual(oneByOne.witness.fills);
  expect(passing.witness.orders).toEqual(oneByOne.witness.orders);
});

function isNothing(step: Step): boolean {
  return step.kind === 'send' && step.orders.length === 0;
}

always('a restored exchange has the future of one that never stopped', (whole, candles, steps, model) => {
  const cut = Math.floor(candles.length / 2);
  whole.over(candles, steps, 0, cut);
  const before = { fills: whole.witness.fills.length, orders: whole.witness.orders.length };
  const restored = new Run(candles, model);
  const open = whole.exchange.openOrders().map(storedAndRead);
  restored.exchange.restore({
    matchedUntil: 0 as EpochMs,
    position: whole.exchange.position,
    executions: before.fills,
    lastNumber: 1_000,
    newest: undefined,
    open: open.toReversed(),
  });
  whole.over(candles, steps, cut, candles.length);
  restored.over(candles, steps, cut, candles.length);
  expect(restored.witness.fills).toEqual(whole.witness.fills.slice(before.fills));
  expect(restored.witness.orders.filter(isEnd).toSorted()).toEqual(
    whole.witness.orders.slice(before.orders).filter(isEnd).toSorted(),
  );
});

/** An order as a store gives it back: what is JSON there has been through it. */
function storedAndRead(order: Order): Order {
  const progress = order.progress && JSON.parse(JSON.stringify(order.progress));
  return new Order(order.intent, requestOf(order as OrderText), order.attempt, order.state, progress);
}

function isEnd(line: string): boolean {
  return !line.includes(' open');
}
