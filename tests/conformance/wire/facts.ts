import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

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

/**
 * Checks every fact of some services, on one side of the wire.
 * @param side Whose: "simulator" or "adapters".
 * @param checks By the id of a fact.
 * @param leftOut Why a fact is not checked on this side, by its id.
 */
export function describeFacts(
  side: string,
  services: readonly string[],
  checks: Readonly<Record<string, (fact: WireFact) => void | Promise<void>>>,
  leftOut: Readonly<Record<string, string>> = {},
): void {
  describe(`${side}: ${services.join(', ')}`, () => {
    if (!existsSync(FILE)) {
      test('the facts', ({ skip }) => skip(`there is no ${FILE}: set AUTOTRADER_WIRE to the file that holds them`));
      return;
    }
    const all = JSON.parse(readFileSync(FILE, 'utf8')) as readonly WireFact[];
    const facts = all.filter(({ service }) => services.includes(service));
    test('every fact is checked, or there is a reason why not', () => {
      const open = facts.filter(({ id }) => !Object.hasOwn(checks, id) && !Object.hasOwn(leftOut, id));
      expect(open.map(({ id }) => id)).toEqual([]);
    });
    for (const fact of facts) {
      const check = checks[fact.id];
      const name = `${fact.id}, ${fact.kind}`;
      if (check !== undefined) test(name, () => check(fact));
      else test(name, ({ skip }) => skip(leftOut[fact.id] ?? 'nobody checks it'));
    }
  });
}
