import { formatDecimal, money, ONE, type Ratio } from '#core/money.ts';
import { type Contract, FUNDING_MINUTES } from './instruments.ts';

const LISTED_SINCE = '1585526400000';

export function instrumentRow(contract: Contract, symbolId: number): Record<string, unknown> {
  const { instrument, tickSize } = contract;
  return {
    symbol: contract.symbol,
    symbolId,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin: instrument.base,
    quoteCoin: instrument.quote,
    launchTime: LISTED_SINCE,
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(tickSize.split('.')[1]?.length ?? 0),
    leverageFilter: { minLeverage: '1', maxLeverage: contract.maxLeverage, leverageStep: '0.01' },
    priceFilter: { minPrice: tickSize, maxPrice: '1999999.80', tickSize },
    lotSizeFilter: {
      maxOrderQty: contract.maxOrderQty,
      minOrderQty: contract.minOrderQty,
      qtyStep: contract.qtyStep,
      postOnlyMaxOrderQty: contract.maxOrderQty,
      maxMktOrderQty: contract.maxMktOrderQty,
      minNotionalValue: contract.minNotionalValue,
    },
    unifiedMarginTrade: true,
    fundingInterval: FUNDING_MINUTES,
    settleCoin: instrument.quote,
    copyTrading: 'both',
    upperFundingRate: '0.00375',
    lowerFundingRate: '-0.00375',
    isPreListing: false,
    preListingInfo: null,
    riskParameters: { priceLimitRatioX: String(contract.priceLimit), priceLimitRatioY: String(contract.marketCap) },
    symbolType: '',
  };
}

export function spotRow(contract: Contract, symbolId: number): Record<string, unknown> {
  return {
    symbolId,
    symbol: contract.symbol,
    baseCoin: contract.instrument.base,
    quoteCoin: contract.instrument.quote,
    innovation: '0',
    status: 'Trading',
    marginTrading: 'none',
    stTag: '0',
    lotSizeFilter: {
      basePrecision: contract.qtyStep,
      quotePrecision: '0.0000001',
      minOrderQty: contract.minOrderQty,
      maxOrderQty: contract.maxOrderQty,
      minOrderAmt: contract.minNotionalValue,
      maxOrderAmt: '8000000',
      maxLimitOrderQty: contract.maxOrderQty,
      maxMarketOrderQty: contract.maxMktOrderQty,
      postOnlyMaxLimitOrderSize: contract.maxOrderQty,
    },
    priceFilter: { tickSize: contract.tickSize },
    riskParameters: { priceLimitRatioX: String(contract.priceLimit), priceLimitRatioY: String(contract.marketCap) },
    symbolType: '',
  };
}

export function riskRows({ symbol, tiers }: Contract): readonly Record<string, unknown>[] {
  return tiers.rows.map((tier, k) => ({
    id: k + 1,
    symbol,
    riskLimitValue: formatDecimal(tier.cap),
    maintenanceMargin: formatDecimal(tier.maintenanceRate),
    initialMargin: formatDecimal(inverse(tier.maxLeverage)),
    isLowestRisk: k === 0 ? 1 : 0,
    maxLeverage: formatDecimal(tier.maxLeverage),
    mmDeduction: tier.maintenanceAmount === money('0') ? '' : formatDecimal(tier.maintenanceAmount),
  }));
}

/** 1 / leverage to four decimals, rounded up. */
function inverse(leverage: Ratio): bigint {
  const step = 10n ** 8n;
  return ((ONE * ONE) / leverage / step + 1n) * step;
}
