import type { GridQuantity } from '#core/grid.ts';
import { fundingPayment } from '#core/margin/funding.ts';
import { closingFee, initialMargin, liquidationLevel } from '#core/margin/liquidation.ts';
import { MarginAccount } from '#core/margin/margin-account.ts';
import { fillCost } from '#core/margin/position.ts';
import { absolute } from '#core/margin/rounding.ts';
import { formatDecimal, type Money, type Price, type Quantity } from '#core/money.ts';
import type { BookedFunding } from '#core/positions.ts';
import type { EpochMs } from '#core/time.ts';
import type { AccountTrade } from '#engine/account-trades.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { InputError } from '../errors.ts';
import type { BacktestResult, OnMargin } from './backtest-result.ts';
import { utcText } from './time-text.ts';
import { balancesAround, type TradeBalances } from './trade-balances.ts';

const INDENT = ' '.repeat('yyyy-mm-dd hh:mm  '.length);
const LABEL_WIDTH = 22;

const text = formatDecimal;

/**
 * How a trade came out, line by line and in exact decimals. On margin, its fills and its funding are reckoned once more
 * from the balance before it, so that every number of a formula is there.
 *
 * @param number From 1, as trades are listed. @throws InputError when there is no such trade.
 */
export function explainTrade(result: BacktestResult, number: number): string {
  const { analysis, margin, account } = result;
  const trade = analysis.trades[number - 1];
  if (trade === undefined) {
    const { length } = analysis.trades;
    const there = length === 0 ? 'there is none' : `current value is ${number}; name another one`;
    throw new InputError(`Cannot explain a trade as it must be one of the ${length} of the backtest: ${there}`);
  }
  const { trades } = trade.run.book;
  const reason = trades.exitReason(trade.k);
  const side = trades.quantity[trade.k]! > 0 ? 'long' : 'short';
  const end = reason === undefined ? 'still open' : `ended by ${reason}`;
  const balances = balancesAround(account, trade);
  const lines = [
    `Trade ${number} of ${analysis.trades.length}: ${side} ${trade.run.owner.symbol}, ${end}`,
    ...(margin ? [termsLine(margin)] : []),
    line('', 'Balance before', text(balances.before)),
    ...stepLines(trade, margin, margin && accountWith(margin, balances.before)),
    ...(reason === undefined ? [] : outcomeLines(trade, margin, balances)),
  ];
  return `${lines.join('\n')}\n`;
}

function accountWith({ contract, setup }: OnMargin, wallet: Money): MarginAccount {
  return new MarginAccount({ wallet, tiers: setup.tiers, terms: contract.account.terms });
}

function termsLine({ contract, setup }: OnMargin): string {
  const { marginMode, leverage } = contract.account.terms;
  return line('', 'Margin', `${marginMode}, leverage ${text(leverage)}, reckoned as "${setup.model.name}"`);
}

/** The fills of a trade with the funding between them, in the order in which they came. */
function stepLines(
  { run, k }: AccountTrade,
  margin: OnMargin | undefined,
  account: MarginAccount | undefined,
): readonly string[] {
  const { book } = run;
  const { firstFill } = book.trades;
  const end = k + 1 < book.trades.length ? firstFill[k + 1]! : book.fills.length;
  const funding = book.funding.filter(({ trade }) => trade === k);
  const lines: string[] = [];
  for (let fill = firstFill[k]!; fill < end; fill++) {
    const isOpening = book.fills.quantity(fill) > 0 === book.trades.quantity[k]! > 0;
    if (isOpening) lines.push(...openingLines(run, fill, margin, account));
    else lines.push(...closingLines(run, fill, account));
    for (const payment of funding.filter(({ fills }) => fills === fill + 1)) {
      lines.push(...fundingLines(payment, account));
    }
  }
  return lines;
}

function openingLines(
  run: SymbolRun,
  fill: number,
  setup: OnMargin | undefined,
  account: MarginAccount | undefined,
): readonly string[] {
  const { price, quantity } = fillOf(run, fill);
  const cost = absolute(fillCost(quantity, price)) as Money;
  const lines = fillLines(run, fill);
  if (account === undefined || setup === undefined) return lines;
  account.fill(quantity, price, rateOf(run, fill));
  const { terms, position } = account;
  const margin = initialMargin(cost, terms.leverage);
  lines.push(line('', 'Initial margin', `${text(cost)} / ${text(terms.leverage)} = ${text(margin)}`));
  if (terms.model.closingFee === 'at-bankruptcy' && terms.marginMode === 'isolated') {
    lines.push(line('', 'Locked for closing', text(closingFee(position, terms))));
  }
  return [...lines, ...maintenanceLines(account, setup), levelLine(account)];
}

function closingLines(run: SymbolRun, fill: number, account: MarginAccount | undefined): readonly string[] {
  const { price, quantity } = fillOf(run, fill);
  const [did, ...rest] = fillLines(run, fill);
  const lines = [did!, candleLine(run, fill), ...rest];
  if (account === undefined) return lines;
  if (run.book.fills.leg(fill) !== 'liquidation') {
    account.fill(quantity, price, rateOf(run, fill));
    return account.position.quantity === 0n ? lines : [...lines, levelLine(account)];
  }
  const level = text(account.liquidationPrice()!);
  const { loss } = account.liquidate(price);
  return [
    ...lines,
    line('', 'Reached', quantity < 0n ? `the low is at or below ${level}` : `the high is at or above ${level}`),
    line('', 'Kept by the venue', text(-run.book.coveredOf(fill))),
    line('', 'Loss of the backing', text(loss)),
  ];
}

/** The candle that a fill happened in. */
function candleLine({ book, candles }: SymbolRun, fill: number): string {
  const { open, high, low, close } = candles.at(candles.indexAt(book.fills.at(fill)));
  return line('', 'Candle', `open ${open}, high ${high}, low ${low}, close ${close}`);
}

function fundingLines(payment: BookedFunding, account: MarginAccount | undefined): readonly string[] {
  const { at, rate, mark, quantity, amount } = payment;
  account?.fund(payment, mark);
  const due = fundingPayment(quantity, mark, rate);
  const factors = `${text(-quantity)} x mark ${text(mark)} x rate ${text(rate)} = ${text(due)}`;
  const moved = due === amount ? factors : `${factors}, of which there was ${text(amount)}`;
  const isNearer = account !== undefined && account.position.quantity !== 0n;
  return [line(utcText(at), 'Funding', moved), ...(isNearer ? [levelLine(account)] : [])];
}

/** What a fill did, whatever stands behind it. */
function fillLines(run: SymbolRun, fill: number): string[] {
  const { book } = run;
  const { price, quantity } = fillOf(run, fill);
  const units = absolute(quantity);
  const did = `${quantity > 0n ? 'bought' : 'sold'} ${text(units)} at ${text(price)}`;
  const notional = text(absolute(fillCost(quantity, price)));
  return [
    line(utcText(book.fills.at(fill) as EpochMs), named(book.fills.leg(fill)), did),
    line('', 'Notional', `${text(price)} x ${text(units)} = ${notional}`),
    line('', 'Fee', `${text(book.feeOf(fill))} (${book.fills.liquidity(fill)})`),
  ];
}

/** The tier that the notional lies in, and what it asks for at entry. */
function maintenanceLines({ position: { cost } }: MarginAccount, { setup }: OnMargin): readonly string[] {
  const notional = absolute(cost) as Money;
  const { rows } = setup.tiers;
  const tier = setup.tiers.at(notional);
  const place = `tier ${rows.indexOf(tier) + 1}, notional ${text(tier.floor)} to ${text(tier.cap)}`;
  return [
    line('', 'Maintenance', `${place}: rate ${text(tier.maintenanceRate)}, amount ${text(tier.maintenanceAmount)}`),
  ];
}

/** The formula of the liquidation price with its numbers. */
function levelLine({ position, collateral, terms }: MarginAccount): string {
  const level = liquidationLevel(position, collateral, terms);
  const label = 'Liquidation price';
  if (level === undefined) return line('', label, 'none: no price above 0 reaches it');
  const sign = position.quantity > 0n ? '-' : '+';
  const units = text(absolute(position.quantity));
  const isOwed = level.amount < 0n;
  const amountSign = isOwed === (sign === '-') ? '+' : '-';
  const backing = `${sign} ${text(collateral)} ${amountSign} ${text(absolute(level.amount))}`;
  const value = `(${text(absolute(position.cost))} ${backing})`;
  const divisor = `(${units} x (1 ${sign} ${text(level.rate)}))`;
  return line(
    '',
    label,
    `${value} / ${divisor} = ${text(level.price)}, on the tick towards the entry (tier ${level.tier})`,
  );
}

function outcomeLines(
  { run: { book }, k }: AccountTrade,
  margin: OnMargin | undefined,
  { before, after }: TradeBalances,
): readonly string[] {
  const fees = book.feesOf(k);
  const funding = book.fundingOf(k);
  const covered = book.coveredInTrade(k);
  const pnl = book.pnlOf(k);
  const traded = (pnl + fees - funding - covered) as Money;
  const others = after - before - pnl;
  return [
    line('', 'P&L of the prices', text(traded)),
    line('', 'Fees', text(-fees as Money)),
    ...(margin ? [line('', 'Funding', text(funding)), line('', 'Borne by the venue', text(covered))] : []),
    line('', pnl < 0n ? 'Loss' : 'Profit', text(pnl)),
    ...(others === 0n ? [] : [line('', 'Other trades then', text(others as Money))]),
    line('', 'Balance after', text(after)),
  ];
}

function fillOf({ book, grid }: SymbolRun, fill: number): { price: Price; quantity: Quantity } {
  const quantity = book.fills.quantity(fill);
  const units = grid.exactQuantity(Math.abs(quantity) as GridQuantity);
  return {
    price: grid.exactPrice(book.fills.price(fill)),
    quantity: (quantity < 0 ? -units : units) as Quantity,
  };
}

function rateOf({ book, grid }: SymbolRun, fill: number) {
  return book.fills.liquidity(fill) === 'maker' ? grid.exactMakerRate : grid.exactTakerRate;
}

function named(leg: string): string {
  return `${leg.charAt(0).toUpperCase()}${leg.slice(1)}`;
}

function line(at: string, label: string, said: string): string {
  return `${at.padEnd(INDENT.length)}${label.padEnd(LABEL_WIDTH)}${said}`;
}
