import { formatDecimal } from '#core/money.ts';
import type { Contract } from './instruments.ts';
import { isWorking, type OrderRecord } from './order-record.ts';

/** An order as listings and the order stream show it. */
export function orderRow(record: OrderRecord, { grid, instrument }: Contract): Record<string, unknown> {
  const { terms, filled, filledValue, fees } = record;
  const { attached, trigger } = terms;
  const price = (value: typeof terms.price | undefined) =>
    value === undefined ? '' : formatDecimal(grid.exactPrice(value));
  const quantity = (value: typeof filled) => formatDecimal(grid.exactQuantity(value));
  const left = (isWorking(record) ? terms.quantity - filled : 0) as typeof filled;
  const average = filled === 0 ? '' : formatDecimal((filledValue * 10n ** 12n) / grid.exactQuantity(filled));
  const isMarketStop = trigger !== undefined && terms.orderType === 'Market';
  return {
    orderId: record.orderId,
    orderLinkId: terms.orderLinkId,
    parentOrderLinkId: terms.parentOrderLinkId,
    blockTradeId: '',
    symbol: record.symbol,
    price: isMarketStop && filled === 0 ? '0' : price(terms.price),
    qty: quantity(terms.quantity),
    side: terms.side,
    isLeverage: '',
    positionIdx: record.positionIdx,
    orderStatus: record.status,
    createType: terms.createType,
    cancelType: record.cancelType,
    rejectReason: record.rejectReason,
    avgPrice: average,
    leavesQty: quantity(left),
    leavesValue: formatDecimal(grid.notional(terms.price, left)),
    cumExecQty: quantity(filled),
    cumExecValue: formatDecimal(filledValue),
    cumExecFee: formatDecimal(fees),
    timeInForce: terms.timeInForce,
    orderType: terms.orderType,
    stopOrderType: terms.stopOrderType,
    orderIv: '',
    marketUnit: '',
    triggerPrice: price(trigger?.price),
    takeProfit: price(attached?.takeProfit),
    stopLoss: price(attached?.stopLoss),
    tpslMode: attached?.tpslMode ?? (terms.createType === 'CreateByUser' ? '' : modeOf(record)),
    ocoTriggerBy: '',
    tpLimitPrice: price(attached?.tpLimitPrice),
    slLimitPrice: price(attached?.slLimitPrice),
    tpTriggerBy: attached?.takeProfit === undefined ? '' : 'LastPrice',
    slTriggerBy: attached?.stopLoss === undefined ? '' : 'LastPrice',
    triggerDirection: trigger?.direction ?? 0,
    triggerBy: trigger?.by ?? '',
    lastPriceOnCreated: price(record.lastPriceOnCreated),
    basePrice: '',
    reduceOnly: terms.reduceOnly,
    closeOnTrigger: terms.closeOnTrigger,
    placeType: '',
    smpType: 'None',
    smpGroup: 0,
    smpOrderId: '',
    slippageToleranceType: 'UNKNOWN',
    slippageTolerance: '0',
    createdTime: String(record.createdTime),
    updatedTime: String(record.updatedTime),
    cumFeeDetail: fees === 0n ? {} : { [instrument.quote]: formatDecimal(fees) },
    extraFees: '',
  };
}

function modeOf({ terms }: OrderRecord): string {
  return terms.createType.startsWith('CreateByPartial') ? 'Partial' : 'Full';
}
