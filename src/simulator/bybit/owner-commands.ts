import type { BybitAccount } from './account.ts';
import { cancelOrder } from './change-order.ts';
import { createOrder } from './create-order.ts';
import type { ExchangeState } from './exchange-state.ts';
import { executionRow } from './execution-row.ts';
import { orderRow } from './order-row.ts';
import { Params } from './params.ts';
import { positionRow } from './position-row.ts';
import { walletRow } from './wallet-row.ts';

type Command = (input: unknown) => unknown;

/**
 * What the owner of an account does by hand, beside the client that trades for it: `account` is its name, the first one
 * when left out; the rest is as in the REST API.
 */
export function ownerCommands(state: ExchangeState, onActed: () => void): Readonly<Record<string, Command>> {
  const command =
    (act: (account: BybitAccount, params: Params) => unknown): Command =>
    (input) => {
      const params = new Params(typeof input === 'object' && input !== null ? { ...input } : {});
      try {
        return act(accountOf(state, params), params);
      } finally {
        onActed();
      }
    };
  return {
    'place-order': command((account, params) => shown(account, createOrder(account, params, false))),
    'cancel-order': command((account, params) => shown(account, cancelOrder(account, params))),
    'close-position': command((account, params) => {
      const books = account.booksOf(params.need('symbol')) ?? [];
      return books.flatMap((book) => {
        if (book.position === 0) return [];
        const side = book.position > 0 ? 'Sell' : 'Buy';
        const order = { symbol: book.contract.symbol, side, orderType: 'Market', qty: '0', positionIdx: book.idx };
        const asked = new Params({ ...order, reduceOnly: true, closeOnTrigger: true });
        return [shown(account, createOrder(account, asked, false))];
      });
    }),
    executions: command((account) => ({ listed: account.ledger.executions.map((one) => executionRow(account, one)) })),
    account: command((account) => ({
      name: account.setup.name,
      wallet: walletRow(account),
      positions: account
        .allBooks()
        .filter(({ position }) => position !== 0)
        .map(positionRow),
      orders: account.working().map((record) => shown(account, record)),
    })),
  };
}

function accountOf({ accounts }: ExchangeState, params: Params): BybitAccount {
  const all = [...accounts.values()];
  const name = params.text('account');
  const found = name === undefined ? all[0] : all.find(({ setup }) => setup.name === name);
  if (found) return found;
  throw new Error(
    `There is no account "${name}": those that there are: ${all.map(({ setup }) => setup.name).join(', ')}`,
  );
}

function shown(account: BybitAccount, record: Parameters<typeof orderRow>[0]): Record<string, unknown> {
  return orderRow(record, account.bookOf(record).contract);
}
