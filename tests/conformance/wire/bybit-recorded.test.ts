import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import { rowsOf } from '#adapters/venues/bybit/decode.ts';
import { accountInfoFrom, balancesFrom, feeRatesFrom, permissionsFrom } from '#adapters/venues/bybit/decode-account.ts';
import { executedFrom } from '#adapters/venues/bybit/decode-execution.ts';
import { instrumentFrom, klinesFrom, tickersFrom, timeFrom } from '#adapters/venues/bybit/decode-market.ts';
import { orderFrom } from '#adapters/venues/bybit/decode-order.ts';
import { positionFrom } from '#adapters/venues/bybit/decode-position.ts';
import { marketSymbol } from '#adapters/venues/bybit/symbols.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { VenueRefused } from '#ports/venue.ts';

/** Later than every message here. */
const NOW = Date.UTC(2030, 0, 1) as EpochMs;

/** Messages that others recorded or documented, with their origin in each record: `../shared/data/README` and theirs. */
const FOLDER = '../shared/data/wire/bybit';

type Row = Readonly<Record<string, unknown>>;
interface Message {
  readonly from: string;
  /** A path of REST, or a topic of the stream. */
  readonly about: string;
  readonly payload: { readonly result?: unknown; readonly data?: readonly unknown[] };
}

interface Recorded {
  readonly path?: string;
  readonly payload?: Message['payload'] & { readonly topic?: string };
  readonly messages?: readonly Recorded[];
}

/** The path of an answer that was recorded into a file of its own, by the file's name. */
const PATHS: readonly (readonly [RegExp, string])[] = [
  [/http_get_orders|http_get_order_partially/, '/v5/order/realtime'],
  [/http_get_executions/, '/v5/execution/list'],
  [/http_get_positions/, '/v5/position/list'],
  [/http_get_wallet_balance/, '/v5/account/wallet-balance'],
  [/http_get_account_info/, '/v5/account/info'],
  [/http_get_fee_rate/, '/v5/account/fee-rate'],
  [/http_get_instruments/, '/v5/market/instruments-info'],
  [/http_get_user_query_api/, '/v5/user/query-api'],
  [/ws_account_order/, 'order'],
  [/ws_account_execution(?!_fast)/, 'execution'],
];

function messages(): Message[] {
  const lists = ['docs_v5_examples.jsonl', 'bybit_net_v5.jsonl'].flatMap((file) =>
    readFileSync(`${FOLDER}/${file}`, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Recorded)
      // A session is many messages.
      .flatMap((one) => (one.messages === undefined ? [one] : one.messages))
      .flatMap(({ path, payload }) => {
        const about = path ?? payload?.topic;
        return !payload || about === undefined ? [] : [{ from: file, about, payload }];
      }),
  );
  const files = globSync('nautilus/*.json', { cwd: FOLDER }).flatMap((file) => {
    const about = PATHS.find(([name]) => name.test(file))?.[1];
    return about === undefined
      ? []
      : [{ from: file, about, payload: JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) }];
  });
  return [...lists, ...files].filter(({ payload }) => payload.result !== undefined || payload.data !== undefined);
}

/** Rows of every message of one kind that has some. */
function rowsAbout(...about: readonly string[]): { from: string; row: Row }[] {
  return messages()
    .filter((message) => about.includes(message.about))
    .flatMap(({ from, payload: { result, data } }) =>
      (data ?? rowsOf(result, 'rows').rows).map((row) => ({ from, row: row as Row })),
    );
}

/** Decimal text as the product writes it: "0.100" is "0.1". */
function plain(text: unknown): string {
  const [whole = '', fraction = ''] = String(text).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

const isOurs = ({ symbol, category }: Row) =>
  marketSymbol(String(symbol)) !== undefined && (category === undefined || category === 'linear');

describe.skipIf(!existsSync(FOLDER))('recorded messages of Bybit (skipped where ../shared is absent)', () => {
  test('orders lose nothing', () => {
    const rows = rowsAbout('/v5/order/realtime', '/v5/order/history', 'order');
    let read = 0;
    for (const { row } of rows) {
      const order = orderFrom(row);
      if (!isOurs(row)) {
        expect(order).toBeUndefined();
        continue;
      }
      read += 1;
      expect(order).toMatchObject({ venueOrderId: row.orderId, side: row.side === 'Buy' ? 'buy' : 'sell' });
      expect(order!.clientOrderId ?? '').toBe(row.orderLinkId);
      expect([order!.quantity, order!.filled].map(formatDecimal)).toEqual([row.qty, row.cumExecQty].map(plain));
      const price = order!.type === 'market' ? undefined : order!.type === 'limit' ? row.price : row.triggerPrice;
      const isAbsent = price === undefined || Number(price) === 0;
      expect([row.orderId, order!.price && formatDecimal(order!.price)]).toEqual([
        row.orderId,
        isAbsent ? undefined : plain(price),
      ]);
      expect(order!.updatedAt).toBe(Number(row.updatedTime));
    }
    expect(read).toBeGreaterThan(15);
  });

  test('executions lose nothing', () => {
    const rows = rowsAbout('/v5/execution/list', 'execution');
    let read = 0;
    for (const { row } of rows) {
      const executed = executedFrom(row);
      if (!isOurs(row)) {
        expect(executed).toBeUndefined();
        continue;
      }
      read += 1;
      if (executed?.kind !== 'fill') throw new Error('none of these is funding');
      const { fill } = executed;
      expect(fill).toMatchObject({ venueTradeId: row.execId, venueOrderId: row.orderId });
      expect([fill.price, fill.quantity].map(formatDecimal)).toEqual([row.execPrice, row.execQty].map(plain));
      const taxes = Array.isArray(row.extraFees) ? row.extraFees.map(({ fee }) => Number(fee)) : [];
      expect(Number(formatDecimal(fill.fee))).toBeCloseTo(
        taxes.reduce((sum, tax) => sum + tax, Number(row.execFee)),
        9,
      );
      expect([fill.executedAt, fill.liquidity]).toEqual([Number(row.execTime), row.isMaker ? 'maker' : 'taker']);
    }
    expect(read).toBeGreaterThan(3);
  });

  test('positions lose nothing, and those of hedge mode are refused', () => {
    const seen = { open: 0, flat: 0, hedged: 0 };
    for (const { row } of rowsAbout('/v5/position/list')) {
      if (isOurs(row) && row.positionIdx !== 0) {
        expect(() => positionFrom(row)).toThrow(VenueRefused);
        seen.hedged += 1;
        continue;
      }
      const position = positionFrom(row);
      if (!isOurs(row) || row.size === '0') {
        expect(position).toBeUndefined();
        seen.flat += 1;
        continue;
      }
      seen.open += 1;
      const quantity = `${row.side === 'Sell' ? '-' : ''}${plain(row.size)}`;
      expect(formatDecimal(position!.quantity)).toBe(quantity);
      expect(formatDecimal(position!.entryPrice)).toBe(plain(row.avgPrice));
    }
    expect(Math.min(seen.open, seen.flat)).toBeGreaterThan(0);
  });

  test('instruments lose nothing', () => {
    let read = 0;
    for (const { row } of rowsAbout('/v5/market/instruments-info')) {
      // Of spot and options too, whose rows are of another form and are never asked for.
      if (row.contractType === undefined) continue;
      const instrument = instrumentFrom(row);
      if (!isOurs(row) || row.contractType !== 'LinearPerpetual') {
        expect(instrument).toBeUndefined();
        continue;
      }
      read += 1;
      const { qtyStep, minOrderQty, minNotionalValue = '0' } = row.lotSizeFilter as Readonly<Record<string, string>>;
      const { tickSize } = row.priceFilter as Readonly<Record<string, string>>;
      const { tick, lot, minQuantity, minNotional } = instrument!;
      expect([tick, lot, minQuantity, minNotional].map(formatDecimal)).toEqual(
        [tickSize, qtyStep, minOrderQty, minNotionalValue].map(plain),
      );
    }
    expect(read).toBeGreaterThan(2);
  });

  test('prices lose nothing', () => {
    const told = readsOf(
      '/v5/market/tickers',
      (result) => [rowsOf(result, 'tickers').rows, tickersFrom(result, NOW)] as const,
    );
    const rows = told
      .flatMap(([theirs, ours]) => theirs.map((row) => [row as Row, ours] as const))
      .filter(([row]) => isOurs(row));
    for (const [row, ours] of rows) {
      const { bid, ask, last } = ours.get(marketSymbol(String(row.symbol))!)!;
      expect([bid, ask, last]).toEqual([row.bid1Price, row.ask1Price, row.lastPrice].map(Number));
    }
    expect(rows.length).toBeGreaterThan(0);
  });

  /** What some answers of this path were read into. */
  function readsOf<Value>(about: string, read: (result: unknown) => Value): Value[] {
    return messages()
      .filter((message) => message.about === about)
      .flatMap(({ payload }) => attempt(() => read(payload.result)));
  }

  test('accounts, keys, fees, candles and the time are read', () => {
    const available = readsOf('/v5/account/wallet-balance', (result) => balancesFrom(result, 'cross'));
    expect(available.filter((balances) => balances !== undefined).map(({ equity }) => formatDecimal(equity))).toContain(
      '1000.5',
    );
    expect(readsOf('/v5/account/info', accountInfoFrom)).toHaveLength(3);
    const keys = readsOf('/v5/user/query-api', permissionsFrom);
    // One of them reads alone, and one may transfer.
    expect(keys).toEqual(
      expect.arrayContaining([
        { trade: false, withdraw: false },
        { trade: true, withdraw: true },
      ]),
    );
    const fees = readsOf('/v5/account/fee-rate', (result) => feeRatesFrom(result, 'ETH/USDT' as MarketSymbol));
    expect(fees.map(({ taker }) => formatDecimal(taker))).toContain('0.0006');
    expect(readsOf('/v5/market/time', timeFrom).every((time) => time > 1.6e12)).toBe(true);
    // Of a contract in coins, and the same in form.
    const [candles] = readsOf('/v5/market/kline', (result) => klinesFrom(result, '1h', 0 as EpochMs, NOW));
    expect(candles?.map(({ close }) => close)).toEqual([17071.5, 17071, 17055.5]);
  });
});

/** None for one that is not of the kind that is traded here. */
function attempt<Value>(read: () => Value): [Value] | [] {
  try {
    return [read()];
  } catch (error) {
    if (error instanceof AnswerRefused) return [];
    throw error;
  }
}
