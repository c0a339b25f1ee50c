import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { areThere, casesPath } from '../cases.ts';

/**
 * Everything that was recorded or documented of other people's wires is read by a decoder, in bybit-recorded.test.ts and
 * kraken-answers.test.ts, or stands here with the reason why nobody decodes it.
 */
const FOLDER = casesPath('..', 'wire');

type Row = readonly [about: RegExp, reason?: string];

const PRIVATE_KRAKEN = 'Autotrader does not trade on Kraken';
const FUTURES = "Kraken's futures are another exchange of CCXT, whose answers are checked as those of any other";
const STREAMS = 'candles are asked for as they close: docs/decisions/0004';

/** What a record is about, and the reason where no decoder reads it. The first row that fits counts. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  bybit: [
    [/^\/v5\/(order\/(realtime|history)|execution\/list|position\/list|user\/query-api)$/],
    [/^\/v5\/(account\/(wallet-balance|info|fee-rate)|market\/(instruments-info|kline|tickers|time))$/],
    [/^(order|execution)$/],
    [/^nautilus\/http_get_(orders_|order_|executions|positions|wallet_balance|account_info|fee_rate|instruments_)/],
    [/^nautilus\/(http_get_user_query_api|ws_account_order|ws_account_execution(_adl)?\.json)/],
    [/^error_codes\.json$/, 'read by src/protocols/bybit-return-codes.test.ts'],
    [/^ccxt_request_cases\.json$/, 'requests of CCXT, which the adapter does not send'],
    [/^doc-example/, 'an example in the documentation that is of no path'],
    [/^\/v5\/order\//, 'an answer that carries the ids of an order alone: read in bybit-adapter.test.ts'],
    [
      /^\/v5\/(market|execution|position|account|user|asset|spread|earn|broker|system)\//,
      'the adapter does not ask for it',
    ],
    [
      /^\/v5\/(spot-|crypto-loan|announcements|apilimit|pre-upgrade|affiliate|lending|ins-loan|rfq|otc|p2p|card)/,
      'the adapter does not ask for it',
    ],
    [
      /^(execution\.fast|nautilus\/ws_account_execution_fast)/,
      'the fast topic lacks the fee; the adapter hears the whole one',
    ],
    [
      /^(position|wallet|greeks|strategy|spread\.|nautilus\/ws_account_(position|wallet))/,
      'the adapter hears of orders and executions alone, and asks for positions',
    ],
    [/^(kline|tickers|publicTrade|orderbook|allLiquidation|insurance|priceLimit|system)\b/, STREAMS],
    [/^nautilus\/(ws_|http_get_(klines|trades|orderbook|funding))/, STREAMS],
    [/^nautilus\/http_(get|post)_user_/, 'the adapter asks of the key alone'],
    [/^xrpusdt_ob500_recorded/, STREAMS],
    [/^Subscriptions\/V5\/Spot\/Concurrent$/, 'subscriptions, and no message of one'],
    [/^Socket\/V5Api\/Private/, 'orders go by REST alone: docs/decisions/0007'],
  ],
  kraken: [
    [/^\/0\/public\/(AssetPairs|OHLC|Ticker|Trades)$/],
    [/^nautilus\/http_(asset_pairs|ohlc|ticker|trades)\.json/],
    [/^cryptofeed\/KRAKEN\.0\.gz$/],
    [
      /^\/0\/private\/|^Socket\/SpotApi|^nautilus\/(http_(add|cancel|open|closed|send|spot|trades_history)|ws_(add|amend|batch|cancel))/,
      PRIVATE_KRAKEN,
    ],
    [/futures|FUTURES|^\/(api|derivatives)\/|Futures|http_send_order/i, FUTURES],
    [
      /^\/0\/public\/(Depth|Assets|Spread|SystemStatus|Time)$/,
      'the adapter does not ask for it, or reads no more than that it came',
    ],
    [
      /^nautilus\/http_(order_book|server_time|system_status|asset_pairs_tokenized)/,
      'the twin is held to it: kraken-recorded.test.ts',
    ],
    [/^Subscriptions\/Spot|^nautilus\/ws_|^cryptofeed\/KRAKEN\.ws/, STREAMS],
  ],
  alpaca: [[/./, 'its adapter is not here yet; the twin is held to the facts of conformance.json']],
};

interface Recorded {
  readonly path?: string;
  readonly op?: string;
  readonly kind?: string;
  readonly test?: string;
  readonly payload?: { readonly topic?: string };
  readonly messages?: readonly Recorded[];
}

function recordsOf(folder: string): readonly string[] {
  const names = globSync('**/*.{json,jsonl,gz}', { cwd: `${FOLDER}/${folder}` }).toSorted();
  return names.flatMap((name) => {
    if (!name.endsWith('.jsonl')) return [name];
    const lines = readFileSync(`${FOLDER}/${folder}/${name}`, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return lines.flatMap((line) => {
      const { path, payload, op, kind, test: of, messages } = JSON.parse(line) as Recorded;
      // A session is known by the topics that it tells.
      const topics = (messages ?? []).flatMap((message) => message.payload?.topic ?? []);
      return topics.length > 0 ? topics : [path ?? payload?.topic ?? op ?? kind ?? of ?? 'nothing'];
    });
  });
}

describe.runIf(areThere('recorded messages', FOLDER))('what was recorded of', () => {
  test.each(Object.keys(ROWS))('%s is decoded, or there is a reason why not', (folder) => {
    const open = recordsOf(folder).filter((about) => !ROWS[folder]!.some(([pattern]) => pattern.test(about)));
    expect([...new Set(open)]).toEqual([]);
  });

  test.each(Object.keys(ROWS))('%s needs each of the reasons', (folder) => {
    const used = new Set(recordsOf(folder).map((about) => ROWS[folder]!.find(([pattern]) => pattern.test(about))));
    expect(ROWS[folder]!.filter((row) => !used.has(row)).map(String)).toEqual([]);
  });
});
