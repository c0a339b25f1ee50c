import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import { accountFrom, positionFrom } from '#adapters/venues/alpaca/decode-account.ts';
import { barPageFrom } from '#adapters/venues/alpaca/decode-bars.ts';
import { activityFrom, NO_FEE } from '#adapters/venues/alpaca/decode-fill.ts';
import { clockFrom, instrumentFrom } from '#adapters/venues/alpaca/decode-market.ts';
import { orderFrom } from '#adapters/venues/alpaca/decode-order.ts';
import { AlpacaSymbols, isPair } from '#adapters/venues/alpaca/symbols.ts';
import { formatDecimal } from '#core/money.ts';

/** Messages that others recorded or documented, with their origin in each record: `../shared/data/README` and theirs. */
const FOLDER = '../shared/data/wire/alpaca';
const FILES = ['alpaca_docs_examples', 'alpaca_go_fixtures', 'alpaca_py_rest'];

type Row = Readonly<Record<string, unknown>>;

/** Every object in a message, its own parts too. */
function* objectsIn(value: unknown): Generator<Row> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Row;
  for (const part of Object.values(value)) yield* objectsIn(part);
}

function objectsWith(...fields: readonly string[]): Row[] {
  const all = FILES.flatMap((file) => readFileSync(`${FOLDER}/${file}.jsonl`, 'utf8').trim().split('\n'));
  return all
    .flatMap((line) => [...objectsIn((JSON.parse(line) as { readonly payload?: unknown }).payload)])
    .filter((row) => fields.every((field) => row[field] !== undefined));
}

/** Decimal text as the product writes it: "0.100" is "0.1". */
function plain(text: unknown): string {
  const [whole = '', fraction = ''] = String(text).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** Reads each row, and counts those that are refused. */
function read<Value>(rows: readonly Row[], decode: (row: Row) => Value) {
  const values: { readonly row: Row; readonly value: Value }[] = [];
  const refused: string[] = [];
  for (const row of rows) {
    try {
      values.push({ row, value: decode(row) });
    } catch (error) {
      if (!(error instanceof AnswerRefused)) throw error;
      refused.push(error.message);
    }
  }
  return { values, refused };
}

describe.skipIf(!existsSync(FOLDER))('recorded messages of Alpaca (skipped where ../shared is absent)', () => {
  const symbols = () =>
    new AlpacaSymbols(
      objectsWith('class', 'symbol')
        .map(({ symbol }) => String(symbol))
        .filter(isPair),
    );

  test('orders lose nothing', () => {
    const rows = objectsWith('client_order_id', 'filled_qty', 'status', 'updated_at');
    const { values, refused } = read(rows, (row) => orderFrom(row, symbols()));
    for (const { row, value } of values) {
      if (value === undefined) continue;
      const { report, status, legs } = value;
      expect(report).toMatchObject({ venueOrderId: row.id, clientOrderId: row.client_order_id, side: row.side });
      expect([status, legs.length]).toEqual([row.status, ((row.legs ?? []) as unknown[]).length]);
      expect(formatDecimal(report.filled)).toBe(plain(row.filled_qty));
      if (row.qty != null) expect(formatDecimal(report.quantity)).toBe(plain(row.qty));
      const price = report.type === 'market' ? undefined : report.type === 'limit' ? row.limit_price : row.stop_price;
      expect(report.price && formatDecimal(report.price)).toBe(price == null ? undefined : plain(price));
      expect(report.updatedAt).toBe(Math.floor(Date.parse(String(row.updated_at))));
    }
    expect(values.length).toBeGreaterThan(20);
    // An example of a type ("string") and no order.
    expect(refused.length).toBeLessThan(3);
  });

  test('fills lose nothing', () => {
    const { values, refused } = read(objectsWith('activity_type', 'cum_qty'), (row) =>
      activityFrom(row, symbols(), () => NO_FEE),
    );
    for (const { row, value } of values) {
      expect(value.id).toBe(row.id);
      const { venueOrderId, price, quantity, executedAt } = value.fill!;
      expect([venueOrderId, formatDecimal(price), formatDecimal(quantity)]).toEqual([
        row.order_id,
        plain(row.price),
        plain(row.qty),
      ]);
      expect(executedAt).toBe(Math.floor(Date.parse(String(row.transaction_time))));
    }
    expect([values.length, refused]).toEqual([8, []]);
  });

  test('positions lose nothing', () => {
    // Those without a symbol are parts of an example.
    const rows = objectsWith('avg_entry_price', 'unrealized_pl', 'symbol');
    const { values, refused } = read(rows, (row) => positionFrom(row, symbols()));
    for (const { row, value } of values) {
      if (value.position === undefined) continue;
      expect(formatDecimal(value.position.quantity)).toBe(plain(row.qty));
      // An average, cut to twelve decimals.
      expect(plain(row.avg_entry_price)).toContain(formatDecimal(value.position.entryPrice));
    }
    expect([values.length > 5, refused]).toEqual([true, []]);
  });

  test('accounts, assets, candles and the clock are read', () => {
    const accounts = read(objectsWith('trading_blocked', 'equity', 'non_marginable_buying_power'), accountFrom);
    expect([accounts.values.length > 2, accounts.refused]).toEqual([true, []]);
    const assets = read(objectsWith('class', 'tradable', 'easy_to_borrow', 'fractionable'), (row) =>
      instrumentFrom(row, symbols()),
    );
    for (const { row, value } of assets.values) expect(value?.venueSymbol).toBe(row.symbol);
    // A coin as it was told before 2022, without its steps.
    expect([assets.values.length > 10, assets.refused.length]).toEqual([true, 1]);
    const clocks = read(objectsWith('is_open', 'next_open'), clockFrom);
    for (const { row, value } of clocks.values)
      expect(value).toEqual({ at: Math.floor(Date.parse(String(row.timestamp))), isOpen: row.is_open });
    expect([clocks.values.length, clocks.refused]).toEqual([2, []]);
  });

  test('pages of candles lose nothing, and one that goes back in time is refused', () => {
    const rows = objectsWith('bars', 'next_page_token').filter(({ bars }) => !Array.isArray(bars));
    const { values, refused } = read(rows, (row) => {
      const [symbol = ''] = Object.keys(row.bars as object);
      return { symbol, page: barPageFrom(row, symbol) };
    });
    for (const { row, value } of values) {
      const told = ((row.bars as Readonly<Record<string, readonly Row[]>>)[value.symbol] ?? []) as readonly Row[];
      expect(value.page.bars.map(({ open, close, volume }) => [open, close, volume])).toEqual(
        told.map(({ o, c, v }) => [o, c, v]),
      );
      expect(value.page.isCut).toBe(Boolean(row.next_page_token));
    }
    expect(values.length).toBeGreaterThan(10);
    expect(refused.filter((why) => why.includes('ascend')).length).toBeGreaterThan(0);
  });
});
