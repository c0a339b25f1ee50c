/**
 * What an answer of Bybit V5 means for whoever asked.
 *
 * - `refused`: it was not done, and asking the same again gives the same.
 * - `unknown`: it may have been done; look it up.
 * - `clock`: refused for the time it was signed at, before anybody looked at it.
 * - `limited`: refused for being asked too often, before anybody looked at it.
 * - `busy`: refused for now; the same may be asked again in a moment.
 * - `fatal`: this key, this account or this address is refused as a whole.
 * - `already-there`: the client order id was used before.
 * - `not-modified`: everything is as it was asked to be.
 * - `gone`: there is no such working order any more.
 */
export type BybitMeaning =
  | 'refused'
  | 'unknown'
  | 'clock'
  | 'limited'
  | 'busy'
  | 'fatal'
  | 'already-there'
  | 'not-modified'
  | 'gone';

export interface BybitCode {
  readonly meaning: BybitMeaning;
  /** The reason and what to do, as the end of a sentence that begins "Cannot ... as". Bybit's own texts come in any language. */
  readonly why: string;
}

const TOO_LITTLE = 'the account must have the margin for it: too little is available; lower the size, or add funds';
const OFF_LIMITS = 'its price must lie within the price limits of the contract; take one nearer to the market';
const REDUCE_ONLY =
  'the contract may only be left now (delisting, or a limit of Bybit); take the symbol out of the bot';
const TIER = 'the position would be too large for the leverage; lower the size or the leverage';
const REGION = 'Bybit must serve this country, and the terms must be accepted: see the messages in the account';
const TWO_SETTINGS = 'it must change nothing that is so already';

type Rows = Readonly<Record<BybitMeaning, Readonly<Record<number, string>>>>;

/**
 * The one reviewed table. What is not in it counts as `unknown`: no order is taken for refused on the strength of a code
 * that nobody looked at.
 *
 * @see bybit-exchange/docs@072c197d docs/v5/error.mdx; 110017, 110092, 110093 and 110094 also by texts that were recorded.
 */
const ROWS: Rows = {
  unknown: {
    10000: 'Bybit must answer in time: it timed out',
    10014: 'a request must be sent once: this one came twice',
    10016: 'Bybit must be able to work: it has an error of its own',
    10019: 'Bybit must be able to work: it is being restarted',
    3400214: 'Bybit must be able to work: it has an error of its own',
  },
  clock: {
    [-1]: 'it must be signed with the right time: it came too late',
    10002: 'it must be signed with the right time; set the clock of this machine by NTP',
  },
  limited: {
    429: 'Bybit must have room for it: it is under high load',
    10006: 'Bybit must not be asked too often: the limit of this account is used up',
    10018: 'Bybit must not be asked too often: the limit of this address is used up',
    10429: 'Bybit must not be asked too often: its own protection is on',
    20003: 'Bybit must not be asked too often: the limit of this session is used up',
  },
  busy: {
    40004: 'the order must stand still: it is being changed',
    110079: 'the order must stand still: it is being processed',
  },
  fatal: {
    [-2015]: 'the API key must be valid: it has expired; make a new one',
    10003:
      'the API key must be one of this environment (mainnet, demo and testnet have their own): Bybit does not know it; ' +
      'enter its key, or choose the environment of this one',
    10004: 'the secret must be the one of the API key: the signature does not fit; enter both again',
    10005: 'the API key must have the permission; allow "Contract - Orders & Positions" for it at Bybit',
    10007: 'the API key must be valid: Bybit does not accept it; make a new one',
    10008: 'the account must be allowed to trade: Bybit has banned it; ask its support',
    10009: REGION,
    10010: 'the API key must be bound to the address of this machine; change the addresses of the key at Bybit',
    10024: REGION,
    10027: 'the account must be allowed to trade: Bybit has banned it; ask its support',
    10028: 'the account must be a unified one (UTA); upgrade it at Bybit',
    33004: 'the API key must be valid: it has expired; make a new one',
    110066: 'Bybit must allow trading: it does not at present',
    110067: 'the account must be one that can trade contracts; see its settings at Bybit',
    110088: 'the account must be a unified one (UTA); upgrade it at Bybit',
    110123: REGION,
    110125: REGION,
    110132: REGION,
  },
  'already-there': { 110030: 'an id must be used once', 110072: 'a client order id must be used once' },
  'not-modified': {
    34040: TWO_SETTINGS,
    110025: TWO_SETTINGS,
    110026: TWO_SETTINGS,
    110027: TWO_SETTINGS,
    110043: TWO_SETTINGS,
    110075: TWO_SETTINGS,
  },
  gone: {
    110001: 'the order must be working: Bybit has no such order, or it has ended',
    110008: 'the order must be working: it has filled or was canceled',
    110010: 'the order must be working: it was canceled',
    110019: 'the order must be working: Bybit has no such order',
  },
  refused: {
    10001:
      'every parameter must be one that Bybit takes; check the quantity against the minimum and step of the instrument',
    10017: 'Bybit must have such a call; update Autotrader',
    10029: 'the symbol must be one that the API key may trade; change the symbols of the key at Bybit',
    30208: OFF_LIMITS,
    30209: OFF_LIMITS,
    30228: REDUCE_ONLY,
    110003: OFF_LIMITS,
    110004: TOO_LITTLE,
    110005: 'the position must not be in liquidation; look at it at Bybit',
    110006: TOO_LITTLE,
    110007: TOO_LITTLE,
    110009: 'a symbol may have up to 10 conditional orders; cancel some',
    110011: 'it must not liquidate the position at once; take less leverage',
    110012: TOO_LITTLE,
    110013: 'the leverage must be one that the risk limit allows; take less',
    110014: TOO_LITTLE,
    110016: TIER,
    110017: 'there must be a position that it can reduce: there is none, or it is on the same side',
    110018: 'the account must be one that Bybit knows; enter the API key again',
    110020: 'a symbol may have up to 500 orders; cancel some',
    110021: 'the open interest of the contract must not be at its limit; trade less, or later',
    110022: 'the quantity may only be lowered now',
    110023: REDUCE_ONLY,
    110024: 'the position mode can change only while there is no position; close it first',
    110028: 'the position mode can change only while there are no orders; cancel them first',
    110029: 'the position mode must be one that the contract has',
    110032: 'it must be an order that Bybit takes',
    110034: 'there must be a position that it can reduce: there is none',
    110035: 'the position must not be in liquidation; look at it at Bybit',
    110036: 'the leverage can not change in this margin mode; set it at Bybit',
    110038: 'the leverage can not change in portfolio margin; choose cross or isolated margin at Bybit',
    110039: 'it must not liquidate the position; take less leverage',
    110040: 'it must not liquidate the position; lower the size',
    110042: REDUCE_ONLY,
    110044: TOO_LITTLE,
    110045: TOO_LITTLE,
    110046: 'it must not liquidate the position at once; take less leverage',
    110047: TOO_LITTLE,
    110048: TIER,
    110049: 'the price must lie on the tick',
    110051: TOO_LITTLE,
    110052: TOO_LITTLE,
    110053: TOO_LITTLE,
    110057: 'a conditional order must not carry a stop or target; send them after it fills',
    110058: 'stop and target must fit the position: too little of it is left',
    110059: 'stop and target of an order that has filled in part can not change; move the orders they have become',
    110060: 'stop and target of the whole position can not change so',
    110061: 'a position may have up to 20 stops and targets; cancel some',
    110063: 'the contract must trade: it is being settled; try later',
    110064: 'the quantity must be more than what has filled',
    110068: 'the account must be allowed to use leverage',
    110070: 'the symbol must be one that can be traded',
    110074: 'the contract must trade: it is not live; take the symbol out of the bot',
    110077: 'the margin mode must be cross or isolated; change it at Bybit',
    110085: TIER,
    110086: TIER,
    110089: TIER,
    110090: TIER,
    110092: 'its trigger must lie above the price: the price is there already',
    110093: 'its trigger must lie below the price: the price is there already',
    110094: 'its value must not be under the minimum of the contract; raise the size',
    110095: 'the contract must trade: it is in its call auction; try later',
    110098: 'the order must be good till canceled during the call auction; try later',
    110099: 'the order must have no stop or target during the call auction; try later',
    110100: 'the contract must be one of demo trading; take the symbol out of the bot',
    110103: 'the order must be post-only at this stage; try later',
    110118: 'the market must have a price: it is too thin; use a limit order',
    110120: OFF_LIMITS,
    110121: OFF_LIMITS,
    110124: 'the account must not be in its cooling-off period; wait for its end',
    110131: TOO_LITTLE,
    3200403: 'the margin mode must allow the order; change it at Bybit',
    3400139: TIER,
  },
};

const MEANINGS = Object.keys(ROWS) as readonly BybitMeaning[];

export const BYBIT_MEANINGS: ReadonlyMap<number, BybitCode> = new Map(
  MEANINGS.flatMap((meaning) =>
    Object.entries(ROWS[meaning]).map(([code, why]) => [Number(code), { meaning, why }] as const),
  ),
);

/** @param code A `retCode` other than 0. */
export function bybitCode(code: number): BybitCode {
  return (
    BYBIT_MEANINGS.get(code) ?? { meaning: 'unknown', why: 'its answer must be one that Autotrader knows: it is not' }
  );
}

/**
 * Answers that are no success before any `retCode`: a page of a proxy or of Bybit's edge.
 *
 * @param status Of HTTP, other than 200.
 * @see bybit-exchange/docs@072c197d docs/v5/error.mdx "HTTP Code" and docs/v5/rate-limit
 */
export function bybitStatus(status: number): BybitCode {
  if (status === 403) {
    return {
      meaning: 'limited',
      why: 'Bybit must let this address in: it bans who asks too often for ten minutes, and some countries for good',
    };
  }
  if (status === 429) return bybitCode(429);
  if (status === 401) return bybitCode(10007);
  if (status === 400 || status === 404) return bybitCode(10017);
  return { meaning: 'unknown', why: `Bybit must answer: it said HTTP ${status}` };
}

/** How long after an HTTP 403 nothing may be asked, ms. */
export const BYBIT_BAN_MS = 10 * 60_000;
