import type { GridPrice, GridQuantity } from '#core/grid.ts';
import { price, quantity } from '#core/money.ts';
import type { Contract } from './instruments.ts';
import { badParameter, type Params } from './params.ts';

const DECIMAL = /^\d{1,15}(\.\d{1,12})?$/;

/** A price on the contract's tick; undefined where it is missing, empty or "0". */
export function priceIn(contract: Contract, params: Params, name: string): GridPrice | undefined {
  const text = params.text(name);
  if (text === undefined || Number(text) === 0) return undefined;
  if (!DECIMAL.test(text)) throw badParameter(`params error: ${name} invalid`);
  const exact = price(text);
  if (exact % contract.instrument.tick !== 0n) throw badParameter(`params error: ${name} invalid`);
  return contract.grid.gridPrice(exact);
}

/** A quantity within the contract's sizes, on its step. */
export function quantityIn(contract: Contract, params: Params, name: string, isMarket: boolean): GridQuantity {
  const text = params.need(name);
  if (!DECIMAL.test(text)) throw badParameter('params error: Qty invalid');
  const exact = quantity(text);
  const { lot, minQuantity } = contract.instrument;
  if (exact < minQuantity) throw badParameter('The number of contracts exceeds minimum limit allowed');
  if (exact % lot !== 0n) throw badParameter('params error: Qty invalid');
  if (exact > quantity(isMarket ? contract.maxMktOrderQty : contract.maxOrderQty)) {
    throw badParameter('The number of contracts exceeds maximum limit allowed');
  }
  return contract.grid.gridQuantity(exact);
}
