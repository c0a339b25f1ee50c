import { fundingPayment } from '#core/margin/funding.ts';
import { dailyInterest } from '#core/margin/interest.ts';
import { closingFee, initialMargin, liquidationLevel } from '#core/margin/liquidation.ts';
import type { MarginAccount } from '#core/margin/margin-account.ts';
import { fillCost } from '#core/margin/position.ts';
import { absolute } from '#core/margin/rounding.ts';
import type { MarginTiers } from '#core/margin/tiers.ts';
import { formatDecimal, type Money, type Quantity } from '#core/money.ts';
import type { BookedCarry } from '#core/positions.ts';
import type { EpochMs } from '#core/time.ts';
import type { AccountTrade } from '#engine/account-trades.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { InputError } from '../errors.ts';
import { exactFill, type Move, movesOf } from './account-moves.ts';
import { type BacktestResult, type OnMargin, termsOf } from './backtest-result.ts';
import { ReplayedMargin } from './replayed-margin.ts';
import { utcText } from './time-text.ts';

const INDENT = ' '.repeat('yyyy-mm-dd hh:mm  '.length);
const LABEL_WIDTH = 22;

const text = formatDecimal;

/**
 * How a trade came out, line by line and in exact decimals. On margin, the fills and the funding of the account are booked
 * once more from its first balance on, so that every number of a formula is there.
 *
 * @param number From 1, as trades are listed. @throws InputError when there is no such trade.
 */
export function explainTrade(result: BacktestResult, number: number): string {
  const { analysis, margin } = result;
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
  const lines = [
    `Trade ${number} of ${analysis.trades.length}: ${side} ${trade.run.owner.symbol}, ${end}`,
    ...(margin ? [termsLine(margin)] : []),
    ...moveLines(result, trade),
  ];
  return `${lines.join('\n')}\n`;
}

/** Its fills with the funding between them, in the order in which they came; what others do meanwhile moves the balance. */
function moveLines({ account, order, margin }: BacktestResult, trade: AccountTrade): readonly string[] {
  const moves = [...movesOf(order)];
  const isOurs = ({ run, k }: Move) => run === trade.run && k === trade.k;
  const [first, last] = [moves.findIndex(isOurs), moves.findLastIndex(isOurs)];
  const replayed = margin && new ReplayedMargin(margin, account);
  const lines: string[] = [];
  let balance = account.startingBalance as bigint;
  let before = balance;
  for (const [n, move] of moves.slice(0, last + 1).entries()) {
    if (n === first) {
      before = balance;
      lines.push(line('', 'Balance before', text(before as Money)));
    }
    if (isOurs(move)) lines.push(...ourLines(move, margin, replayed));
    else replayed?.book(move);
    balance += move.amount;
  }
  const isOver = trade.k < trade.run.book.trades.closed;
  return [...lines, ...(isOver ? outcomeLines(trade, margin, before, balance) : [])];
}

function ourLines(move: Move, margin: OnMargin | undefined, replayed: ReplayedMargin | undefined): readonly string[] {
  const { run, k, did } = move;
  replayed?.mark(move.at, 'open');
  if ('carry' in did) {
    replayed?.book(move);
    return carryLines(run, did.carry, replayed);
  }
  const isOpening = run.book.fills.quantity(did.fill) > 0 === run.book.trades.quantity[k]! > 0;
  if (isOpening) return openingLines(move, did.fill, margin, replayed);
  return run.book.fills.leg(did.fill) === 'liquidation' && replayed !== undefined
    ? liquidationLines(move, did.fill, replayed)
    : closingLines(move, did.fill, replayed);
}

function termsLine(margin: OnMargin): string {
  const { model, marginMode, leverage } = termsOf(margin);
  return line('', 'Margin', `${marginMode}, leverage ${text(leverage)}, reckoned as "${model.name}"`);
}

function openingLines(
  move: Move,
  fill: number,
  margin: OnMargin | undefined,
  replayed: ReplayedMargin | undefined,
): readonly string[] {
  const { run } = move;
  const { price, quantity } = exactFill(run, fill);
  const cost = absolute(fillCost(quantity, price)) as Money;
  const lines = fillLines(run, fill);
  if (margin === undefined || replayed === undefined) return lines;
  replayed.book(move);
  const account = replayed.of(run);
  const { terms, position } = account;
  lines.push(
    line(
      '',
      'Initial margin',
      `${text(cost)} / ${text(terms.leverage)} = ${text(initialMargin(cost, terms.leverage))}`,
    ),
  );
  if (terms.model.closingFee === 'at-bankruptcy' && terms.marginMode === 'isolated') {
    lines.push(line('', 'Locked for closing', text(closingFee(position, terms))));
  }
  const { tiers } = margin.setup.contracts.get(run.owner.symbol)!;
  return [...lines, ...maintenanceLines(account, tiers), ...levelLines(run, replayed)];
}

function closingLines(move: Move, fill: number, replayed: ReplayedMargin | undefined): readonly string[] {
  const { run } = move;
  const [did, ...rest] = fillLines(run, fill);
  replayed?.book(move);
  const isOver = replayed === undefined || replayed.of(run).position.quantity === 0n;
  return [did!, candleLine(run, fill), ...rest, ...(isOver ? [] : levelLines(run, replayed))];
}

/** Positions in cross margin stand together: what the others have moved by the close may end one that its own low did not. */
function liquidationLines(move: Move, fill: number, replayed: ReplayedMargin): readonly string[] {
  const { run, at } = move;
  const { quantity } = exactFill(run, fill);
  const [did, ...rest] = fillLines(run, fill);
  const account = replayed.of(run);
  const isLong = quantity < 0n;
  const { low, high } = run.candles.at(run.candles.indexAt(at));
  const reached = run.grid.exactPrice(run.grid.priceOf(isLong ? low : high));
  const atOpen = account.liquidationPrice();
  const isInside = atOpen !== undefined && (isLong ? reached <= atOpen : reached >= atOpen);
  if (!isInside) replayed.mark(at, 'close');
  const where = isInside ? (isLong ? 'low' : 'high') : 'close';
  const level = text(account.liquidationPrice()!);
  const others = othersLines(run, replayed);
  const backing = others.length === 0 ? [] : levelLines(run, replayed);
  const before = account.wallet;
  replayed.book(move);
  return [
    did!,
    candleLine(run, fill),
    ...rest,
    ...backing,
    line('', 'Reached', `the ${where} is at or ${isLong ? 'below' : 'above'} ${level}`),
    line('', 'Kept by the venue', text(-run.book.coveredOf(fill) as Money)),
    line('', 'Loss of the backing', text((before - account.wallet) as Money)),
  ];
}

/** The candle that a fill happened in. */
function candleLine({ book, candles }: SymbolRun, fill: number): string {
  const { open, high, low, close } = candles.at(candles.indexAt(book.fills.at(fill)));
  return line('', 'Candle', `open ${open}, high ${high}, low ${low}, close ${close}`);
}

/** What a payment came of, and where it leaves the liquidation price. */
function carryLines(run: SymbolRun, payment: BookedCarry, replayed: ReplayedMargin | undefined): readonly string[] {
  const { at, kind, amount } = payment;
  const { due, formula } = kind === 'funding' ? fundingFormula(payment) : interestFormula(payment, replayed!.of(run));
  const moved = due === amount ? formula : `${formula}, of which there was ${text(amount)}`;
  const isHeld = replayed !== undefined && replayed.of(run).position.quantity !== 0n;
  return [line(utcText(at), named(kind), moved), ...(isHeld ? levelLines(run, replayed) : [])];
}

interface Formula {
  readonly due: Money;
  readonly formula: string;
}

function fundingFormula({ quantity, mark, rate }: BookedCarry): Formula {
  const due = fundingPayment(quantity, mark, rate);
  return { due, formula: `${text(-quantity as Quantity)} x mark ${text(mark)} x rate ${text(rate)} = ${text(due)}` };
}

function interestFormula({ quantity, mark, rate }: BookedCarry, { terms }: MarginAccount): Formula {
  const { leverage } = terms;
  const due = -dailyInterest(quantity, mark, leverage, rate) as Money;
  const borrowed = `${text(absolute(quantity))} x mark ${text(mark)}`;
  const share = quantity < 0n ? '' : ` x (1 - 1 / ${text(leverage)})`;
  return { due, formula: `${borrowed}${share} x rate a day ${text(rate)} = ${text(-due as Money)} paid` };
}

/** What a fill did, whatever stands behind it. */
function fillLines(run: SymbolRun, fill: number): string[] {
  const { book } = run;
  const { price, quantity } = exactFill(run, fill);
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
function maintenanceLines({ position: { cost } }: MarginAccount, tiers: MarginTiers): readonly string[] {
  const notional = absolute(cost) as Money;
  const tier = tiers.at(notional);
  const place = `tier ${tiers.rows.indexOf(tier) + 1}, notional ${text(tier.floor)} to ${text(tier.cap)}`;
  return [
    line('', 'Maintenance', `${place}: rate ${text(tier.maintenanceRate)}, amount ${text(tier.maintenanceAmount)}`),
  ];
}

/** The formula of the liquidation price with its numbers, and where other positions move it, what backs this one. */
function levelLines(run: SymbolRun, replayed: ReplayedMargin): readonly string[] {
  return [...othersLines(run, replayed), levelLine(replayed.of(run))];
}

function othersLines(run: SymbolRun, replayed: ReplayedMargin): readonly string[] {
  const { wallet, collateral, isBackedByOthers } = replayed.of(run);
  const others = isBackedByOthers ? replayed.besides(run) : [];
  if (others.length === 0) return [];
  const sum = (part: 'unrealized' | 'maintenance') => others.reduce((all, [, account]) => all + account[part], 0n);
  const parts = `${text(wallet)} + ${text(sum('unrealized') as Money)} - ${text(sum('maintenance') as Money)}`;
  return [
    ...others.map(([{ owner }, { position, mark, unrealized, maintenance }]) => {
      const held = `${text(position.quantity)} ${owner.symbol} at mark ${text(mark)}`;
      return line('', 'Beside it', `${held}: gained ${text(unrealized)}, must keep ${text(maintenance)}`);
    }),
    line('', 'Backed by', `balance and gains less what others must keep: ${parts} = ${text(collateral)}`),
  ];
}

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
  before: bigint,
  after: bigint,
): readonly string[] {
  const fees = book.feesOf(k);
  const funding = book.carryOf(k, 'funding');
  const interest = book.carryOf(k, 'interest');
  const covered = book.coveredInTrade(k);
  const pnl = book.pnlOf(k);
  const traded = (pnl + fees - funding - interest - covered) as Money;
  const others = after - before - pnl;
  return [
    line('', 'P&L of the prices', text(traded)),
    line('', 'Fees', text(-fees as Money)),
    ...(margin ? [line('', 'Funding', text(funding))] : []),
    ...(interest === 0n ? [] : [line('', 'Interest', text(interest))]),
    ...(margin ? [line('', 'Borne by the venue', text(covered))] : []),
    line('', pnl < 0n ? 'Loss' : 'Profit', text(pnl)),
    ...(others === 0n ? [] : [line('', 'Other trades then', text(others as Money))]),
    line('', 'Balance after', text(after as Money)),
  ];
}

function named(leg: string): string {
  return `${leg.charAt(0).toUpperCase()}${leg.slice(1)}`;
}

function line(at: string, label: string, said: string): string {
  return `${at.padEnd(INDENT.length)}${label.padEnd(LABEL_WIDTH)}${said}`;
}
