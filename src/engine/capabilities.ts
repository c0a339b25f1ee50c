import type { Bot } from '#core/bots.ts';
import type { Instrument } from '#core/instruments.ts';
import { ONE, type Quantity } from '#core/money.ts';
import type { Capabilities } from '#ports/venue.ts';

/**
 * Why a bot cannot trade at a venue, as the end of a sentence with the fix; undefined when it can.
 * @param venue What people call it.
 */
export function capabilityRefusal(bot: Bot, venue: string, capabilities: Capabilities): string | undefined {
  const { brackets } = bot;
  const { levelsFromFill, trailingStop, shorting, leverage } = capabilities;
  if (brackets !== undefined && !levelsFromFill) {
    if (brackets.anchor === 'fill')
      return `"brackets.anchor" must be "signal": ${venue} takes stops with the entry, whose fill nobody knows yet`;
    if (brackets.roi !== undefined)
      return `"brackets.roi" must be left out: it counts from the fill, and ${venue} takes targets with the entry`;
    if (brackets.rounding === 'none')
      return `"brackets.rounding" must be "toward-entry": ${venue} takes prices on its tick alone`;
  }
  if (brackets?.trail !== undefined && !trailingStop)
    return `"brackets.trail" must be left out: ${venue} has no trailing stop for each entry`;
  if (!shorting && bot.kind !== 'indicator-rules')
    return `"kind" must be "indicator-rules" with "entry.long" alone: models recommend to sell too, and ${venue} does not sell short`;
  if (!shorting && bot.kind === 'indicator-rules' && bot.entry.short !== undefined)
    return `"entry.short" must be left out: ${venue} does not sell short`;
  if (bot.leverage !== undefined && !leverage) return `"leverage" must be left out: ${venue} lends nothing`;
  return undefined;
}

/**
 * The instrument as a bot trades it at a venue: where parts of a share are taken without a stop alone, a bot that has one
 * asks for whole ones. Coins are never counted in whole ones: their stop is sent on its own.
 */
export function tradedInstrument(bot: Bot, instrument: Instrument, { fractional }: Capabilities): Instrument {
  const one = ONE as bigint as Quantity;
  const isWhole = instrument.lot % one === 0n;
  if (fractional || isWhole || bot.brackets === undefined || instrument.calendar === 'always') return instrument;
  return { ...instrument, lot: one, minQuantity: one };
}
