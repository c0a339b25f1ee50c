import type { Chance } from '#core/random.ts';

const HEX = 16;

/** A version 4 UUID, drawn by a seed. */
export function uuid(chance: Chance): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(chance.next() * HEX).toString(HEX)).join('');
  const variant = (8 + Math.floor(chance.next() * 4)).toString(HEX);
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
}
