/**
 * What is signed of a REST request, by HMAC-SHA256 in lower-case hex.
 *
 * @param timestamp UTC ms as sent. @param recvWindow As sent.
 * @param payload The raw query of a GET without its "?", or the raw body of a POST.
 * @see https://bybit-exchange.github.io/docs/v5/guide#authentication
 */
export function bybitStringToSign(timestamp: string, apiKey: string, recvWindow: string, payload: string): string {
  return `${timestamp}${apiKey}${recvWindow}${payload}`;
}

/** What is signed to log in to a private stream. @param expires UTC ms as sent. */
export function bybitStreamStringToSign(expires: string): string {
  return `GET/realtime${expires}`;
}

/** A request later than the server's clock by this many ms is refused, whatever its receive window. */
export const BYBIT_AHEAD_MS = 1000;
/** The receive window that holds where none is sent, ms. */
export const BYBIT_RECV_WINDOW_MS = 5000;
