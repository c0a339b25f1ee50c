import { expect, test } from 'vitest';
import { TooBusy, Turns } from './turns.ts';

/** Work that ends when it is told to, and knows whether it was begun. */
function work() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const made = { isBegun: false, end: () => resolve('made') };
  const begin = () => {
    made.isBegun = true;
    return promise;
  };
  return { made, begin };
}

const staying = () => new AbortController().signal;

test('goes on one after another, and turns away what is too much', async () => {
  const turns = new Turns(2);
  const [one, two] = [work(), work()];
  const first = turns.take(one.begin, staying());
  const second = turns.take(two.begin, staying());
  await expect(turns.take(work().begin, staying())).rejects.toThrow(TooBusy);
  expect(two.made.isBegun).toBe(false);
  one.made.end();
  expect(await first).toBe('made');
  two.made.end();
  expect(await second).toBe('made');
});

test('who is gone takes no place, and is not worked for', async () => {
  const turns = new Turns(2);
  const [one, two, three] = [work(), work(), work()];
  const leaving = new AbortController();
  const first = turns.take(one.begin, staying());
  const second = turns.take(two.begin, leaving.signal);
  leaving.abort();
  const third = turns.take(three.begin, staying());
  one.made.end();
  three.made.end();
  expect(await first).toBe('made');
  await expect(second).rejects.toThrow(/aborted/);
  expect(await third).toBe('made');
  expect(two.made.isBegun).toBe(false);
});

test('what fails lets the next one on', async () => {
  const turns = new Turns(1);
  await expect(turns.take(() => Promise.reject(new Error('no')), staying())).rejects.toThrow('no');
  const one = work();
  one.made.end();
  expect(await turns.take(one.begin, staying())).toBe('made');
});
