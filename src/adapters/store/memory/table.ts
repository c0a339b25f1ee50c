import { StoreConflict } from '#ports/store.ts';
import { conflict, read, type Value } from '../codec.ts';
import { type Place, placeOf } from '../pages.ts';
import type { Column, Table } from '../table.ts';
import { comparePlaces } from './order.ts';

interface Entry<Row> {
  readonly place: Place;
  readonly row: Row;
}

/**
 * Rows by key and in order. A change is staged first and seen by the checks of those that follow it; `apply` makes all
 * staged changes the table's, `discard` forgets them.
 */
export class MemoryTable<Row extends object> {
  readonly #table: Table;
  readonly #entries = new Map<string, Entry<Row>>();
  /** All entries, oldest first. */
  readonly #sorted: Entry<Row>[] = [];
  /** What the unique columns hold; rows of a table that has some are never changed or removed. */
  readonly #taken = new Set<string>();
  readonly #staged = new Map<string, Row | undefined>();
  readonly #stagedTaken = new Set<string>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Stages a row that replaces the one of the revision before. @throws StoreConflict when that is not there. */
  put(row: Row): void {
    const copy = this.#copy(row);
    const key = keyOf(this.#table.key, copy);
    const current = this.#current(key);
    if (revisionOf(copy) !== (current === undefined ? 1 : revisionOf(current) + 1)) throw conflict(this.#table, copy);
    this.#staged.set(key, copy);
  }

  /** Stages a row unless its key is there. @throws StoreConflict when a row of another key has its unique columns. */
  add(row: Row): boolean {
    const copy = this.#copy(row);
    const key = keyOf(this.#table.key, copy);
    if (this.has(key)) return false;
    if (this.#table.unique.length > 0) this.#take(keyOf(this.#table.unique, copy));
    this.#staged.set(key, copy);
    return true;
  }

  remove(key: string): void {
    this.#staged.set(key, undefined);
  }

  apply(): void {
    if (this.#staged.size === 0) return; // Most tables: clearing an empty map is not free.
    for (const [key, row] of this.#staged) this.#replace(key, row);
    for (const unique of this.#stagedTaken) this.#taken.add(unique);
    this.discard();
  }

  discard(): void {
    this.#staged.clear();
    this.#stagedTaken.clear();
  }

  /** Whether the row of this key is there, staged changes included. */
  has(key: string): boolean {
    return this.#current(key) !== undefined;
  }

  get(key: string): Row | undefined {
    return this.#entries.get(key)?.row;
  }

  /** Rows from place `from` until before place `to`, oldest first. */
  *oldestFirst(from: Place = [], to?: Place): Generator<Row> {
    const end = to === undefined ? this.#sorted.length : this.#position(to);
    for (let at = this.#position(from); at < end; at++) yield this.#sorted[at].row;
  }

  /** Rows before place `before`, newest first. */
  *newestFirst(before?: Place): Generator<Row> {
    const end = before === undefined ? this.#sorted.length : this.#position(before);
    for (let at = end - 1; at >= 0; at--) yield this.#sorted[at].row;
  }

  #current(key: string): Row | undefined {
    return this.#staged.has(key) ? this.#staged.get(key) : this.get(key);
  }

  #take(unique: string): void {
    if (this.#taken.has(unique) || this.#stagedTaken.has(unique)) {
      const columns = this.#table.unique.map((column) => column.key).join(', ');
      throw new StoreConflict(
        `Cannot store a row of ${this.#table.name} as its ${columns} must be no other row's: read anew`,
      );
    }
    this.#stagedTaken.add(unique);
  }

  #replace(key: string, row: Row | undefined): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#sorted.splice(this.#position(old.place), 1);
    this.#entries.delete(key);
    if (row === undefined) return;
    const entry = { place: placeOf(this.#table, row), row };
    this.#entries.set(key, entry);
    this.#sorted.splice(this.#position(entry.place), 0, entry);
  }

  /** How many rows stand before `place`. New rows mostly come last, so the end is tried first. */
  #position(place: Place): number {
    const last = this.#sorted.at(-1);
    if (last === undefined || comparePlaces(last.place, place) < 0) return this.#sorted.length;
    let low = 0;
    let high = this.#sorted.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePlaces(this.#sorted[middle].place, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A copy that nobody else can change, checked column by column. */
  #copy(row: Row): Row {
    const copy: Record<string, Value> = {};
    for (const column of this.#table.columns) copy[column.key] = read(this.#table, column, row);
    return Object.freeze(copy) as Row;
  }
}

/** The text under which a row is found by some of its columns. U+0000 is in no text, so it keeps them apart. */
export function keyOf(columns: readonly Column[], row: object): string {
  const values = row as Readonly<Record<string, Value>>;
  return columns.map((column) => values[column.key]).join('\0');
}

function revisionOf(row: object): number {
  return (row as { readonly revision: number }).revision;
}
