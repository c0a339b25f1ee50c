import type { Place } from '../pages.ts';

/** Compares texts as their UTF-8 bytes do, which is how the databases sort keys. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = codeUnitRank(left.charCodeAt(at)) - codeUnitRank(right.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** UTF-16 puts surrogates (code points beyond U+FFFF) below U+E000 to U+FFFF; UTF-8 puts them above. */
function codeUnitRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Compares two places column by column; one that is shorter comes before all that begin with it. */
export function comparePlaces(left: Place, right: Place): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = compareValues(left[at], right[at]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareValues(left: string | number, right: string | number): number {
  return typeof left === 'number' ? left - Number(right) : compareText(left, String(right));
}
