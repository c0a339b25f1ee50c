import { createHmac, timingSafeEqual } from 'node:crypto';
import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import {
  BYBIT_AHEAD_MS,
  BYBIT_RECV_WINDOW_MS,
  bybitStreamStringToSign,
  bybitStringToSign,
} from '#protocols/bybit-signing.ts';
import type { TwinRequest } from '../twin.ts';
import type { BybitAccount } from './account.ts';
import { Refusal } from './refusal.ts';

export type Accounts = ReadonlyMap<string, BybitAccount>;

/** Whose request it is. @throws Refusal for a key, a time or a signature that is not right. */
export function authenticated(request: TwinRequest, accounts: Accounts, now: number): BybitAccount {
  const { method, query, headers, body } = request;
  const key = headers['x-bapi-api-key'] ?? '';
  const account = accountOf(accounts, key);
  const timestamp = headers['x-bapi-timestamp'] ?? '';
  const window = headers['x-bapi-recv-window'] ?? '';
  checkTime(timestamp, window, now);
  const text = bybitStringToSign(timestamp, key, window, method === 'GET' ? query : body.toString('utf8'));
  if (!isSignedBy(account.setup.secret, text, headers['x-bapi-sign'] ?? '')) throw badSignature(text);
  return account;
}

/** Who logs in to a stream. @throws Refusal */
export function authenticatedStream(args: readonly unknown[], accounts: Accounts, now: number): BybitAccount {
  const [key, expires, signature] = args.map((arg) => (typeof arg === 'object' ? '' : String(arg ?? '')));
  const account = accountOf(accounts, key ?? '');
  if (!(Number(expires) > now)) throw new Refusal(BYBIT_CODES.badSignature, 'Params Error: expires is in the past');
  const text = bybitStreamStringToSign(expires ?? '');
  if (!isSignedBy(account.setup.secret, text, signature ?? '')) throw badSignature(text);
  return account;
}

/** @throws Refusal unless server time - window <= timestamp < server time + 1000 ms. */
export function checkTime(timestamp: string, window: string, now: number): void {
  const at = Number(timestamp);
  const reach = window === '' ? BYBIT_RECV_WINDOW_MS : Number(window);
  if (timestamp !== '' && at >= now - reach && at < now + BYBIT_AHEAD_MS) return;
  throw new Refusal(
    BYBIT_CODES.timestampOutside,
    'invalid request, please check your server timestamp or recv_window param. ' +
      `req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${reach}]`,
  );
}

function accountOf(accounts: Accounts, key: string): BybitAccount {
  const account = accounts.get(key);
  if (account === undefined) throw new Refusal(BYBIT_CODES.invalidKey, 'API key is invalid.');
  return account;
}

function badSignature(text: string): Refusal {
  return new Refusal(BYBIT_CODES.badSignature, `error sign! origin_string[${text}]`);
}

function isSignedBy(secret: string, text: string, signature: string): boolean {
  const right = Buffer.from(createHmac('sha256', secret).update(text).digest('hex'));
  const given = Buffer.from(signature);
  return right.length === given.length && timingSafeEqual(right, given);
}
