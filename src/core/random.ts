/** A seeded source of chance: the same seed gives the same sequence on every machine. */
export interface Chance {
  /** The next number, uniform in [0, 1). */
  next(): number;
}

/**
 * xoshiro128** seeded by splitmix32.
 * @param seed Any integer; only its low 32 bits count.
 * @see Blackman and Vigna (2021), "Scrambled Linear Pseudorandom Number Generators".
 */
export function seededChance(seed: number): Chance {
  let mixed = seed >>> 0;
  const split = () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let word = mixed ^ (mixed >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 0;
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split();
  return {
    next() {
      let result = Math.imul(b, 5);
      result = Math.imul((result << 7) | (result >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      return (result >>> 0) / 4_294_967_296;
    },
  };
}

/** An approximately normal number, mean 0 and deviation 1, within +-6 (sum of twelve uniforms: Irwin-Hall). */
export function nextNormal(chance: Chance): number {
  let sum = -6;
  for (let k = 0; k < 12; k++) sum += chance.next();
  return sum;
}
