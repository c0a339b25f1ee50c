import { AsyncLocalStorage } from 'node:async_hooks';

/** CCXT passes no signal on to its requests: each finds that of the call it belongs to here. */
const signals = new AsyncLocalStorage<AbortSignal>();

/** Runs a call of CCXT so that its requests end when the signal fires. */
export function withSignal<Answer>(signal: AbortSignal, call: () => Promise<Answer>): Promise<Answer> {
  return signals.run(signal, call);
}

/**
 * A fetch that reads the whole answer before it gives it: CCXT's own time limit ends with the first byte. An answer that is
 * no JSON is one of the way there (a proxy, the page of a hotel's network): CCXT would take it for an empty list.
 */
export const wholeFetch: typeof fetch = async (url, { method, headers, body } = {}) => {
  const signal = signals.getStore();
  const response = await fetch(url, {
    ...(method && { method }),
    ...(headers && { headers }),
    ...(body && { body }),
    ...(signal && { signal }),
    redirect: 'error',
  });
  const { status, statusText } = response;
  const text = await response.text();
  if (response.ok && !/^\s*[[{]/.test(text)) throw new TypeError('the answer is no JSON');
  return new Response(text, { status, statusText, headers: response.headers });
};

/** An exchange's addresses with another scheme and host. */
export function moved(urls: unknown, address: string): unknown {
  if (typeof urls === 'string') return urls.replace(/^\w+:\/\/[^/]+/, address.replace(/\/$/, ''));
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, moved(url, address)]));
}
