import { z } from 'zod';
import { type VenueAccess, type VenueName, venueAccess } from './accounts/venue-access.ts';
import { type ChartSettings, chartSettings } from './charts/chart-settings.ts';
import { InputError } from './errors.ts';
import { isLoopback } from './http/origins.ts';

const PORT = 'must be a whole number from 0 to 65535, where 0 takes any free port';
const HOST = 'must be an IP address or a name, for example 127.0.0.1';
const URL_OF_A_SERVER = 'must be http:// or https:// and a host, for example http://127.0.0.1:8080';
const URL_OF_MODELS = 'must be the address of a server, for example http://localhost:11434/v1';
const ADDRESS = /^https?:\/\/[\w.:[\]-]+\/?$/;
const KEY_OF_AN_EXCHANGE =
  'must be an exchange, a key and its secret with colons between, for example alpaca:KEY:SECRET';
const REMOTE =
  'is open to other machines and nobody has to log in yet; set ALLOW_REMOTE=1 if a firewall or a proxy decides who may come';

/** docs/reference/configuration.md explains each of these. An empty value counts as none. */
const Environment = z
  .object({
    PORT: z
      .string()
      .regex(/^\d+$/, PORT)
      .transform(Number)
      .refine((port) => port <= 65_535, PORT)
      .default(3000),
    HOST: z
      .string()
      .regex(/^[\w.:-]+$/, HOST)
      .default('127.0.0.1'),
    DATA_DIR: z.string().default('./data'),
    AUTOTRADER_CCXT_URL: z.string().regex(ADDRESS, URL_OF_A_SERVER).optional(),
    AUTOTRADER_FEAR_GREED_URL: z.string().regex(ADDRESS, URL_OF_A_SERVER).optional(),
    AUTOTRADER_COINGECKO_URL: z.string().regex(ADDRESS, URL_OF_A_SERVER).optional(),
    COINGECKO_API_KEY: z
      .string()
      .regex(/^[\w-]+$/, 'must be a key of letters, digits, - and _')
      .optional(),
    MODELS_URL: z.url({ protocol: /^https?$/, error: URL_OF_MODELS }).optional(),
    MODELS_API_KEY: z.string().regex(/^\S+$/, 'must be a key without spaces').optional(),
    MODELS_FILE: z.string().optional(),
    AUTOTRADER_CCXT_KEY: z
      .string()
      .regex(/^[a-z0-9]+:[^:\s]+:\S+$/, KEY_OF_AN_EXCHANGE)
      .optional(),
    ALLOW_REMOTE: z.enum(['0', '1'], 'must be 1 or 0').default('0'),
  })
  .superRefine(({ HOST, ALLOW_REMOTE }, context) => {
    if (ALLOW_REMOTE === '0' && !isLoopback(HOST)) {
      context.addIssue({ code: 'custom', path: ['HOST'], message: REMOTE });
    }
  });

type Variables = Readonly<Record<string, string | undefined>>;

/** What the environment decides. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where everything that is kept lies; it need not exist yet. */
  readonly dataDir: string;
  /** Asked instead of the exchanges themselves, for tests; undefined asks the exchanges. */
  readonly exchangeUrl: string | undefined;
  /** For the exchange that shows its market data to those only who have a key; nobody else is told of it. */
  readonly exchangeKey: ExchangeKey | undefined;
  /** Asked instead of alternative.me and CoinGecko; undefined asks them. */
  readonly fearGreedUrl: string | undefined;
  readonly coinGeckoUrl: string | undefined;
  readonly coinGeckoKey: string | undefined;
  /** A server that speaks OpenAI's chat completions; undefined for OpenRouter. */
  readonly modelsUrl: string | undefined;
  readonly modelsKey: string | undefined;
  /** A JSON file with what is known of models: prices, limits, options. */
  readonly modelsFile: string | undefined;
}

export interface ExchangeKey {
  readonly exchange: string;
  readonly apiKey: string;
  readonly secret: string;
}

/** Settings whose values are never shown. */
const SECRETS: ReadonlySet<string> = new Set(['AUTOTRADER_CCXT_KEY', 'COINGECKO_API_KEY', 'MODELS_API_KEY']);

/**
 * Reads the settings, all at once.
 * @throws InputError with a line for each setting that cannot be used.
 */
export function loadConfig(variables: Variables = process.env): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(given);
  if (!result.success) throw new InputError(problemsOf(result.error, given));
  const { data } = result;
  return Object.freeze({
    port: data.PORT,
    host: data.HOST,
    dataDir: data.DATA_DIR,
    exchangeUrl: data.AUTOTRADER_CCXT_URL,
    exchangeKey: keyOf(data.AUTOTRADER_CCXT_KEY),
    fearGreedUrl: data.AUTOTRADER_FEAR_GREED_URL,
    coinGeckoUrl: data.AUTOTRADER_COINGECKO_URL,
    coinGeckoKey: data.COINGECKO_API_KEY,
    modelsUrl: data.MODELS_URL,
    modelsKey: data.MODELS_API_KEY,
    modelsFile: data.MODELS_FILE,
  });
}

/** What it takes to reach an account at a venue. @throws InputError for what is missing or cannot be. */
export function loadVenueAccess(venue: VenueName, variables: Variables = process.env): VenueAccess {
  return venueAccess(venue, variables);
}

/** Where pictures of charts come from, and how long they are kept. @throws InputError for what cannot be. */
export function loadChartSettings(variables: Variables = process.env): ChartSettings {
  return chartSettings(variables);
}

function keyOf(text: string | undefined): ExchangeKey | undefined {
  const [, exchange, apiKey, secret] = /^([^:]+):([^:]+):(.+)$/.exec(text ?? '') ?? [];
  return exchange && apiKey && secret ? { exchange, apiKey, secret } : undefined;
}

function problemsOf({ issues }: z.ZodError, given: Variables): string {
  const lines = issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `  ${name} ${message}${SECRETS.has(name) ? '' : ` (it is ${JSON.stringify(given[name])})`}`;
  });
  return ['Cannot start as the configuration must be valid:', ...lines, 'See docs/reference/configuration.md.'].join(
    '\n',
  );
}
