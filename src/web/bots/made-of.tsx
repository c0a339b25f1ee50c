import type { PreviewMarket } from '#contract/bot-preview.ts';

/** Says so where candles are not the market's own. */
export function MadeOf({ market }: { readonly market: PreviewMarket | null }) {
  if (!market?.madeOf) return null;
  return (
    <p className="notice plain">
      No bot here reads {market.timeframe} candles: these are put together from those of {market.madeOf}. Once it runs,
      the bot reads the market's own.
    </p>
  );
}
