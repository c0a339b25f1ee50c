import { expect, test } from 'vitest';
import { venueAccess } from './venue-access.ts';

const KEYS = { BYBIT_API_KEY: 'k', BYBIT_API_SECRET: 's3cr3t' };

test('a simulator and a demo need no word of real money, the real place does', () => {
  expect(venueAccess('bybit', { ...KEYS, BYBIT_ENVIRONMENT: 'demo' })).toMatchObject({
    environment: 'demo',
    isReal: false,
  });
  const simulator = { ...KEYS, BYBIT_URL: 'http://127.0.0.1:8080' };
  expect(venueAccess('bybit', simulator)).toMatchObject({ address: 'http://127.0.0.1:8080', isReal: false });
  expect(() => venueAccess('bybit', KEYS)).toThrow('real money must be asked for by LIVE=1');
  expect(() => venueAccess('bybit', { ...KEYS, BYBIT_URL: 'https://api.bybit.com' })).toThrow('LIVE=1');
  expect(venueAccess('bybit', { ...KEYS, LIVE: '1' })).toMatchObject({ environment: 'mainnet', isReal: true });
});

test.each([
  { name: 'no key', variables: { BYBIT_API_SECRET: 's3cr3t' }, says: 'BYBIT_API_KEY must be the key' },
  { name: 'no secret', variables: { BYBIT_API_KEY: 's3cr3t' }, says: 'BYBIT_API_SECRET must be the secret' },
  {
    name: 'another place',
    variables: { ...KEYS, BYBIT_ENVIRONMENT: 's3cr3t' },
    says: 'must be mainnet, demo, testnet',
  },
  { name: 'no address', variables: { ...KEYS, BYBIT_URL: 's3cr3t' }, says: 'BYBIT_URL must be http://' },
])('$name is one line that says what to set, and never a value', ({ variables, says }) => {
  const read = () => venueAccess('bybit', variables);
  expect(read).toThrow(says);
  expect(read).not.toThrow('s3cr3t');
});
