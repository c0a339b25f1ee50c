/** Whose side of the wire: the twins of `src/simulator`, or the adapters with the client libraries they keep. */
export type Side = 'simulator' | 'adapters';

const SPOT = 'the bots trade linear perpetuals in USDT at Bybit, and no spot';
const INVERSE = 'the bots trade linear perpetuals in USDT at Bybit, and no inverse contracts';
const NOT_ASKED = 'the adapter does not ask for it';
const BY_ID = 'an order is looked up by its id, whatever its state';
const NO_BATCH = 'the adapter sends no batches: an order is stored and proven one by one';
const NO_TRADE_STREAM = 'orders go by REST alone: docs/decisions/0007';
const NO_PUBLIC_STREAM = 'candles are asked for as they close: docs/decisions/0004';
const OF_FILLS = 'P&L comes of the fills';
const OF_CLIENTS = 'it tells what a client makes of an answer, whoever sent it';
const BY_BYBIT_API = 'accounts at Bybit are reached through bybit-api: docs/decisions/0007';
const READS_CANDLES = 'candles are asked for as they close, and not read from the stream';
const PUBLIC_KRAKEN = 'the twin is of public market data: Autotrader does not trade on Kraken';

/** Services of which nothing is checked on a side, and why. */
const SERVICES: Readonly<Record<Side, Readonly<Record<string, string>>>> = {
  simulator: { 'alternative.me': 'there is no twin of it: tests/exchanges/context-answers.ts stands in' },
  adapters: {
    telegram: 'its adapter is not here yet',
  },
};

/** Facts that are not checked on a side, and why. `coverage.test.ts` holds this list to the checks that there are. */
const FACTS: Readonly<Record<Side, Readonly<Record<string, string>>>> = {
  simulator: {
    'bybit-020': SPOT,
    'bybit-022': SPOT,
    'bybit-032': INVERSE,
    'bybit-054': INVERSE,
    'bybit-055': SPOT,
    'bybit-057': SPOT,
    'bybit-058': SPOT,
    'bybit-062': SPOT,
    'bybit-064': SPOT,
    'bybit-068': SPOT,
    'bybit-098': SPOT,
    'bybit-113': SPOT,
    'bybit-136': 'the twin stands for mainnet and testnet; demo differs in what it leaves out',
    'ccxt-bybit-006': OF_CLIENTS,
    'ccxt-bybit-007': OF_CLIENTS,
    'kraken-009': PUBLIC_KRAKEN,
    'kraken-010': PUBLIC_KRAKEN,
  },
  adapters: {
    'alpaca-017': 'the adapter asks for snapshots, which have the last trade in them',
    'alpaca-021': 'of an older version of the library, which the adapter does not use',
    'alpaca-023': 'of an older version of the library; the adapter asks for candles of several symbols at once',
    'alpaca-029': READS_CANDLES,
    'alpaca-030': READS_CANDLES,
    'alpaca-031': 'the adapter reads no trades of others',
    'alpaca-033': 'the adapter sends no orders for extended hours',
    'bybit-015': SPOT,
    'bybit-016': SPOT,
    'bybit-017': NOT_ASKED,
    'bybit-019': NOT_ASKED,
    'bybit-020': SPOT,
    'bybit-022': SPOT,
    'bybit-024': BY_ID,
    'bybit-026': BY_ID,
    'bybit-032': SPOT,
    'bybit-034': OF_FILLS,
    'bybit-039': NOT_ASKED,
    'bybit-044': 'stops and targets that go out with an entry are market orders',
    'bybit-051': 'hedge mode is refused',
    'bybit-054': SPOT,
    'bybit-055': SPOT,
    'bybit-057': SPOT,
    'bybit-058': SPOT,
    'bybit-062': SPOT,
    'bybit-064': SPOT,
    'bybit-065': NO_BATCH,
    'bybit-068': SPOT,
    'bybit-070': 'cancel-all is of every order of the symbol',
    'bybit-071': NO_BATCH,
    'bybit-072': NO_BATCH,
    'bybit-076': 'stops are moved by amending them; trailing is done by the engine',
    'bybit-078': 'the position mode is never changed: hedge mode is refused',
    'bybit-081': "the margin mode is the account's own and is never changed",
    'bybit-094': OF_FILLS,
    'bybit-113': SPOT,
    'bybit-124': NOT_ASKED,
    'bybit-129': 'the library pings by itself every 10 s: seen on the simulator side',
    'bybit-131': 'a frame of ccxt.pro, which the adapter does not use',
    'bybit-134': NO_TRADE_STREAM,
    'bybit-135': NO_TRADE_STREAM,
    'bybit-136': NO_TRADE_STREAM,
    'bybit-137': NO_PUBLIC_STREAM,
    'bybit-138': NO_PUBLIC_STREAM,
    'ccxt-bybit-001': BY_BYBIT_API,
    'ccxt-bybit-002': BY_BYBIT_API,
    'ccxt-bybit-003': BY_BYBIT_API,
    'ccxt-bybit-004': BY_BYBIT_API,
    'kraken-005': 'the adapter asks for no order books',
    'kraken-014': 'the adapter takes bid, ask and last price of a ticker, and no change',
    'openai-002': 'the adapter speaks chat completions alone, which every compatible server has',
    'openrouter-002': 'the adapter asks for whole answers, and none as a stream',
  },
};

/** @returns undefined for a fact that has to be checked. */
export function whyLeftOut(
  side: Side,
  { id, service }: { readonly id: string; readonly service: string },
): string | undefined {
  return SERVICES[side][service] ?? FACTS[side][id];
}

/** Every id that is named here. */
export function namedLeftOut(side: Side): readonly string[] {
  return Object.keys(FACTS[side]);
}
