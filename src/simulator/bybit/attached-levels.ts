import type { GridPrice } from '#core/grid.ts';
import type { BybitSide } from '#protocols/bybit-words.ts';
import { priceIn } from './grid-params.ts';
import type { Contract } from './instruments.ts';
import type { AttachedLevels } from './order-record.ts';
import { badParameter, type Params } from './params.ts';

/**
 * The stop and target that a request brings along; undefined without any.
 * @param side Of the entry. @param from The price that they are held against: the order's own, or the market.
 */
export function attachedLevels(
  contract: Contract,
  params: Params,
  side: BybitSide,
  from: GridPrice,
): AttachedLevels | undefined {
  const takeProfit = priceIn(contract, params, 'takeProfit');
  const stopLoss = priceIn(contract, params, 'stopLoss');
  if (takeProfit === undefined && stopLoss === undefined) return undefined;
  checkLevel(contract, 'TakeProfit', takeProfit, side === 'Buy' ? 'higher' : 'lower', side, from);
  checkLevel(contract, 'StopLoss', stopLoss, side === 'Buy' ? 'lower' : 'higher', side, from);
  const tpslMode = params.oneOf('tpslMode', ['Full', 'Partial']) ?? 'Full';
  const isLimit = (name: string) => params.oneOf(name, ['Market', 'Limit']) === 'Limit';
  if (tpslMode === 'Full' && (isLimit('tpOrderType') || isLimit('slOrderType'))) {
    throw badParameter('TP/SL of the whole position must be market orders');
  }
  return {
    takeProfit,
    stopLoss,
    tpslMode,
    tpLimitPrice: isLimit('tpOrderType') ? needed(contract, params, 'tpLimitPrice') : undefined,
    slLimitPrice: isLimit('slOrderType') ? needed(contract, params, 'slLimitPrice') : undefined,
  };
}

/** @throws Refusal for a level on the wrong side; one that lies on the price itself is let through. */
export function checkLevel(
  { grid, symbol }: Contract,
  what: 'TakeProfit' | 'StopLoss',
  level: GridPrice | undefined,
  mustBe: 'higher' | 'lower',
  side: BybitSide,
  from: GridPrice,
): void {
  if (level === undefined || level === from || level > from === (mustBe === 'higher')) return;
  const shown = (price: GridPrice) => String(grid.exactPrice(price) / 10n ** 8n);
  throw badParameter(
    `${what}:${shown(level)} set for ${side} position should be ${mustBe} than base_price:${shown(from)}??LastPrice (${symbol})`,
  );
}

function needed(contract: Contract, params: Params, name: string): GridPrice {
  const price = priceIn(contract, params, name);
  if (price === undefined) throw badParameter(`params error: ${name} is required`);
  return price;
}
