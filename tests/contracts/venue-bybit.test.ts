import { onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { BrokerVenue } from '#adapters/venues/broker-venue.ts';
import { BybitBroker } from '#adapters/venues/bybit/broker.ts';
import { Grid } from '#core/grid.ts';
import { ONE, type Ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import { openBybit, type Row, START, scripted } from '#tests/builders/bybit-exchange.ts';
import type { Ohlc } from '#tests/builders/candles.ts';
import { describeVenue, SYMBOL } from './venue.ts';

/** 100 of the suite are 60,000 USDT, in ticks of 0.1; 1 is 0.1 BTC, in lots of 0.001. */
const DOLLARS = 600;
const LOTS = 100;
const inDollars = ([open, high, low, close]: Ohlc): Row =>
  [open, high, low, close].map((price) => price * DOLLARS) as unknown as Row;

describeVenue('Bybit, on its twin', {
  price: DOLLARS * 10,
  quantity: LOTS,
  tradesAtOnce: true,
  open: async (coming) => {
    const rows = [[100, 100, 100, 100] as Ohlc, ...coming, coming.at(-1)!].map(inDollars);
    const simulator = await openBybit([scripted(SYMBOL, rows)], { history: 1 });
    const { key, secret } = DEFAULT_ACCOUNT;
    const { address } = simulator.service('bybit');
    const clock = { ...systemClock, now: () => simulator.line.now };
    const access = { environment: 'testnet', credentials: { key, secret }, address } as const;
    const broker = await BybitBroker.open(access, { clock, random: systemRandom, retries: 1, firstPauseMs: 1 });
    const abort = new AbortController();
    onTestFinished(() => {
      abort.abort();
      broker.close();
    });
    // Nothing is asked beside what the suite asks for.
    const AUDIT = 30_000;
    // What proves an order absent is that time has passed: nobody here has to wait for it.
    const hasty = { ...clock, sleep: (ms: number) => systemClock.sleep(ms < AUDIT ? 1 : ms, abort.signal) };
    const parts = {
      broker,
      clock: hasty,
      abort: abort.signal,
      store: async () => undefined,
      say: () => undefined,
      marketNow: () => 0 as EpochMs,
    };
    const venue = new BrokerVenue(parts, START);
    venue.open(
      SYMBOL,
      new Grid((await broker.instrument(SYMBOL))!, await broker.feeRates(SYMBOL)),
      simulator.line.find(SYMBOL)!.candles,
    );
    // Without leverage no gap ends a position before its stop does.
    await broker.setLeverage(SYMBOL, ONE as Ratio);
    await venue.start();
    return {
      venue,
      async pass() {
        simulator.line.advance();
        await venue.catchUp();
      },
    };
  },
});
