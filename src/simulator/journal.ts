import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';

/** Something that a service received. */
export interface JournalEntry {
  /** Rises by 1 from 1 on, over all services. */
  readonly number: number;
  readonly service: string;
  readonly kind: 'request' | 'connection' | 'frame';
  /** "GET /v5/market/time", or "STREAM /v5/private". */
  readonly route: string;
  /** As sent, without the "?". */
  readonly query: string;
  /** Lower case; secrets are masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent; binary as base64 after "base64:". */
  readonly body: string;
  /** Which connection of a stream; undefined for a request. */
  readonly connection?: number | undefined;
  /** When it came: wall time, and a clock that never steps back. */
  readonly at: EpochMs;
  readonly mono: number;
  /** The HTTP status that was answered; 0 when the connection was cut instead; undefined until then. */
  status?: number;
}

/** How much memory entries may take before the older half of it is given back, bytes. */
const MOST_BYTES = 128 * 1024 * 1024;
/** At most, of a character; and of an entry beside its texts. */
const BYTES_OF_CHARACTER = 2;
const BYTES_OF_ENTRY = 600;
const SECRET = /^(authorization|cookie|x-bapi-sign|apca-api-secret-key|x-api-key)$/;
/** A key tells accounts apart: its first characters stay. */
const KEY = /^(x-bapi-api-key|apca-api-key-id)$/;
const SHOWN = 4;

/** Everything that the twins received, in the order in which it came: the newest of it, so that its memory is bounded. */
export class Journal {
  private readonly clock: WallClock;
  private readonly mostBytes: number;
  private entries: JournalEntry[] = [];
  private count = 0;
  private bytes = 0;

  /** @param mostBytes Of memory, reckoned from above; the newest entry is kept however long it is. */
  constructor(clock: WallClock, mostBytes = MOST_BYTES) {
    this.clock = clock;
    this.mostBytes = mostBytes;
  }

  /** Takes what came now. */
  note(came: Omit<JournalEntry, 'number' | 'at' | 'mono' | 'body'> & { readonly body: Buffer | string }): JournalEntry {
    this.count += 1;
    const entry: JournalEntry = {
      ...came,
      number: this.count,
      headers: masked(came.headers),
      body: textOf(came.body),
      at: this.clock.wall(),
      mono: this.clock.mono(),
    };
    this.entries.push(entry);
    this.bytes += bytesOf(entry);
    if (this.bytes > this.mostBytes) this.forget();
    return entry;
  }

  /** Oldest first. @param after Only those with a higher number. */
  list({ service, route, after = 0, limit = Number.POSITIVE_INFINITY }: JournalFilter = {}): readonly JournalEntry[] {
    const found: JournalEntry[] = [];
    for (const entry of this.entries) {
      if (found.length >= limit) break;
      if (entry.number <= after || (service !== undefined && entry.service !== service)) continue;
      if (route === undefined || entry.route === route) found.push(entry);
    }
    return found;
  }

  /** Half at once: to give back the oldest with each new one would be to move all of them each time. */
  private forget(): void {
    let from = this.entries.length - 1;
    let kept = bytesOf(this.entries[from]!);
    for (; from > 0; from--) {
      const more = bytesOf(this.entries[from - 1]!);
      if (kept + more > this.mostBytes / 2) break;
      kept += more;
    }
    this.entries = this.entries.slice(from);
    this.bytes = kept;
  }
}

function bytesOf({ route, query, headers, body }: JournalEntry): number {
  let characters = route.length + query.length + body.length;
  for (const name in headers) characters += name.length + headers[name]!.length;
  return BYTES_OF_ENTRY + BYTES_OF_CHARACTER * characters;
}

export interface JournalFilter {
  readonly service?: string | undefined;
  readonly route?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

function masked(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const shown = Object.entries(headers).map(([name, value]) => {
    if (SECRET.test(name)) return [name, '***'];
    return KEY.test(name) ? [name, `${value.slice(0, SHOWN)}***`] : [name, value];
  });
  return Object.fromEntries(shown);
}

function textOf(body: Buffer | string): string {
  if (typeof body === 'string') return body;
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body) ? text : `base64:${body.toString('base64')}`;
}
