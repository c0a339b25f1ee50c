import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Side, whyLeftOut } from './left-out.ts';

/**
 * What crosses the wire to other people's services, as it was recorded or documented. The file lies beside the repository
 * and is no part of it; a path in AUTOTRADER_WIRE is meant from the repository's folder.
 */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FILE = resolve(ROOT, process.env.AUTOTRADER_WIRE ?? '../shared/protocols/conformance.json');

/** One fact: what is asked, or under which condition, and what comes of it. */
export interface WireFact {
  readonly id: string;
  readonly service: string;
  readonly kind: 'wire-request' | 'response-parse' | 'signature' | 'error' | 'ws' | 'invariant';
  // biome-ignore lint/suspicious/noExplicitAny: every fact has fields of its own, and its check knows them
  readonly request: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly expect: any;
}

/** All facts; undefined where the file is not there. */
export function readFacts(): readonly WireFact[] | undefined {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as readonly WireFact[]) : undefined;
}

export const NO_FACTS = `there is no ${FILE}: set AUTOTRADER_WIRE to the file that holds them`;

/**
 * Checks every fact of some services, on one side of the wire: what has no check must have its reason in `left-out.ts`.
 * @param checks By the id of a fact.
 */
export function describeFacts(
  side: Side,
  services: readonly string[],
  checks: Readonly<Record<string, (fact: WireFact) => void | Promise<void>>>,
): void {
  describe(`${side}: ${services.join(', ')}`, () => {
    const all = readFacts();
    if (all === undefined) {
      test('the facts', ({ skip }) => skip(NO_FACTS));
      return;
    }
    const facts = all.filter(({ service }) => services.includes(service));
    test('every fact is checked, or there is a reason why not', () => {
      const wrong = facts.filter((fact) => Object.hasOwn(checks, fact.id) === (whyLeftOut(side, fact) !== undefined));
      expect(wrong.map(({ id }) => id)).toEqual([]);
    });
    for (const fact of facts) {
      const check = checks[fact.id];
      const name = `${fact.id}, ${fact.kind}`;
      if (check !== undefined) test(name, () => check(fact));
      else test(name, ({ skip }) => skip(whyLeftOut(side, fact) ?? 'nobody checks it'));
    }
  });
}
