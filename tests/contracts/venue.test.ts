import { SimulatedVenue } from '#adapters/venues/simulated.ts';
import type { EpochMs } from '#core/time.ts';
import { candlesOf, flat } from '#tests/builders/candles.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { describeVenue, SYMBOL } from './venue.ts';

describeVenue('simulated', {
  price: 1,
  quantity: 1,
  tradesAtOnce: false,
  open: async (coming) => {
    const candles = candlesOf([flat(100)]);
    const venue = new SimulatedVenue();
    venue.open(SYMBOL, gridOf(), candles);
    let next = 0;
    return {
      venue,
      async pass() {
        const [open, high, low, close, volume = 1] = coming[next]!;
        next += 1;
        const openTime = (candles.openTimeAt(candles.length - 1) + candles.durationMs) as EpochMs;
        candles.append({ openTime, open, high, low, close, volume });
        venue.exchange(SYMBOL).match(candles.length - 1);
      },
    };
  },
});
