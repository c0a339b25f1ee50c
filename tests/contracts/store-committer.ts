/**
 * A child process for tests: commits change-sets to the SQLite store at argv[2] until it is killed, each with one order,
 * two fills and a cycle of its number, and prints the number once the commit is acknowledged. It goes on where the last
 * one stopped.
 */
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { at, changes, cycle, fill, foundation, order } from './store-rows.ts';

const store = await SqliteStore.open(process.argv[2]);
if ((await store.accounts()).length === 0) await store.commit(foundation());

for (let number = (await store.fills({})).length / 2; ; number++) {
  const clientOrderId = `o${number}`;
  const fillOf = (part: number) =>
    fill({ venueTradeId: `f${number}-${part}`, clientOrderId, sequence: 2 * number + part });
  await store.commit(
    changes({
      put: { orders: [order({ clientOrderId, createdAt: at(number) })] },
      add: { fills: [fillOf(0), fillOf(1)], cycles: [cycle({ occasion: at(number) })] },
    }),
  );
  process.stdout.write(`${number}\n`);
}
