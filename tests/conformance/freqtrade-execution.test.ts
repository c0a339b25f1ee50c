import { describe, expect, test } from 'vitest';
import type { BracketPlan } from '#core/brackets.ts';
import type { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import { Exchange } from '#core/matching/matching.ts';
import type { Order } from '#core/orders.ts';
import { candlesOf } from '#tests/builders/candles.ts';
import { modelOf } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { type OrderText, orderOf } from '#tests/builders/orders.ts';
import { readCases } from './cases.ts';

interface CandleRow {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly ts: number;
  readonly enter_long: number;
  readonly exit_long: number;
  readonly enter_short: number;
  readonly exit_short: number;
}
interface Case {
  readonly id: string;
  readonly description: string;
  readonly params: {
    readonly stop_loss: number;
    readonly roi: Readonly<Record<string, number>>;
    readonly leverage: number;
    readonly use_exit_signal: boolean;
    readonly trailing_stop: boolean;
    readonly trailing_stop_positive: number | null;
    readonly trailing_stop_positive_offset: number;
    readonly custom_entry_price: number | null;
    readonly adjust_entry_price: number | null;
  };
  readonly candles: readonly CandleRow[];
  readonly expected: {
    readonly profit_ratio_sum_round3: number;
    readonly trades: readonly {
      readonly exit_reason: string;
      readonly open_index: number;
      readonly close_index: number;
      readonly is_short: boolean;
    }[];
  };
}

/**
 * Stops before targets, and targets before what a trailing stop has moved to, which sees the high before the low; a gap
 * fills at the level wherever the candle comes back to it; an exit signal at the open comes first.
 */
const MODEL = modelOf({ trailingSees: 'favourable-first', gapFill: 'level' });
const MINUTES = 60;
const QUANTITY = 1_000;

/** What no exchange does: an order asks for a worse price than the market has, and gets it. */
const NOT_RUN: Readonly<Record<string, string>> = {
  tc40: 'a limit that buys at 5000 where the market is pays 5100',
  tc41: 'a limit that sells at 5000 where the market is gets 4900',
  tc44: 'a limit that sells at the open gets the low of its candle',
};

const WHAT = "freqtrade's candle-by-candle cases";
const recorded = readCases<{ readonly cases: readonly Case[] }>(WHAT, 'freqtrade_backtest_detail.json');
const cases = recorded?.cases ?? [];

/** Run by configuring the execution model as their file describes its own. */
describe.runIf(recorded)(WHAT, () => {
  test('each is run, or there is a reason why not', () => {
    expect(Object.keys(NOT_RUN).filter((id) => !cases.some((one) => one.id === id))).toEqual([]);
    expect(cases.length).toBeGreaterThan(20);
  });

  test.each(cases.filter(({ id }) => !(id in NOT_RUN)))('$id: $description', (one) => {
    const { trades, profitRatio } = new CaseRun(one).run();
    expect(trades).toEqual(one.expected.trades.map(({ enter_tag, ...trade }: Record<string, unknown>) => trade));
    expect(Math.abs(profitRatio - one.expected.profit_ratio_sum_round3)).toBeLessThanOrEqual(0.000_5 + 1e-9);
  });
});

type Trade = Case['expected']['trades'][number];

/** One case on our exchange: its columns say when to enter and leave, its parameters what goes out with an entry. */
class CaseRun {
  private readonly one: Case;
  private readonly candles: Candles;
  private readonly exchange: Exchange;
  private readonly trades: Trade[] = [];
  private entry: Order | undefined;
  private entryFill: Execution | undefined;
  private profitRatio = 0;

  constructor(one: Case) {
    this.one = one;
    this.candles = candlesOf(
      one.candles.map(({ open, high, low, close, volume }) => [open, high, low, close, volume] as const),
      '1h',
    );
    this.exchange = new Exchange(gridOf({ tick: '0.01', lot: '0.001', maker: '0', taker: '0' }), this.candles, {
      model: MODEL,
    });
    this.exchange.listen({ onOrder: () => undefined, onFill: (execution) => this.onFill(execution) });
  }

  run() {
    for (let i = 0; i < this.candles.length; i++) {
      this.exchange.match(i);
      if (i < this.candles.length - 1) this.decide(i);
    }
    return { trades: this.trades, profitRatio: this.profitRatio };
  }

  /** At the close of candle `i`. */
  private decide(i: number): void {
    const row = this.one.candles[i]!;
    const { position } = this.exchange;
    if (position !== 0) {
      this.lowerTarget(i + 1);
      const isOver = position > 0 ? row.exit_long : row.exit_short;
      if (isOver && this.one.params.use_exit_signal)
        this.send(i, { leg: 'exit', side: position > 0 ? 'sell' : 'buy', quantity: Math.abs(position) });
    } else if (this.entry?.isWorking) {
      this.exchange.amend(this.entry, { price: this.price(this.one.params.adjust_entry_price!) }, i);
    } else if (row.enter_long !== row.enter_short) {
      this.enter(i, row.enter_long ? 'buy' : 'sell');
    }
  }

  private enter(i: number, side: 'buy' | 'sell'): void {
    const { custom_entry_price: custom, adjust_entry_price: adjusted } = this.one.params;
    const terms: OrderText = custom === null ? {} : { type: 'limit', price: this.price(custom) };
    // The source's fractions are of the price of the entry: the next open, or what it is adjusted to.
    const entryPrice = adjusted ?? this.candles.open.values[i + 1]!;
    this.entry = this.send(i, { ...terms, side, quantity: QUANTITY, attached: this.bracket(entryPrice) });
  }

  private bracket(entryPrice: number): BracketPlan {
    const { params } = this.one;
    const roi = params.roi['0'];
    const stop = (entryPrice * -params.stop_loss) / params.leverage;
    const plan = {
      kind: 'distances',
      stop,
      target: roi === undefined ? undefined : (entryPrice * roi) / params.leverage,
      rounding: 'toward-entry',
    } as const;
    if (!params.trailing_stop) return plan;
    const fraction = params.trailing_stop_positive ?? -params.stop_loss;
    const distance = { kind: 'percent', percent: 100 * fraction } as const;
    return { ...plan, trail: { distance, activation: entryPrice * params.trailing_stop_positive_offset } };
  }

  /** The profit that is enough by the time candle `i` opens. */
  private lowerTarget(i: number): void {
    const { roi } = this.one.params;
    const { index, price, quantity } = this.entryFill!;
    const minutes = (i - index) * MINUTES;
    const since = Math.max(
      ...Object.keys(roi)
        .map(Number)
        .filter((from) => from > 0 && from <= minutes),
    );
    const target = this.exchange.openOrders().find(({ leg }) => leg === 'target');
    if (since > 0 && target) {
      const asked = Math.max(1, Math.round(price * (1 + Math.sign(quantity) * roi[String(since)]!)));
      this.exchange.amend(target, { price: asked as GridPrice }, i - 1);
    }
  }

  private send(i: number, text: OrderText): Order {
    const order = orderOf({ ...text, quantity: text.quantity as GridQuantity, occasion: this.candles.closeTimeAt(i) });
    order.submitted();
    expect(this.exchange.accept(order, i)).toEqual({ kind: 'accepted' });
    return order;
  }

  private price(value: number): GridPrice {
    return this.exchange.grid.priceOf(value);
  }

  private onFill(execution: Execution): void {
    if (execution.order.leg === 'entry') {
      this.entryFill = execution;
      return;
    }
    const { price, quantity } = this.entryFill!;
    this.profitRatio += Math.sign(quantity) * (execution.price / price - 1) * this.one.params.leverage;
    this.trades.push({
      exit_reason: exitReason(execution.order),
      // The candle in which the entry's order came to the market.
      open_index: this.candles.indexAt(this.entryFill!.order.intent.occasion),
      close_index: execution.index,
      is_short: quantity < 0,
    });
  }
}

function exitReason({ leg, type, trail }: Order): string {
  if (leg === 'target') return 'roi';
  if (leg === 'exit') return 'exit_signal';
  return type === 'trailing-stop' && trail ? 'trailing_stop_loss' : 'stop_loss';
}
