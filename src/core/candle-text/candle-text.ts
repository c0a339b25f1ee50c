import { type Candle, Candles } from '../candles.ts';
import { Column } from '../indicators/column.ts';
import { DECIMALS, decimalOf } from '../money.ts';
import { ALWAYS } from '../sessions/always.ts';
import { isOpen, type SessionCalendar } from '../sessions/calendar.ts';
import type { EpochMs, Timeframe } from '../time.ts';
import type { Gap } from './candle-gaps.ts';
import { CANDLE_HEADER, checkHeader, readCandleRow } from './candle-row.ts';
import { keepRows, NONE_OUTSIDE, type RowsOutside, rowsInSessions } from './candle-sessions.ts';
import { FIRST_LINE, gapsOfRows, timeframeOfRows } from './candle-spacing.ts';
import { CandleTextError } from './candle-text-error.ts';
import { DecimalReader } from './decimal-reader.ts';
import { DecimalStep } from './decimal-step.ts';

export { CANDLE_HEADER } from './candle-row.ts';
export { CandleTextError } from './candle-text-error.ts';

/** The columns of a row. */
const [TIME, OPEN, HIGH, LOW, CLOSE, VOLUME] = [0, 1, 2, 3, 4, 5] as const;

const NEWLINE = 10;
const RETURN = 13;

const FIRST_CAPACITY = 1 << 14;
const LONGEST_LINE = 1024;

/** A high or low farther than this fraction from the nearer of open and close is called a wick. */
const WICK_FRACTION = 0.5;

/** The finest lot that a volume tells; and the lot when no row has any volume. */
const LOT_DECIMALS = 8;
const LOT_WITHOUT_VOLUME = '0.000001';

export interface CandleTextOptions {
  /** Found as the most common distance between rows when it is not given. */
  readonly timeframe?: Timeframe | undefined;
  /** Lists missing candles instead of refusing them. */
  readonly allowGaps?: boolean | undefined;
  /** When the market trades, always when left out. What lies outside of its sessions is left out. */
  readonly calendar?: SessionCalendar | undefined;
}

/** A high more than 50 % above, or a low more than 50 % below, both open and close: likely a bad tick. */
export interface Wick {
  readonly openTime: EpochMs;
  readonly at: 'high' | 'low';
  readonly price: number;
  /** How far from the nearer of open and close, as a positive fraction of it: 0.9999 is 99.99 %. */
  readonly fraction: number;
}

/** What a candle text held. */
export interface CandleText {
  readonly candles: Candles;
  readonly gaps: readonly Gap[];
  /** Rows that were left out as they lie outside of the market's sessions. */
  readonly outside: RowsOutside;
  readonly wicks: readonly Wick[];
  /** The greatest step, at most 1, that every price lies on, as a plain decimal: "0.25". */
  readonly priceTick: string;
  /** 10^-(most decimals of a volume), at most 8 and at most 12 together with the tick's; "0.000001" without volume. */
  readonly quantityLot: string;
}

/**
 * Reads candle CSV text as it streams in: the header `ts,open,high,low,close,volume` (or `time,…`), then one row per
 * candle, oldest first; ts is the open time in UTC ms. Lines end in LF or CRLF; blank ones may stand at the end only.
 * A million rows of 50 MB take about 0.3 s and 48 MB beside the chunks.
 */
export class CandleTextReader {
  private readonly options: CandleTextOptions;
  private readonly reader = new DecimalReader(6);
  private readonly priceStep = new DecimalStep();
  private readonly volumeStep = new DecimalStep();
  readonly openTime = new Column(FIRST_CAPACITY);
  readonly open = new Column(FIRST_CAPACITY);
  readonly high = new Column(FIRST_CAPACITY);
  readonly low = new Column(FIRST_CAPACITY);
  readonly close = new Column(FIRST_CAPACITY);
  readonly volume = new Column(FIRST_CAPACITY);
  private readonly wicks: Wick[] = [];
  private length = 0;
  private lastOpenTime = -1;
  private hasVolume = false;
  private line = 0;
  private blankLine = 0;
  /** A line whose end has not come yet. */
  private readonly tail = new Uint8Array(LONGEST_LINE);
  private tailLength = 0;

  constructor(options: CandleTextOptions = {}) {
    this.options = options;
  }

  /** @throws CandleTextError at the first row that breaks a rule. */
  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.tailLength > 0) {
      const newline = chunk.indexOf(NEWLINE);
      from = newline < 0 ? chunk.length : newline + 1;
      this.keep(chunk.subarray(0, from));
      if (newline < 0) return;
      this.readTail();
    }
    const to = Math.max(from, chunk.lastIndexOf(NEWLINE) + 1);
    this.readLines(chunk, from, to);
    this.keep(chunk.subarray(to));
  }

  /**
   * Call it once, after the last chunk.
   * @throws CandleTextError without a candle, with candles off the timeframe's grid, and with gaps that are not allowed.
   */
  end(): CandleText {
    if (this.tailLength > 0) {
      this.keep(Uint8Array.of(NEWLINE));
      this.readTail();
    }
    const fix = `write "${CANDLE_HEADER}" and a row per candle`;
    if (this.line === 0) throw new CandleTextError(1, 'the text must hold candles: it is empty', fix);
    if (this.length === 0) throw new CandleTextError(1, 'the text must hold candles: it has only a header', fix);
    const openTimes = this.openTime.values.subarray(0, this.length);
    const timeframe = timeframeOfRows(openTimes, this.options.timeframe);
    const calendar = this.options.calendar ?? ALWAYS;
    const rows = calendar === ALWAYS ? undefined : rowsInSessions(openTimes, timeframe, calendar);
    if (rows !== undefined) this.keepOnly(rows.kept);
    const lineOf = (row: number) => (rows === undefined ? row : rows.kept[row]!) + FIRST_LINE;
    const gaps = this.options.allowGaps ? 'allowed' : 'refused';
    return {
      gaps: gapsOfRows(openTimes.subarray(0, this.length), timeframe, calendar, gaps, lineOf),
      candles: new Candles(timeframe, this, this.length, calendar),
      outside: rows?.outside ?? NONE_OUTSIDE,
      // A day may have been dated by its midnight; its wick is where it was read.
      wicks: this.wicks.filter(({ openTime }) => timeframe === '1d' || isOpen(calendar, openTime)),
      priceTick: this.priceStep.toString(),
      quantityLot: this.quantityLot(),
    };
  }

  private keepOnly(rows: Uint32Array): void {
    for (const { values } of [this.openTime, this.open, this.high, this.low, this.close, this.volume]) {
      keepRows(values, rows);
    }
    this.length = rows.length;
  }

  private keep(bytes: Uint8Array): void {
    if (this.tailLength + bytes.length > LONGEST_LINE) {
      const problem = `a line may have up to ${LONGEST_LINE} characters: this one has more`;
      throw new CandleTextError(this.line + 1, problem, 'give plain CSV text, unpacked if it was compressed');
    }
    this.tail.set(bytes, this.tailLength);
    this.tailLength += bytes.length;
  }

  private readTail(): void {
    const length = this.tailLength;
    this.tailLength = 0;
    this.readLines(this.tail, 0, length);
  }

  /** Reads the whole lines in [from, to); the byte before `to` is a newline. */
  private readLines(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      this.line++;
      at = this.line > 1 && this.readRow(bytes, at) ? this.reader.next : this.readSlowly(bytes, at);
    }
  }

  /** Takes the row in when it is plain and sound, at full speed; answers whether it did. */
  private readRow(bytes: Uint8Array, at: number): boolean {
    const { reader, priceStep } = this;
    const { values, digits, decimals } = reader;
    if (!reader.read(bytes, at) || this.blankLine > 0) return false;
    const openTime = values[TIME];
    const open = values[OPEN];
    const high = values[HIGH];
    const low = values[LOW];
    const close = values[CLOSE];
    const volume = values[VOLUME];
    const isSound = decimals[TIME] === 0 && openTime > this.lastOpenTime && low > 0;
    if (!isSound || low > open || low > close || high < open || high < close) return false;
    for (let k = OPEN; k <= CLOSE; k++) priceStep.add(digits[k], decimals[k]);
    if (priceStep.decimals > DECIMALS) return false;
    this.volumeStep.add(digits[VOLUME], decimals[VOLUME]);
    this.append(openTime, open, high, low, close, volume);
    return true;
  }

  /** Reads a header, a blank line, an unusual row, or says what is wrong with it; answers where the next line starts. */
  private readSlowly(bytes: Uint8Array, at: number): number {
    const newline = bytes.indexOf(NEWLINE, at);
    const text = asciiText(bytes, at, bytes[newline - 1] === RETURN ? newline - 1 : newline);
    if (this.line === 1) checkHeader(text);
    else if (text === '') this.blankLine ||= this.line;
    else if (this.blankLine > 0) {
      throw new CandleTextError(this.blankLine, 'a blank line may stand at the end only: rows follow it', 'remove it');
    } else this.appendRow(readCandleRow(text, this.line, this.lastOpenTime));
    return newline + 1;
  }

  private appendRow({ openTime, open, high, low, close, volume }: Candle): void {
    for (const price of [open, high, low, close]) this.priceStep.addNumber(price);
    this.volumeStep.addNumber(volume);
    this.append(openTime, open, high, low, close, volume);
  }

  private append(openTime: number, open: number, high: number, low: number, close: number, volume: number): void {
    const i = this.length++;
    this.openTime.reserve(i + 1)[i] = openTime;
    this.open.reserve(i + 1)[i] = open;
    this.high.reserve(i + 1)[i] = high;
    this.low.reserve(i + 1)[i] = low;
    this.close.reserve(i + 1)[i] = close;
    this.volume.reserve(i + 1)[i] = volume;
    this.lastOpenTime = openTime;
    this.hasVolume ||= volume > 0;
    const top = Math.max(open, close);
    const bottom = Math.min(open, close);
    if (high > top * (1 + WICK_FRACTION)) this.addWick('high', high, high / top - 1);
    if (low < bottom * (1 - WICK_FRACTION)) this.addWick('low', low, 1 - low / bottom);
  }

  private addWick(at: 'high' | 'low', price: number, fraction: number): void {
    this.wicks.push({ openTime: this.lastOpenTime as EpochMs, at, price, fraction });
  }

  private quantityLot(): string {
    if (!this.hasVolume) return LOT_WITHOUT_VOLUME;
    const decimals = Math.min(this.volumeStep.decimals, LOT_DECIMALS, DECIMALS - this.priceStep.decimals);
    return decimals === 0 ? '1' : (10 ** -decimals).toFixed(decimals);
  }
}

/** The text that `CandleTextReader` reads: the header, then each candle with the shortest numbers that read back equal. */
export function formatCandles(candles: Candles): string {
  let text = `${CANDLE_HEADER}\n`;
  for (let i = 0; i < candles.length; i++) {
    const { openTime, open, high, low, close, volume } = candles.at(i);
    text += `${openTime},${decimalOf(open)},${decimalOf(high)},${decimalOf(low)},${decimalOf(close)},${decimalOf(volume)}\n`;
  }
  return text;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < Math.min(to, from + LONGEST_LINE); i++) text += String.fromCharCode(bytes[i]);
  return text;
}
