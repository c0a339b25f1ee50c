import { onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { AlpacaBroker } from '#adapters/venues/alpaca/broker.ts';
import { BrokerVenue } from '#adapters/venues/broker-venue.ts';
import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs } from '#core/time.ts';
import type { PriceStream } from '#simulator/price-streams.ts';
import { openAlpaca, SHORT_DAY_OPEN } from '#tests/builders/alpaca-exchange.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { describeVenue } from './venue.ts';

const SPY = 'SPY/USD' as MarketSymbol;
const MINUTE_MS = 60_000;

type Writable = { -readonly [Key in keyof Candle]: Candle[Key] };

/** Every other minute of a share trades: in between, what the next candle brings is not known yet. */
function everyOtherMinute(): { readonly stream: PriceStream; readonly coming: () => Writable } {
  let last: Writable | undefined;
  const next = () => {
    const openTime = (last === undefined ? SHORT_DAY_OPEN : last.openTime + 2 * MINUTE_MS) as EpochMs;
    last = { openTime, open: 100, high: 100, low: 100, close: 100, volume: 1000 };
    return last;
  };
  return { stream: { symbol: SPY, timeframe: '1m', calendar: US_STOCKS, next }, coming: () => last! };
}

/** The books over an Alpaca account on the twin. */
describeVenue('Alpaca, on its twin', {
  price: 1,
  quantity: 1,
  symbol: SPY,
  tradesAtOnce: false,
  open: async (candlesToCome) => {
    const { stream, coming } = everyOtherMinute();
    const { simulator, service } = await openAlpaca([stream], { history: 1 });
    service.conditions.rateLimits = false;
    // What is waited for here comes soon, or never.
    const sleep = (ms: number, abort: AbortSignal) => systemClock.sleep(ms < 30_000 ? Math.min(ms, 20) : ms, abort);
    const broker = await AlpacaBroker.open(
      { host: 'paper-api', credentials: { key: 'testkey', secret: 'testsecret' }, address: service.address },
      { clock: systemClock, random: systemRandom },
    );
    const abort = new AbortController();
    onTestFinished(() => {
      abort.abort();
      broker.close();
    });
    const venue = new BrokerVenue(
      {
        broker,
        clock: { ...systemClock, sleep },
        abort: abort.signal,
        store: async () => undefined,
        marketNow: () => 0 as EpochMs,
        say: (line) => {
          throw new Error(line);
        },
      },
      SHORT_DAY_OPEN,
    );
    const { candles } = simulator.line.find(SPY)!;
    venue.open(SPY, gridOf({ symbol: SPY }), candles);
    await venue.start();
    let passed = 0;
    return {
      venue,
      async pass() {
        const [open, high, low, close] = candlesToCome[passed]!;
        passed += 1;
        Object.assign(coming(), { open, high, low, close });
        candles.open.values[candles.length] = open;
        simulator.line.advance(1);
        await venue.catchUp();
      },
    };
  },
});
