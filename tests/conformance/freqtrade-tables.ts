import { OWN_TABLES } from '#tests/fixtures/margin-tables.ts';
import { readCases } from './cases.ts';

/** Rows by column; several tables of one name mean their cross product. */
export interface CaseTable {
  readonly tables: readonly { readonly rows: readonly object[] }[];
}

/** freqtrade_tables.json: what freqtrade's tests expect (facts only), and the data that they share. */
export interface CaseTables {
  readonly fixtures: {
    readonly leverage_tiers: Readonly<Record<string, readonly LeverageTierRow[]>>;
    readonly funding_rate_history_octohourly: readonly { readonly timestamp: number; readonly fundingRate: number }[];
    /** Open time in UTC ms, then open, high, low, close and volume. */
    readonly mark_ohlcv: readonly (readonly number[])[];
  };
  readonly tables: Readonly<Record<string, CaseTable>>;
}

export interface LeverageTierRow {
  readonly minNotional: number;
  readonly maxNotional: number;
  readonly maintenanceMarginRate: number;
  readonly maxLeverage: number;
  readonly maintAmt: number;
}

export interface CaseSource {
  readonly source: string;
  readonly cases: CaseTables;
}

/** Our own small set, and freqtrade's where it is there. */
export function caseSources(what: string): readonly CaseSource[] {
  const recorded = readCases<CaseTables>(what, 'freqtrade_tables.json');
  const own = { source: 'own', cases: OWN_TABLES };
  return recorded ? [own, { source: 'freqtrade', cases: recorded }] : [own];
}

type Row = Readonly<Record<string, unknown>>;

interface LeftOut {
  readonly table: string;
  readonly why: string;
  /** How many of freqtrade's rows it is. */
  readonly rows: number;
  readonly is: (row: Row) => boolean;
}

/** Rows that no suite compares. Of `funding_fee_single` the column `kraken_fee` is left out: we know no such venue. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    table: 'liquidation_price_generic',
    why: 'spot: what is held was paid for, so there are no margin terms to ask about',
    rows: 5,
    is: ({ trading_mode }) => trading_mode === 'spot',
  },
  {
    table: 'price_to_precision',
    why: 'the nearest of steps that are no power of ten: only prices of candles are rounded so, on decimals',
    rows: 4,
    is: ({ rounding_mode, price }) =>
      rounding_mode === 'ROUND' && [4.9, 790.2, 2.9909, 2.9977].includes(price as number),
  },
  {
    table: 'max_drawdown_abs',
    why: 'the largest sum of money, where ours is the deepest fraction',
    rows: 1,
    is: ({ relative }) => relative === false,
  },
];

/** The rows of a table of cases, less those left out; none where a source does not have it. */
export function rowsOf<Row>(source: CaseSource, table: string): readonly Row[] {
  const leftOut = LEFT_OUT.filter((one) => one.table === table);
  return allRowsOf(source, table).filter((row) => !leftOut.some(({ is }) => is(row))) as readonly Row[];
}

export function allRowsOf({ cases }: CaseSource, table: string): readonly Row[] {
  const [first, ...others] = (cases.tables[table]?.tables ?? []).map(({ rows }) => rows as readonly Row[]);
  return others.reduce<readonly Row[]>(
    (product, rows) => product.flatMap((left) => rows.map((right) => ({ ...left, ...right }))),
    first ?? [],
  );
}
