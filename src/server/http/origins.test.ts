import { expect, test } from 'vitest';
import { foreignRefusal } from './origins.ts';

test.each([
  {
    name: 'its own page',
    host: '127.0.0.1:3000',
    origin: 'http://127.0.0.1:3000',
    listensOn: '127.0.0.1',
    says: undefined,
  },
  { name: 'localhost by name', host: 'localhost:3000', origin: undefined, listensOn: '127.0.0.1', says: undefined },
  { name: 'IPv6 loopback', host: '[::1]:3000', origin: 'http://[::1]:3000', listensOn: '::1', says: undefined },
  {
    name: 'a program without an origin',
    host: '127.0.0.1:3000',
    origin: undefined,
    listensOn: '127.0.0.1',
    says: undefined,
  },
  {
    name: 'another site',
    host: '127.0.0.1:3000',
    origin: 'https://evil.example',
    listensOn: '127.0.0.1',
    says: /evil/,
  },
  {
    name: 'another port',
    host: '127.0.0.1:3000',
    origin: 'http://127.0.0.1:8080',
    listensOn: '127.0.0.1',
    says: /8080/,
  },
  { name: 'a page without an address', host: '127.0.0.1:3000', origin: 'null', listensOn: '127.0.0.1', says: /null/ },
  { name: 'a rebound name', host: 'evil.example:3000', origin: undefined, listensOn: '127.0.0.1', says: /evil/ },
  { name: 'no host', host: undefined, origin: undefined, listensOn: '127.0.0.1', says: /this machine's own/ },
  {
    name: 'a name, where others may come',
    host: 'bots.lan:3000',
    origin: 'http://bots.lan:3000',
    listensOn: '0.0.0.0',
    says: undefined,
  },
  {
    name: 'another site, where others may come',
    host: 'bots.lan:3000',
    origin: 'https://evil.example',
    listensOn: '0.0.0.0',
    says: /evil/,
  },
])('$name', ({ host, origin, listensOn, says }) => {
  const refusal = foreignRefusal({ host, origin }, listensOn);
  if (says === undefined) expect(refusal).toBeUndefined();
  else expect(refusal).toMatch(says);
});
