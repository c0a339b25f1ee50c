import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NO_FACTS, readFacts, type WireFact } from './facts.ts';
import { namedLeftOut, type Side, whyLeftOut } from './left-out.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const SIDES: readonly Side[] = ['simulator', 'adapters'];

/**
 * The services whose facts the tests of this folder check, by side. Each of them checks every fact of its services that is not
 * left out, so nothing else has to be known of them here.
 */
function described(): ReadonlyMap<Side, ReadonlySet<string>> {
  const sources = globSync('*.test.ts', { cwd: FOLDER }).map((file) => readFileSync(FOLDER + file, 'utf8'));
  const calls = sources.flatMap((text) => [...text.matchAll(/describeFacts\(\s*'(\w+)',\s*\[([^\]]*)\]/g)]);
  return new Map(
    SIDES.map((side) => {
      const own = calls.filter(([, of]) => of === side);
      return [side, new Set(own.flatMap(([, , services]) => services!.match(/[^\s',]+/g) ?? []))] as const;
    }),
  );
}

/** Of spot and inverse contracts, which are not traded at Bybit, and of what the demo environment lacks. */
const NOWHERE = ['020', '022', '032', '054', '055', '057', '058', '062', '064', '068', '113', '136'].map(
  (number) => `bybit-${number}`,
);

const services = described();
const isChecked = (side: Side, fact: WireFact) =>
  services.get(side)!.has(fact.service) && whyLeftOut(side, fact) === undefined;

describe('the facts of ../shared/protocols/conformance.json', () => {
  const facts = readFacts();
  if (facts === undefined) {
    test('are all looked at', ({ skip }) => skip(NO_FACTS));
    return;
  }

  test.each(SIDES)('are each checked, or left out for a reason, by %s', (side) => {
    const open = facts.filter((fact) => !isChecked(side, fact) && whyLeftOut(side, fact) === undefined);
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  test.each(SIDES)('are no others than those that %s leaves out', (side) => {
    const known = new Set(facts.map(({ id }) => id));
    expect(namedLeftOut(side).filter((id) => !known.has(id))).toEqual([]);
  });

  test('are checked on one side at least, but for these', () => {
    const nowhere = facts.filter((fact) => !SIDES.some((side) => isChecked(side, fact)));
    expect(nowhere.map(({ id }) => id)).toEqual(NOWHERE);
  });

  const count = (...sides: readonly Side[]) =>
    facts.filter((fact) => SIDES.every((side) => isChecked(side, fact) === sides.includes(side))).length;
  test(`${facts.length}: ${count('simulator', 'adapters')} on both sides, ${count('simulator')} by the simulator alone, ${count('adapters')} by adapters alone`, () =>
    expect(count('simulator', 'adapters') + count('simulator') + count('adapters') + count()).toBe(facts.length));
});
