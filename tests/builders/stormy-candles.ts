import { Candles } from '#core/candles.ts';
import { seededChance } from '#core/random.ts';
import { generateCandles } from '#tests/bench/generator.ts';

/** Of the price, on the generator's grid of 0.25: 0.8 % of where it begins. */
const JUMP = 240;
const MEAN_CALM_MINUTES = 60;

/** The generator's minutes, with a jump and much volume in one of them now and then. */
export function stormyCandles(count: number, seed: number): Candles {
  const calm = generateCandles(count, seed);
  const chance = seededChance(seed);
  const stormy = new Candles('1m');
  let moved = 0;
  for (let i = 0; i < count; i++) {
    const { openTime, open, high, low, close, volume } = calm.at(i);
    const isStorm = chance.next() < 1 / MEAN_CALM_MINUTES;
    const jump = isStorm ? (chance.next() < 0.5 ? -JUMP : JUMP) : 0;
    const end = close + moved + jump;
    const [top, bottom] = [Math.max(high + moved, end), Math.min(low + moved, end)];
    stormy.append({
      openTime,
      open: open + moved,
      high: top,
      low: bottom,
      close: end,
      // With 3 decimals, as the generator's.
      volume: isStorm ? Math.round(volume * 60_000) / 1000 : volume,
    });
    moved += jump;
  }
  return stormy;
}
