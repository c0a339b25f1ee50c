import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import type { CallLimit } from '../calls/budget.ts';
import { CallPolicy, type Failure } from '../calls/policy.ts';

/** How a source is asked. */
export interface JsonSourceOptions {
  readonly name: string;
  /** Scheme, host and port. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits: readonly CallLimit[];
  readonly clock: WallClock;
  readonly random: Random;
  /** ms for one call: 5 s when left out. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 5_000;
/** Nobody should wait long for what only colours a decision. */
const RETRIES = 1;
/** More is no answer of these sources. */
const MOST_BYTES = 2 ** 20;
const SECOND_MS = 1000;

/** An answer that says no. The message is a part of a sentence. */
class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor({ status, headers }: Response) {
    super(`it answered with HTTP ${status}`);
    this.status = status;
    const seconds = headers.get('retry-after') ?? '';
    this.retryAfterMs = /^\d{1,5}$/.test(seconds) ? Number(seconds) * SECOND_MS : undefined;
  }
}

/** A source of JSON over HTTP: asked within its limits and ours, its answers of no shape yet. */
export class JsonSource {
  private readonly options: JsonSourceOptions;
  private readonly policy: CallPolicy;
  private readonly abort = new AbortController();

  constructor(options: JsonSourceOptions) {
    const { name, clock, random, limits, timeoutMs = TIMEOUT_MS } = options;
    this.options = options;
    this.policy = new CallPolicy({ venue: name, clock, random, limits, judge, timeoutMs, retries: RETRIES });
  }

  /** @param path From the root, with its query. @throws Error whose message is a part of a sentence. */
  async read(path: string): Promise<unknown> {
    const { address, headers = {} } = this.options;
    const url = new URL(path, address);
    const text = await this.policy.read(async (signal) => {
      const accept = { accept: 'application/json', ...headers };
      const response = await fetch(url, { headers: accept, redirect: 'error', signal });
      if (!response.ok) {
        await response.body?.cancel();
        throw new HttpRefusal(response);
      }
      return wholeText(response);
    }, this.abort.signal);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new TypeError('its answer is no JSON', { cause: error });
    }
  }

  close(): void {
    this.abort.abort();
  }
}

async function wholeText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new RangeError(`its answer is longer than ${MOST_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function judge(error: unknown): Failure {
  // What fetch throws when the network fails, before the answer and within it.
  if (error instanceof TypeError) return { kind: 'passing' };
  if (!(error instanceof HttpRefusal)) return { kind: 'final' };
  const { status, retryAfterMs } = error;
  if (status === 429)
    return retryAfterMs === undefined ? { kind: 'limited' } : { kind: 'limited', waitMs: retryAfterMs };
  return { kind: status >= 500 || status === 408 ? 'passing' : 'final' };
}
