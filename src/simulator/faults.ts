import type { Chance } from '#core/random.ts';

/** What goes wrong once. */
export type Fault =
  /** Wall time before it is acted on, or before a stream's message is sent. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'drop-request' }
  /** It is done, and the connection breaks before the answer. */
  | { readonly kind: 'drop-reply' }
  /** Another answer than the right one; with `acts` what was asked is done all the same. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly acts?: boolean;
    }
  /** The answer's first bytes, and then the connection breaks. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'slow-body'; readonly bytesPerSecond: number }
  /** A stream's message never comes, comes twice, or comes after the next one; or the stream breaks in its place. */
  | { readonly kind: 'mute' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'reorder' }
  | { readonly kind: 'disconnect' };

export type FaultKind = Fault['kind'];

/** Where and how often something goes wrong. */
export interface FaultRule {
  /** A twin's name, or "*". */
  readonly service: string;
  /**
   * "METHOD /path" of a request, or "STREAM /path topic" of a stream's message; "*" stands for anything within, as in
   * "* /v5/order/*".
   */
  readonly route: string;
  readonly fault: Fault;
  /** How many times; for ever when left out. */
  readonly count?: number | undefined;
  /** How likely each time, in (0, 1]; 1 when left out. Drawn by the simulator's seed. */
  readonly probability?: number | undefined;
}

export interface SetFault extends FaultRule {
  readonly id: number;
  /** How often it has struck. */
  readonly struck: number;
}

interface Entry {
  readonly rule: FaultRule;
  readonly id: number;
  readonly pattern: RegExp;
  struck: number;
}

/** The faults that are set. */
export class Faults {
  private readonly chance: Chance;
  private entries: readonly Entry[] = [];
  private last = 0;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  /** @returns Its id. */
  set(rule: FaultRule): number {
    this.last += 1;
    this.entries = [...this.entries, { rule, id: this.last, pattern: patternOf(rule.route), struck: 0 }];
    return this.last;
  }

  /** Takes one fault back, or all of them. @returns whether there was any. */
  clear(id?: number): boolean {
    const left = id === undefined ? [] : this.entries.filter((entry) => entry.id !== id);
    const isCleared = left.length < this.entries.length;
    this.entries = left;
    return isCleared;
  }

  list(): readonly SetFault[] {
    return this.entries.map(({ rule, id, struck }) => ({ ...rule, id, struck }));
  }

  /** The faults of these kinds that strike here and now; each of them counts as having struck. */
  strike(service: string, route: string, kinds: readonly FaultKind[]): readonly Fault[] {
    const struck: Fault[] = [];
    for (const entry of this.entries) {
      const { rule, pattern } = entry;
      if (rule.service !== '*' && rule.service !== service) continue;
      if (!kinds.includes(rule.fault.kind) || !pattern.test(route)) continue;
      if (entry.struck >= (rule.count ?? Number.POSITIVE_INFINITY)) continue;
      if (rule.probability !== undefined && this.chance.next() >= rule.probability) continue;
      entry.struck += 1;
      struck.push(rule.fault);
    }
    return struck;
  }
}

function patternOf(route: string): RegExp {
  const parts = route.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
