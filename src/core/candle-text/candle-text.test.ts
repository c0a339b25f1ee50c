import { expect, test } from 'vitest';
import {
  CANDLE_HEADER,
  CandleTextError,
  type CandleTextOptions,
  CandleTextReader,
  formatCandles,
} from './candle-text.ts';

const MINUTE = 60_000;
/** A sound row of minute `at`. */
const row = (at: number, rest = '10,12,9,11,1.5') => `${at * MINUTE},${rest}`;
const text = (...rows: string[]) => [CANDLE_HEADER, ...rows, ''].join('\n');

function read(content: string, options: CandleTextOptions = {}, chunkLength = 1_000_000) {
  const reader = new CandleTextReader(options);
  const bytes = new TextEncoder().encode(content);
  for (let at = 0; at < bytes.length; at += chunkLength) reader.push(bytes.subarray(at, at + chunkLength));
  return reader.end();
}

function errorOf(content: string, options: CandleTextOptions = {}): string {
  try {
    read(content, options);
  } catch (error) {
    expect(error).toBeInstanceOf(CandleTextError);
    const { message, line, fix } = error as CandleTextError;
    expect(message.startsWith(`line ${line}: `) && message.endsWith(`; ${fix}`)).toBe(true);
    return message;
  }
  throw new Error('The text was accepted');
}

test('reads candles, their timeframe and their grid', () => {
  const got = read(text(row(0, '10,12.25,9.5,11,1.5'), row(5, '11,11,11,11,0'), row(10, '11,12,10,12,0.125')));
  expect(got.candles.timeframe).toBe('5m');
  expect(got.candles.length).toBe(3);
  expect(got.candles.at(0)).toEqual({ openTime: 0, open: 10, high: 12.25, low: 9.5, close: 11, volume: 1.5 });
  expect(got.candles.at(2)).toEqual({ openTime: 600_000, open: 11, high: 12, low: 10, close: 12, volume: 0.125 });
  expect(got).toMatchObject({ priceTick: '0.25', quantityLot: '0.001', gaps: [], wicks: [] });
});

test.each([1, 2, 7, 64])('reads the same in chunks of %d bytes', (chunkLength) => {
  const content = text(...Array.from({ length: 50 }, (_, i) => row(i, `10.${i},12,9,11,${i}`)));
  expect(read(content, {}, chunkLength)).toEqual(read(content));
});

test.each([
  { name: 'a header that says time', content: `time${text(row(0), row(1)).slice(2)}` },
  { name: 'no line end at the end', content: text(row(0), row(1)).trimEnd() },
  { name: 'blank lines at the end', content: `${text(row(0), row(1))}\n\n` },
  { name: 'CRLF', content: text(row(0), row(1)).replaceAll('\n', '\r\n') },
  { name: 'exponents, signs and many digits', content: text(row(0, '1e1,+12,9.00000000000000000,11,15E-1'), row(1)) },
])('accepts $name', ({ content }) => {
  expect(read(content)).toEqual(read(text(row(0), row(1))));
});

test.each([
  { name: 'zeros at the end do not count', prices: '10.10,12.00,9.50,11.00', volume: '2.500', tick: '0.1', lot: '0.1' },
  { name: 'at most 8 decimals', prices: '10,12,9,11', volume: '0.1234567891', tick: '1', lot: '0.00000001' },
  {
    name: 'at most 12 together',
    prices: '0.00001,0.00002,0.00001,0.00001',
    volume: '0.123456789',
    tick: '0.00001',
    lot: '0.0000001',
  },
  { name: 'whole lots', prices: '1e-7,2e-7,1e-7,1e-7', volume: '5000', tick: '0.0000001', lot: '1' },
  { name: 'no volume', prices: '10,12,9,11', volume: '0', tick: '1', lot: '0.000001' },
])('the grid: $name', ({ prices, volume, tick, lot }) => {
  const got = read(text(row(0, `${prices},${volume}`)), { timeframe: '1m' });
  expect([got.priceTick, got.quantityLot]).toEqual([tick, lot]);
});

const CORRECT = 'correct or remove the row';
test.each([
  {
    name: 'nothing',
    content: '',
    message: `line 1: the text must hold candles: it is empty; write "${CANDLE_HEADER}" and a row per candle`,
  },
  {
    name: 'only a header',
    content: text(),
    message: `line 1: the text must hold candles: it has only a header; write "${CANDLE_HEADER}" and a row per candle`,
  },
  {
    name: 'another header',
    content: 'date,o,h,l,c\n1,2,3,4,5\n',
    message: `line 1: the header must be "${CANDLE_HEADER}": it is "date,o,h,l,c"; make it the first line of a plain CSV text, unpacked if it was compressed`,
  },
  {
    name: 'no header',
    content: `${row(0)}\n${row(1)}\n`,
    message: `line 1: the header must be "${CANDLE_HEADER}": it is "0,10,12,9,11,1.5"; make it the first line of a plain CSV text, unpacked if it was compressed`,
  },
  {
    name: 'a line without end',
    content: '\u0001'.repeat(2000),
    message:
      'line 1: a line may have up to 1024 characters: this one has more; give plain CSV text, unpacked if it was compressed',
  },
  {
    name: 'five columns',
    content: text(row(0), row(1, '10,12,9,11')),
    message: `line 3: a row must have 6 columns: this one has 5; write it as ${CANDLE_HEADER}`,
  },
  {
    name: 'seven columns',
    content: text(row(0, '10,12,9,11,1,1')),
    message: `line 2: a row must have 6 columns: this one has 7; write it as ${CANDLE_HEADER}`,
  },
  {
    name: 'NaN',
    content: text(row(0), row(1, '10,NaN,9,11,1')),
    message: `line 3: the high must be a number: it is "NaN"; ${CORRECT}`,
  },
  {
    name: 'an empty field',
    content: text(row(0, '10,12,9,,1')),
    message: `line 2: the close must be a number: it is ""; ${CORRECT}`,
  },
  {
    name: 'a word',
    content: text(row(0, '10,12,9,11,many')),
    message: `line 2: the volume must be a number: it is "many"; ${CORRECT}`,
  },
  {
    name: 'infinity',
    content: text(row(0, '10,1e999,9,11,1')),
    message: `line 2: the high must be a number: it is "1e999"; ${CORRECT}`,
  },
  {
    name: 'a negative price',
    content: text(row(0, '10,12,-9,11,1')),
    message: `line 2: the low must be above 0: it is -9; ${CORRECT}`,
  },
  {
    name: 'a price of zero',
    content: text(row(0, '0,12,0,11,1')),
    message: `line 2: the open must be above 0: it is 0; ${CORRECT}`,
  },
  {
    name: 'high below low',
    content: text(row(0, '10,9,12,11,1')),
    message: `line 2: the high must not be below the low: high 9, low 12; ${CORRECT}`,
  },
  {
    name: 'open outside',
    content: text(row(0, '8,12,9,11,1')),
    message: `line 2: the open must lie between low 9 and high 12: it is 8; ${CORRECT}`,
  },
  {
    name: 'close outside',
    content: text(row(0, '10,12,9,13,1')),
    message: `line 2: the close must lie between low 9 and high 12: it is 13; ${CORRECT}`,
  },
  {
    name: 'a negative volume',
    content: text(row(0, '10,12,9,11,-1')),
    message: `line 2: the volume must not be below 0: it is -1; ${CORRECT}`,
  },
  {
    name: 'float dust',
    content: text(row(0, '10,12.0000000000001,9,11,1')),
    message:
      "line 2: the high may have up to 15 digits, 12 of them decimals: it is 12.0000000000001; round the prices to the instrument's tick",
  },
  {
    name: 'unsorted times',
    content: text(row(0), row(2), row(1)),
    message: 'line 4: the times must ascend: 60000 stands after 120000; sort the rows by time, oldest first',
  },
  {
    name: 'a time twice',
    content: text(row(0), row(1), row(1)),
    message: 'line 4: each time may stand once: 60000 repeats the row before; remove one of the two rows',
  },
  {
    name: 'a part of a millisecond',
    content: text('0.5,10,12,9,11,1'),
    message:
      'line 2: the time must be whole UTC milliseconds since 1970: it is 0.5; write the open time of the candle so',
  },
  {
    name: 'a time beyond reason',
    content: text('1e20,10,12,9,11,1'),
    message:
      'line 2: the time must be whole UTC milliseconds since 1970: it is 100000000000000000000; write the open time of the candle so',
  },
  {
    name: 'a time off the grid',
    content: text(row(0), row(1), row(2.5)),
    message:
      'line 4: a 1m candle must open on a 1m boundary in UTC: it opens at 1970-01-01T00:02:30Z; correct or remove the row',
  },
  {
    name: 'no timeframe',
    content: text(row(0), row(7), row(14)),
    message:
      'line 3: the rows must be one timeframe apart: most are 420000 ms apart; give candles of 1m to 1w with times in milliseconds',
  },
  {
    name: 'a single candle',
    content: text(row(0)),
    message: 'line 2: one candle does not tell its timeframe: there is no second row; name the timeframe',
  },
  {
    name: 'a blank line',
    content: text(row(0), '', row(1)),
    message: 'line 3: a blank line may stand at the end only: rows follow it; remove it',
  },
  {
    name: 'missing candles',
    content: text(row(0), row(1), row(4), row(5), row(7), row(8)),
    message:
      'line 4: no candle may be missing: 2 candles missing after 1970-01-01T00:01:00Z, 2 gaps in all; fill the gaps, or allow them (--allow-gaps)',
  },
])('refuses $name', ({ content, message }) => {
  expect(errorOf(content)).toBe(message);
});

test('takes a timeframe for a single candle, and refuses one that the rows contradict', () => {
  expect(read(text(row(0)), { timeframe: '1h' }).candles.timeframe).toBe('1h');
  expect(errorOf(text(row(0), row(5), row(10)), { timeframe: '1m' })).toBe(
    'line 3: the candles must be 1m candles: they are 5m; name 5m as the timeframe',
  );
});

test('lists gaps where they are allowed', () => {
  const got = read(text(row(0), row(1), row(4), row(5), row(7), row(8)), { allowGaps: true });
  expect(got.candles.length).toBe(6);
  expect(got.gaps).toEqual([
    { afterOpenTime: MINUTE, missing: 2 },
    { afterOpenTime: 5 * MINUTE, missing: 1 },
  ]);
});

test('warns of wicks beyond half or one and a half of open and close', () => {
  const got = read(text(row(0, '100,150,50,100,1'), row(1, '120,186,47.2,118,1')));
  expect(got.wicks).toEqual([
    { openTime: MINUTE, at: 'high', price: 186, fraction: expect.closeTo(0.55, 12) },
    { openTime: MINUTE, at: 'low', price: 47.2, fraction: expect.closeTo(0.6, 12) },
  ]);
});

test('formatCandles writes what the reader reads', () => {
  const content = text(row(0, '0.0000001,12.25,0.0000001,11,1.5'), row(1, '11,11,11,11,0'), row(2));
  expect(formatCandles(read(content).candles)).toBe(content);
});
