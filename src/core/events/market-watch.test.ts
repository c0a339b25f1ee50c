import { expect, test } from 'vitest';
import { candlesOf, type Ohlc } from '#tests/builders/candles.ts';
import type { Candle, Candles } from '../candles.ts';
import type { EpochMs } from '../time.ts';
import type { RunningEventKind } from './market-events.ts';
import { MarketWatch } from './market-watch.ts';

const CALM = 120;
const BOTH: readonly RunningEventKind[] = ['flash-move', 'volume-spike'];
/** Swings by 0.2, and closes at 100: an ATR is 0.2. */
const calm: Ohlc = [100, 100.1, 99.9, 100, 10];

/** A market that was calm, and a watch of it; each step closes a candle or looks at the one that runs. */
class Watched {
  readonly candles: Candles = candlesOf(Array.from({ length: CALM }, () => calm));
  readonly watch: MarketWatch;
  private looks = 0;

  constructor(kinds = BOTH) {
    this.watch = new MarketWatch(this.candles, kinds);
  }

  close(count = 1, [open, high, low, close, volume = 10]: Ohlc = calm): void {
    for (let k = 0; k < count; k++)
      this.candles.append({ openTime: this.openTime, ...{ open, high, low, close, volume } });
    this.looks = 0;
  }

  /** What calls five seconds after the last look: "flash-move -3.0 %". */
  look(price: number, volume = 1, watch = this.watch): readonly string[] {
    this.looks += 1;
    const at = (this.openTime + this.looks * 5_000) as EpochMs;
    const running: Candle = { openTime: this.openTime, open: 100, high: 120, low: 80, close: price, volume };
    return watch
      .look(running, at)
      .map((event) => (event.kind === 'flash-move' ? `${(100 * event.change).toFixed(1)} %` : event.kind));
  }

  get openTime(): EpochMs {
    return this.candles.closeTimeAt(this.candles.length - 1);
  }
}

test('an event calls as soon as the running candle shows it, and a storm calls once', () => {
  const watched = new Watched();
  expect(watched.look(99.5)).toEqual([]);
  expect(watched.look(99.2)).toEqual(['-0.8 %']);
  expect(watched.look(97)).toEqual([]);
  // It came back before it closed: the storm is over after twelve candles all the same.
  watched.close(11);
  expect(watched.look(99.2)).toEqual([]);
  watched.close(1);
  expect(watched.look(99.2)).toEqual(['-0.8 %']);
});

test('what candles closed with is a storm that goes on', () => {
  const watched = new Watched();
  watched.close(1, [100, 100, 99, 99, 100]);
  expect(watched.look(97, 90)).toEqual([]);
  watched.close(1, [99, 100, 99, 100, 30]);
  watched.close(10);
  expect(watched.look(98, 90)).toEqual([]);
  // The last candle with much volume was a rise.
  watched.close(1);
  expect(watched.look(98, 90)).toEqual(['-2.0 %']);
  watched.close(1);
  expect(watched.look(98, 90)).toEqual(['volume-spike']);
});

test('several events of one look call at once, and a rise after a fall calls too', () => {
  const watched = new Watched();
  expect(watched.look(99, 60)).toEqual(['-1.0 %', 'volume-spike']);
  expect(watched.look(101, 70)).toEqual(['1.0 %']);
});

test('only what is asked for calls', () => {
  expect(new Watched(['volume-spike']).look(90)).toEqual([]);
  expect(new Watched(['flash-move']).look(100, 500)).toEqual([]);
});

test.each([
  { name: 'a price that cannot be', price: 20, volume: 1 },
  { name: 'a volume that nobody tells', price: 100, volume: Number.NaN },
])('$name calls nobody', ({ price, volume }) => {
  expect(new Watched().look(price, volume)).toEqual([]);
});

test('a candle that follows on missing ones is measured from its own open', () => {
  const { candles, watch } = new Watched();
  const openTime = (candles.closeTimeAt(CALM - 1) + 600_000) as EpochMs;
  const running = { openTime, open: 103, high: 103, low: 103, close: 103, volume: 1 };
  expect(watch.look(running, openTime)).toEqual([]);
  expect(watch.look({ ...running, close: 102 }, openTime)).toMatchObject([{ change: 102 / 103 - 1 }]);
});

test('what shows only as its candle closes calls then, and what called before does not', () => {
  const fall: Ohlc = [100, 100, 99, 99, 100];
  const told = ({ watch, openTime }: Watched) =>
    watch.lookAtClose(openTime).map(({ kind, at }) => [kind, at - openTime]);
  const surprised = new Watched();
  surprised.close(1, fall);
  expect(told(surprised)).toEqual([
    ['flash-move', 0],
    ['volume-spike', 0],
  ]);
  expect(surprised.look(98, 90)).toEqual([]);
  const watched = new Watched();
  expect(watched.look(99.2)).toEqual(['-0.8 %']);
  watched.close(1, fall);
  expect(told(watched)).toEqual([['volume-spike', 0]]);
  watched.close();
  expect(told(watched)).toEqual([]);
});

test('after a restart what called does not call again, and the rest does', () => {
  const watched = new Watched();
  const at = (watched.openTime + 5_000) as EpochMs;
  const restarted = new MarketWatch(watched.candles, BOTH);
  restarted.resume({ kind: 'flash-move', at, change: -0.01, atrs: 5 });
  expect(watched.look(99, 60, restarted)).toEqual(['volume-spike']);
  watched.close(11);
  expect(watched.look(99, 1, restarted)).toEqual([]);
  watched.close(1);
  expect(watched.look(99, 1, restarted)).toEqual(['-1.0 %']);
});
