import { z } from 'zod';
import type { AlpacaHost } from '#adapters/venues/alpaca/library.ts';
import { InputError } from '../errors.ts';
import { isLoopback } from '../http/origins.ts';

/** Venues that take orders. */
export const VENUES = ['bybit', 'alpaca'] as const;
export type VenueName = (typeof VENUES)[number];

/** What people read. */
export const VENUE_NAMES: Readonly<Record<VenueName, string>> = { bybit: 'Bybit', alpaca: 'Alpaca' };

/** Which of a venue's places an account can be at: money is real at the first one alone. */
const ENVIRONMENTS = {
  bybit: ['mainnet', 'demo', 'testnet'],
  alpaca: ['live', 'paper'],
} as const satisfies Record<VenueName, readonly string[]>;

/** What it takes to reach an account. */
export interface VenueAccess<Name extends VenueName = VenueName> {
  readonly venue: Name;
  readonly environment: (typeof ENVIRONMENTS)[Name][number];
  readonly key: string;
  readonly secret: string;
  /** Asked instead of the venue itself: a simulator. */
  readonly address: string | undefined;
  /** Whether real money trades there. */
  readonly isReal: boolean;
}

/** Alpaca's host for a place. */
export function alpacaHost(environment: (typeof ENVIRONMENTS)['alpaca'][number]): AlpacaHost {
  return environment === ENVIRONMENTS.alpaca[0] ? 'api' : 'paper-api';
}

const ADDRESS = /^https?:\/\/[\w.:[\]-]+\/?$/;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads an account's key and place from the environment: docs/reference/configuration.md. No value is ever shown.
 * @throws InputError for what is missing or cannot be, and for real money without LIVE=1.
 */
export function venueAccess<Name extends VenueName>(venue: Name, variables: Variables): VenueAccess<Name> {
  const prefix = venue.toUpperCase();
  const environments: readonly string[] = ENVIRONMENTS[venue];
  const schema = z.object({
    key: z.string().min(1),
    secret: z.string().min(1),
    environment: z.enum(environments as [string, ...string[]]).default(environments[0]!),
    address: z.string().regex(ADDRESS).optional(),
  });
  const given = {
    key: variables[`${prefix}_API_KEY`],
    secret: variables[`${prefix}_API_SECRET`],
    environment: variables[`${prefix}_ENVIRONMENT`] || undefined,
    address: variables[`${prefix}_URL`] || undefined,
  };
  const result = schema.safeParse(given);
  if (!result.success) throw new InputError(problemsOf(result.error, prefix, environments));
  const { address, environment, key, secret } = result.data;
  const isReal = environment === environments[0] && !(address !== undefined && isLoopback(new URL(address).hostname));
  if (isReal && variables.LIVE !== '1') {
    throw new InputError(
      `Cannot trade on ${venue} as real money must be asked for by LIVE=1: it is not set; set it, or ` +
        `${prefix}_ENVIRONMENT to ${environments.slice(1).join(' or ')}`,
    );
  }
  return { venue, key, secret, address, isReal, environment: environment as VenueAccess<Name>['environment'] };
}

function problemsOf({ issues }: z.ZodError, prefix: string, environments: readonly string[]): string {
  const rules: Readonly<Record<string, string>> = {
    key: `${prefix}_API_KEY must be the key of the account`,
    secret: `${prefix}_API_SECRET must be the secret of that key`,
    environment: `${prefix}_ENVIRONMENT must be ${environments.join(', ')}`,
    address: `${prefix}_URL must be http:// or https:// and a host, for example http://127.0.0.1:8080`,
  };
  const lines = issues.map(({ path }) => `  ${rules[String(path[0])]}`);
  return [
    'Cannot reach the account as its settings must be there:',
    ...lines,
    'See docs/reference/configuration.md.',
  ].join('\n');
}
