import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { INDICATOR_NAMES } from '../core/indicators/registry.ts';
import { DEFAULT_EXECUTION } from '../core/matching/execution-model.ts';
import { formatDecimal } from '../core/money.ts';
import { BotFileError, readBotFile } from './bot-file.ts';

const GOOD = {
  name: 'A bot',
  kind: 'indicator-rules',
  capital: 1000,
  symbols: ['BTC/USDT'],
  timeframe: '1h',
  entry: { long: ['sma(10)', '>', 'sma(30)'] },
  exit: { long: ['sma(10)', '<', 'sma(30)'] },
  sizing: { quantity: 1 },
};
const WINDOW = { start: '09:30', end: '12:00', zone: 'America/New_York' };
const BRACKETS = { stop: { percent: 2 } };
const read = (changes: object) => readBotFile(JSON.stringify({ ...GOOD, ...changes }));

function problemsOf(text: string): readonly string[] {
  try {
    readBotFile(text);
  } catch (error) {
    expect(error).toBeInstanceOf(BotFileError);
    const { problems, message } = error as BotFileError;
    expect(message).toBe(problems.join('\n'));
    return problems;
  }
  return [];
}

const EXAMPLES = new URL('../../examples/', import.meta.url);
test.each(readdirSync(EXAMPLES).filter((file) => file.endsWith('.json')))('reads the example %s', (file) => {
  const text = readFileSync(new URL(file, EXAMPLES), 'utf8');
  expect(readBotFile(text).kind).toBe(JSON.parse(text).kind);
});

test('reads the example of the reference page', () => {
  const page = readFileSync(new URL('../../docs/reference/bot-file.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  expect(readBotFile(example).name).toBe('Trend with a stop');
});

test('reads a limit entry', () => {
  const limit = { offsetPercent: 0.1, timeoutCandles: 3 };
  expect(read({ entryOrder: { limit } }).entryOrder).toEqual({
    ...{ kind: 'limit', reprice: 'never', postOnly: false },
    ...limit,
  });
});

test('reads a table of minutes in any order', () => {
  expect(read({ brackets: { ...BRACKETS, roi: { 120: 0, 0: 4 } } }).brackets?.roi).toEqual([
    { afterMinutes: 0, percent: 4 },
    { afterMinutes: 120, percent: 0 },
  ]);
});

test('fills in what is left out', () => {
  expect(read({ brackets: BRACKETS, exit: undefined })).toEqual({
    name: 'A bot',
    kind: 'indicator-rules',
    capital: 1_000_000_000_000_000n,
    symbols: ['BTC/USDT'],
    timeframe: '1h',
    warmupCandles: 29,
    entry: { long: { kind: 'comparison', left: expect.anything(), operator: '>', right: expect.anything() } },
    exit: {},
    brackets: { stop: { kind: 'percent', percent: 2 }, anchor: 'signal', rounding: 'toward-entry' },
    sizing: { kind: 'quantity', quantity: 1_000_000_000_000n },
    filter: {},
    maxConcurrentTrades: 1,
    onOpposite: 'close',
    onSame: 'ignore',
    maxEntries: 1,
    coolDownCandles: 0,
  });
});

test('what is not said of the execution is as without it', () => {
  const { execution } = read({ execution: { entryCandle: 'no-exits', slippage: { coefficient: 0.5 } } });
  const slippage = { kind: 'square-root', coefficient: 0.5, rows: 20 };
  expect(execution).toEqual({ ...DEFAULT_EXECUTION, entryRow: 'no-exits', slippage });
});

test.each([
  { name: 'a number', capital: 0.1, expected: '0.1' },
  { name: 'a small number', capital: 1e-7, expected: '0.0000001' },
  { name: 'a text', capital: '100000.000000000001', expected: '100000.000000000001' },
])('reads a decimal exactly from $name', ({ capital, expected }) => {
  expect(formatDecimal(read({ capital }).capital)).toBe(expected);
});

test.each([
  {
    name: 'no indicator: one candle',
    changes: { entry: { long: ['close', '>', 'open'] }, exit: { long: ['close', '<', 'open'] } },
    expected: 1,
  },
  { name: 'the longest one', changes: { exit: { long: ['rsi(14)', '>', 'sma(200)'] } }, expected: 199 },
  {
    name: 'the ATR of a trail',
    changes: { brackets: { ...BRACKETS, trail: { atrMultiple: 2, period: 90 } } },
    expected: 90,
  },
  { name: 'the ATR of a stop', changes: { brackets: { stop: { atrMultiple: 2, period: 100 } } }, expected: 100 },
  {
    name: 'a higher timeframe, its first candle perhaps in part',
    changes: { exit: { long: ['close', '<', 'sma(10)@4h'] } },
    expected: 42,
  },
  { name: 'as given', changes: { warmupCandles: 5 }, expected: 5 },
])('the warm-up: $name', ({ changes, expected }) => {
  expect(read(changes).warmupCandles).toBe(expected);
});

test.each([
  { name: 'percent', target: { percent: 300 }, expected: { kind: 'percent', percent: 300 } },
  { name: 'ATR', target: { atrMultiple: 3, period: 14 }, expected: { kind: 'atr', multiple: 3, period: 14 } },
  { name: 'risk', target: { riskMultiple: 2 }, expected: { kind: 'risk', multiple: 2 } },
])('reads a target by $name', ({ target, expected }) => {
  expect(read({ brackets: { ...BRACKETS, target } }).brackets?.target).toEqual(expected);
});

test.each([
  { sizing: { quantity: '0.001' }, expected: { kind: 'quantity', quantity: 1_000_000_000n } },
  { sizing: { percentOfCapital: 20 }, expected: { kind: 'percent-of-capital', percent: 20 } },
  { sizing: { riskPercent: 1 }, expected: { kind: 'risk-per-trade', percent: 1 } },
])('reads the sizing $sizing', ({ sizing, expected }) => {
  expect(read({ sizing, brackets: BRACKETS }).sizing).toEqual(expected);
});

test.each([
  {
    name: 'every day, and what is open stays',
    tradingWindow: { start: '09:30', end: '12:00', zone: 'America/New_York' },
    expected: {
      startMinute: 570,
      endMinute: 720,
      zone: 'America/New_York',
      days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
      flattenAtEnd: false,
    },
  },
  {
    name: 'over midnight on some days, flat at its end',
    tradingWindow: { start: '22:00', end: '02:00', zone: '+02:00', days: ['fri'], flattenAtEnd: true },
    expected: { startMinute: 1320, endMinute: 120, zone: '+02:00', days: ['fri'], flattenAtEnd: true },
  },
])('reads a trading window: $name', ({ tradingWindow, expected }) => {
  expect(read({ tradingWindow }).tradingWindow).toEqual(expected);
});

test.each([
  {
    name: 'a leverage below 1',
    changes: { leverage: 0.5 },
    problem: 'leverage: must be a number from 1 to 200, for example 20 (it is 0.5)',
  },
  {
    name: 'a margin mode',
    changes: { leverage: 5, marginMode: 'portfolio' },
    problem: 'marginMode: must be "isolated" or "cross" (it is "portfolio")',
  },
  {
    name: 'a margin mode without leverage',
    changes: { marginMode: 'cross' },
    problem: 'marginMode: is of positions on margin; add "leverage" (it is "cross")',
  },
  { name: 'a name', changes: { name: ' ' }, problem: 'name: must be a text of 1 to 80 characters (it is " ")' },
  {
    name: 'a kind',
    changes: { kind: 'magic' },
    problem: 'kind: must be "indicator-rules", "chart-vision" or "model-vote" (it is "magic")',
  },
  {
    name: 'a capital',
    changes: { capital: -5 },
    problem: 'capital: must be a decimal above 0 with up to 12 decimals, for example 100000 (it is -5)',
  },
  {
    name: 'a capital too fine',
    changes: { capital: '0.0000000000001' },
    problem: 'capital: must be a decimal above 0 with up to 12 decimals, for example 100000 (it is "0.0000000000001")',
  },
  {
    name: 'a symbol',
    changes: { symbols: ['btcusdt'] },
    problem: 'symbols[0]: must be base and quote in capitals, for example "BTC/USDT" (it is "btcusdt")',
  },
  {
    name: 'a symbol in another currency',
    changes: { symbols: ['BTC/USDT', 'BTC/USD'] },
    problem:
      'symbols[1]: must be quoted in USDT, as the first one is, since one account pays for all (it is "BTC/USD")',
  },
  {
    name: 'no symbol',
    changes: { symbols: [] },
    problem: 'symbols: must be a list of 1 to 50 symbols, for example ["BTC/USDT"] (it is [])',
  },
  {
    name: 'a symbol twice',
    changes: { symbols: ['BTC/USDT', 'BTC/USDT'] },
    problem: 'symbols[1]: stands twice; remove one of the two (it is "BTC/USDT")',
  },
  {
    name: 'a timeframe',
    changes: { timeframe: '7m' },
    problem: 'timeframe: must be one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h, 1d, 1w (it is "7m")',
  },
  {
    name: 'a warm-up',
    changes: { warmupCandles: 0 },
    problem: 'warmupCandles: must be a whole number from 1 to 100000 (it is 0)',
  },
  {
    name: 'a cool-down',
    changes: { coolDownCandles: 1.5 },
    problem: 'coolDownCandles: must be a whole number from 0 to 100000 (it is 1.5)',
  },
  {
    name: 'an operator',
    changes: { exit: { long: ['close', '=>', 1] } },
    problem: 'exit.long[1]: must be ">", "<", "crosses-above" or "crosses-below" (it is "=>")',
  },
  {
    name: 'a comparison',
    changes: { exit: { long: { all: [['close', '>']] } } },
    problem:
      'exit.long.all[0]: must be [left, operator, right], for example ["sma(10)", ">", "sma(30)"] (it is ["close",">"])',
  },
  {
    name: 'an operand',
    changes: { exit: { long: { any: [['close', '>', 'smma(9)']] } } },
    problem: `exit.long.any[0][2]: there is no operand "smma"; did you mean "sma"? There are open, high, low, close, price, volume, barsInTrade, ${INDICATOR_NAMES.join(', ')} (it is "smma(9)")`,
  },
  {
    name: 'an operand of a multiple',
    changes: { exit: { long: ['close', '>', { multiple: 2, of: null }] } },
    problem:
      'exit.long[2].of: must be a number, a text such as "close" or "sma(10)", or {"multiple": 1.5, "of": "atr(14)"} (it is null)',
  },
  {
    name: 'a group without conditions',
    changes: { exit: { long: { any: [] } } },
    problem: 'exit.long.any: must be a list of 1 to 50 conditions (it is [])',
  },
  {
    name: 'a condition',
    changes: { exit: { long: 'always' } },
    problem: 'exit.long: must be {"all": [...]}, {"any": [...]} or [left, operator, right] (it is "always")',
  },
  {
    name: 'a stop',
    changes: { brackets: { stop: { percent: 100 } } },
    problem: 'brackets.stop.percent: must be a number above 0 and below 100, for example 1.5 (it is 100)',
  },
  {
    name: 'half a stop',
    changes: { brackets: { stop: { atrMultiple: 2 } } },
    problem: 'brackets.stop.period: must be a whole number from 1 to 1000 (it is missing)',
  },
  {
    name: 'a target without a stop',
    changes: { brackets: { target: { percent: 2 } } },
    problem:
      'brackets.stop: must be {"percent": 1.5}, {"atrMultiple": 2, "period": 14} or {"swingCandles": 10} (it is missing)',
  },
  {
    name: 'a trail without a distance',
    changes: { brackets: { ...BRACKETS, trail: { activateAfterPercent: 1 } } },
    problem:
      'brackets.trail: must be {"percent": 2} or {"atrMultiple": 3, "period": 14}, perhaps with "activateAfterPercent" (it is {"activateAfterPercent":1})',
  },
  {
    name: 'a trail that begins at no profit',
    changes: { brackets: { ...BRACKETS, trail: { percent: 2, activateAfterPercent: 0 } } },
    problem: 'brackets.trail.activateAfterPercent: must be a number above 0 and up to 1000, for example 1.5 (it is 0)',
  },
  {
    name: 'a trail of all of the price',
    changes: { brackets: { ...BRACKETS, trail: { percent: 100 } } },
    problem: 'brackets.trail.percent: must be a number above 0 and below 100, for example 1.5 (it is 100)',
  },
  {
    name: 'a list for a table of minutes',
    changes: { brackets: { ...BRACKETS, roi: [4, 2] } },
    problem:
      'brackets.roi: must be an object of minutes and profit percents, for example {"0": 4, "30": 2, "120": 0} (it is [4,2])',
  },
  {
    name: 'minutes that are none',
    changes: { brackets: { ...BRACKETS, roi: { 0: 4, '1h': 2 } } },
    problem: 'brackets.roi.1h: must be named by a whole number of minutes from 0 to 525600, for example "30" (it is 2)',
  },
  {
    name: 'a loss for a profit',
    changes: { brackets: { ...BRACKETS, roi: { 0: 4, 30: -1 } } },
    problem: 'brackets.roi.30: must be a number from 0 and below 100, for example 2 (it is -1)',
  },
  {
    name: 'a profit that rises',
    changes: { brackets: { ...BRACKETS, roi: { 0: 4, 30: 5 } } },
    problem:
      'brackets.roi.30: must be less than the percent of fewer minutes: a trade that lasts asks for less (it is 5)',
  },
  {
    name: 'a table that begins late',
    changes: { brackets: { ...BRACKETS, roi: { 30: 5 } } },
    problem:
      'brackets.roi: must have a percent for "0" minutes: the target that goes out with the entry (it is {"30":5})',
  },
  {
    name: 'a limit entry that waits for ever',
    changes: { entryOrder: { limit: { offsetPercent: 0.1 } } },
    problem: 'entryOrder.limit.timeoutCandles: must be a whole number from 1 to 1000 (it is missing)',
  },
  {
    name: 'a limit entry on the wrong side',
    changes: { entryOrder: { limit: { offsetPercent: -0.1, timeoutCandles: 3 } } },
    problem: 'entryOrder.limit.offsetPercent: must be a number from 0 and below 100, for example 0.1 (it is -0.1)',
  },
  {
    name: 'an entry that can only take and may only make',
    changes: { entryOrder: { limit: { offsetPercent: 0, timeoutCandles: 3, postOnly: true } } },
    problem:
      'entryOrder.limit.postOnly: refuses every entry at the close itself, which would take; give an "offsetPercent" above 0 (it is true)',
  },
  {
    name: 'an entry that follows and levels that do not',
    changes: {
      brackets: BRACKETS,
      entryOrder: { limit: { offsetPercent: 0.1, timeoutCandles: 3, reprice: 'follow' } },
    },
    problem:
      'entryOrder.limit.reprice: moves the entry away from levels that stay; add "anchor": "fill" to "brackets" (it is "follow")',
  },
  {
    name: 'an anchor',
    changes: { brackets: { ...BRACKETS, anchor: 'entry' } },
    problem: 'brackets.anchor: must be "signal" or "fill" (it is "entry")',
  },
  {
    name: 'a sizing',
    changes: { sizing: {} },
    problem: 'sizing: must be {"quantity": 1}, {"percentOfCapital": 20} or {"riskPercent": 1} (it is {})',
  },
  {
    name: 'two sizings',
    changes: { sizing: { quantity: 1, riskPercent: 1 } },
    problem:
      'sizing.riskPercent: there is no key "riskPercent"; there are quantity, minQuantity, maxQuantity, minNotional, maxNotional',
  },
  {
    name: 'a least above the most',
    changes: { sizing: { quantity: 1, minQuantity: 3, maxQuantity: 2 } },
    problem: 'sizing.minQuantity: must not be above its most; swap the two (it is 3)',
  },
  {
    name: 'a least stop above the most',
    changes: { filter: { minStopPercent: 3, maxStopPercent: 2 } },
    problem: 'filter.minStopPercent: must not be above its most; swap the two (it is 3)',
  },
  {
    name: 'a reward that nothing measures',
    changes: { filter: { minRewardRisk: 2 }, brackets: BRACKETS },
    problem: 'filter.minRewardRisk: needs a target to measure the reward by; add "brackets" with a "target" (it is 2)',
  },
  {
    name: 'an unknown position rule',
    changes: { onOpposite: 'flip' },
    problem: 'onOpposite: must be "close", "reverse" or "ignore" (it is "flip")',
  },
  {
    name: 'a count of entries without stacking',
    changes: { maxEntries: 4 },
    problem: 'maxEntries: counts what is stacked; add "onSame": "stack" (it is 4)',
  },
  {
    name: 'an unknown way inside a candle',
    changes: { execution: { intrabar: 'best-case' } },
    problem: 'execution.intrabar: must be "worst-case-first" or "target-first" or "ohlc-adaptive" (it is "best-case")',
  },
  {
    name: 'no slippage to speak of',
    changes: { execution: { slippage: { percent: 1 } } },
    problem: 'execution.slippage: must be {"bps": 2} or {"coefficient": 1, "candles": 20} (it is {"percent":1})',
  },
  {
    name: 'more than the volume',
    changes: { execution: { volumeShare: 2 } },
    problem: 'execution.volumeShare: must be a number above 0 and up to 1, for example 0.1 (it is 2)',
  },
  {
    name: 'latency with orders that are changed at closes',
    changes: { execution: { latencyMs: 5 }, brackets: { stop: { percent: 1 }, roi: { 0: 2 } } },
    problem:
      'execution.latencyMs: does not go with "brackets.roi", whose orders are changed at each close; leave one of them out (it is 5)',
  },
  {
    name: 'a table of minutes with fills at the close',
    changes: { execution: { signalActs: 'this-close' }, brackets: { stop: { percent: 1 }, roi: { 0: 2 } } },
    problem:
      'execution.signalActs: does not go with "brackets.roi", whose minutes count from the open of a candle; leave one of them out (it is "this-close")',
  },
  {
    name: 'no slot at all',
    changes: { maxConcurrentTrades: 0 },
    problem: 'maxConcurrentTrades: must be a whole number from 1 to 50 (it is 0)',
  },
  {
    name: 'a share above all',
    changes: { sizing: { percentOfCapital: 101 } },
    problem: 'sizing.percentOfCapital: must be a number above 0 and up to 100, for example 20 (it is 101)',
  },
  {
    name: 'risk without a stop',
    changes: { sizing: { riskPercent: 1 } },
    problem: 'sizing.riskPercent: needs a stop to measure the risk by; add "brackets" with a "stop" (it is 1)',
  },
  {
    name: 'no entry',
    changes: { entry: {} },
    problem: 'entry: must have a rule to enter by; add "long", "short" or both (it is {})',
  },
  {
    name: 'no way out',
    changes: { entry: { short: ['close', '>', 1] } },
    problem:
      'entry.short: a trade must have a way out; add a rule "exit.short", "brackets" or "maxTradeCandles" (it is ["close",">",1])',
  },
  {
    name: 'a lower timeframe',
    changes: { exit: { long: ['close', '>', { multiple: 2, of: 'sma(9)@5m' }] } },
    problem:
      'exit.long[2].of: @5m must be above the bot\'s 1h and a multiple of it; take one of 2h, 4h, 6h, 12h, 1d, 1w, or leave it out (it is "sma(9)@5m")',
  },
  {
    name: 'its own timeframe',
    changes: { timeframe: '1w', entry: { long: ['close', '>', 'sma(9)@1w'] } },
    problem: 'entry.long[2]: @1w must be above the bot\'s 1w and a multiple of it; leave it out (it is "sma(9)@1w")',
  },
  {
    name: 'no multiple',
    changes: { timeframe: '3m', entry: { long: ['close', '>', 'sma(9)@5m'] } },
    problem:
      'entry.long[2]: @5m must be above the bot\'s 3m and a multiple of it; take one of 15m, 30m, 1h, 2h, 4h, 6h, 12h, 1d, 1w, or leave it out (it is "sma(9)@5m")',
  },
  {
    name: 'a time of day',
    changes: { tradingWindow: { ...WINDOW, start: '9:30' } },
    problem: 'tradingWindow.start: must be a time of day from "00:00" to "23:59" (it is "9:30")',
  },
  {
    name: 'a time after the last one',
    changes: { tradingWindow: { ...WINDOW, end: '24:00' } },
    problem: 'tradingWindow.end: must be a time of day from "00:00" to "23:59" (it is "24:00")',
  },
  {
    name: 'a zone',
    changes: { tradingWindow: { ...WINDOW, zone: 'New York' } },
    problem: 'tradingWindow.zone: must be a time zone, for example "America/New_York" or "UTC" (it is "New York")',
  },
  {
    name: 'a window without a zone',
    changes: { tradingWindow: { start: '09:30', end: '12:00' } },
    problem: 'tradingWindow.zone: must be a time zone, for example "America/New_York" or "UTC" (it is missing)',
  },
  {
    name: 'a day',
    changes: { tradingWindow: { ...WINDOW, days: ['monday'] } },
    problem: 'tradingWindow.days[0]: must be one of sun, mon, tue, wed, thu, fri, sat (it is "monday")',
  },
  {
    name: 'a day twice',
    changes: { tradingWindow: { ...WINDOW, days: ['mon', 'mon'] } },
    problem:
      'tradingWindow.days: must be a list of 1 to 7 days, each once, for example ["mon", "tue"] (it is ["mon","mon"])',
  },
  {
    name: 'no day',
    changes: { tradingWindow: { ...WINDOW, days: [] } },
    problem: 'tradingWindow.days: must be a list of 1 to 7 days, each once, for example ["mon", "tue"] (it is [])',
  },
  {
    name: 'a window in which no trade has room',
    changes: { timeframe: '4h', tradingWindow: { ...WINDOW, flattenAtEnd: true } },
    problem:
      'tradingWindow.flattenAtEnd: needs a window longer than a candle of 4h, to enter in it and be flat at its end; make the window longer or the timeframe shorter (it is true)',
  },
  {
    name: 'an interval',
    changes: { tradingFrequency: 0.5 },
    problem: 'tradingFrequency: must be a whole number from 1 to 86400 (it is 0.5)',
  },
  ...[[], ['volume-dry-up'], ['flash-move', 'flash-move'], 'flash-move'].map((tradingEvents) => ({
    name: `market events that are ${JSON.stringify(tradingEvents)}`,
    changes: { tradingEvents },
    problem: expect.stringMatching(
      /^tradingEvents(\[0\])?: must be a list of "flash-move" and "volume-spike", each at most once/,
    ),
  })),
  {
    name: 'a window no longer than the interval',
    changes: { tradingFrequency: 10_800, tradingWindow: { ...WINDOW, flattenAtEnd: true } },
    problem:
      'tradingWindow.flattenAtEnd: needs a window longer than 10800 s, to enter in it and be flat at its end; make the window longer or the "tradingFrequency" shorter (it is true)',
  },
  {
    name: 'a key',
    changes: { brackets: { stopp: 1, ...BRACKETS } },
    problem:
      'brackets.stopp: there is no key "stopp"; did you mean "stop"? There are stop, trail, target, roi, anchor, rounding',
  },
])('refuses $name', ({ changes, problem }) => {
  expect(problemsOf(JSON.stringify({ ...GOOD, ...changes }))).toEqual([problem]);
});

test('tells all problems at once', () => {
  const problems = problemsOf(
    JSON.stringify({ ...GOOD, capitl: 1, capital: 0, symbols: ['A/B', 'A/B'], exit: {}, sizing: { riskPercent: 0 } }),
  );
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'capital',
    'sizing.riskPercent',
    'capitl',
    'symbols[1]',
    'entry.long',
  ]);
});

test.each([
  { name: 'a list', text: '[]', problem: /^the file: must be an object with kind, name, .* \(it is \[\]\)$/ },
  { name: 'no object', text: 'null', problem: /^the file: must be an object with kind, name, .* \(it is null\)$/ },
  {
    name: 'no JSON',
    text: '{"name": "x",}',
    problem: /^line 1, column 14: expected a key in double quotes, found "}"/,
  },
])('refuses $name', ({ text, problem }) => {
  const problems = problemsOf(text);
  expect(problems.length).toBe(1);
  expect(problems[0]).toMatch(problem);
});

test('reads how long an exchange is given, and what a market must be to be entered', () => {
  expect(read({ settleDelayMs: 0 })).toMatchObject({ settleMs: 0 });
  const filter = { maxSpreadPercent: 0.05, maxAgeSeconds: 90 };
  expect(read({ filter }).filter).toEqual(filter);
});

test('reads an interval in seconds', () => {
  expect(read({ tradingFrequency: 300 })).toMatchObject({ intervalMs: 300_000 });
  expect(read({})).not.toHaveProperty('intervalMs');
});

test('reads the market events that call it', () => {
  expect(read({ tradingEvents: ['volume-spike'] })).toMatchObject({ callingEvents: ['volume-spike'] });
  expect(read({})).not.toHaveProperty('callingEvents');
});

test('of very many problems a hundred are told, and how many more there are', () => {
  const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`key${k}`, k]));
  const problems = problemsOf(JSON.stringify(keys));
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)).toMatch(/^there are \d{3} more problems; mend these first$/);
});
