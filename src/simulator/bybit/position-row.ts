import type { GridPrice } from '#core/grid.ts';
import { absolute } from '#core/margin/rounding.ts';
import { formatDecimal, ONE, type Price, type Ratio, ratio } from '#core/money.ts';
import { markOf } from './account-margin.ts';
import type { Book } from './book.ts';
import { FEES } from './instruments.ts';

const TAKER = ratio(FEES.taker);

/** A position as the list shows it; the stream's row has `entryPrice` for `avgPrice`. */
export function positionRow(book: Book): Record<string, unknown> {
  const { money, contract, account, stops } = book;
  const { position } = money.account;
  const isFlat = position.quantity === 0n;
  const size = absolute(position.quantity);
  const mark = markOf(book);
  const value = absolute(position.cost);
  const tier = contract.tiers.at(value as typeof position.cost);
  const average = isFlat ? 0n : (value * ONE) / size;
  const sum = (amount: bigint) => (isFlat ? '' : formatDecimal(amount));
  const level = (price: GridPrice | undefined) =>
    price === undefined ? '' : formatDecimal(contract.grid.exactPrice(price));
  return {
    positionIdx: book.idx,
    riskId: contract.tiers.rows.indexOf(tier) + 1,
    riskLimitValue: formatDecimal(tier.cap),
    symbol: contract.symbol,
    side: isFlat ? '' : position.quantity > 0n ? 'Buy' : 'Sell',
    size: formatDecimal(size),
    avgPrice: formatDecimal(average),
    positionValue: sum(value),
    autoAddMargin: 0,
    positionStatus: 'Normal',
    leverage: formatDecimal(money.leverage),
    breakEvenPrice: isFlat ? '' : breakEven(book),
    markPrice: formatDecimal(mark),
    liqPrice: liquidation(book),
    positionIM: sum(money.initial(mark)),
    positionIMByMp: sum(money.initial(mark)),
    positionMM: sum(money.maintenance(mark)),
    positionMMByMp: sum(money.maintenance(mark)),
    positionBalance: sum(money.account.margin),
    takeProfit: level(stops.full.takeProfit),
    stopLoss: level(stops.full.stopLoss),
    trailingStop: String(stops.full.trailing?.distance ?? 0),
    sessionAvgPrice: '',
    unrealisedPnl: sum(money.unrealized(mark)),
    curRealisedPnl: formatDecimal(money.madeSinceOpen),
    cumRealisedPnl: formatDecimal(money.made),
    adlRankIndicator: isFlat ? 0 : 2,
    createdTime: String(book.openTime),
    updatedTime: String(book.updatedTime),
    openTime: book.openTime,
    seq: book.fills === 0 ? -1 : account.ledger.executions.length,
    isReduceOnly: false,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    tpslMode: 'Full',
    bustPrice: '',
    tradeMode: 0,
  };
}

/** Empty while no price of the contract's range liquidates. */
function liquidation(book: Book): string {
  const price: Price | undefined = book.account.ledger.liquidationPrice(book);
  return price === undefined || price <= 0n ? '' : formatDecimal(price);
}

/** (entry value - realised) / (size - |size| x taker rate), with the signs of the position. */
function breakEven({ money }: Book): string {
  const { quantity, cost } = money.account.position;
  const exit = quantity - (absolute(quantity) * (TAKER satisfies Ratio)) / ONE;
  return formatDecimal(((cost - money.madeSinceOpen) * ONE) / exit);
}
