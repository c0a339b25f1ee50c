import { isIP } from 'node:net';

/** Whether only programs on this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The headers of a request that tell who sent it. */
export interface Sender {
  /** What the browser was asked to open. */
  readonly host?: string | undefined;
  /** The page that asks; browsers send it, programs do not. */
  readonly origin?: string | undefined;
}

/**
 * Why a request is turned away, or undefined: a page of another site may neither read nor listen, and a name that only
 * pretends to be this machine (DNS rebinding) is not answered.
 * @param listensOn The address that the server listens on.
 */
export function foreignRefusal({ host = '', origin }: Sender, listensOn: string): string | undefined {
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (isLoopback(listensOn) && !isLoopback(name)) {
    return `Cannot answer for "${host}" as this server is this machine's own: open http://127.0.0.1`;
  }
  if (origin !== undefined && URL.parse(origin)?.host !== host) {
    return `Cannot answer a page of ${origin} as only the pages of this server may ask it`;
  }
  return undefined;
}
