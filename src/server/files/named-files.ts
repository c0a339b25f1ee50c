import type { MarketSymbol } from '#core/instruments.ts';
import { InputError } from '../errors.ts';

/** A file that was asked for: for the symbol that was named with it, or for the one that its name tells of. */
export interface NamedFile {
  readonly symbol: MarketSymbol | undefined;
  readonly path: string;
}

/** A path as it stands on a command line, perhaps after a symbol and "=": "BTC/USDT=a.csv". */
export function namedFile(text: string): NamedFile {
  const [, symbol, path = text] = /^(?:([^=/]+\/[^=/]+)=)?(.+)$/.exec(text) ?? [];
  return { symbol: symbol as MarketSymbol | undefined, path };
}

/**
 * Files by the symbol they are of; one whose name tells of none is of the first symbol.
 *
 * @param action What cannot be done with a file, for example "replay".
 * @throws InputError for two files of one symbol.
 */
export function filesBySymbol<File extends NamedFile>(
  files: readonly File[],
  symbols: readonly MarketSymbol[],
  action: string,
): Map<MarketSymbol, File> {
  const found = new Map<MarketSymbol, File>();
  for (const file of files) {
    const symbol = file.symbol ?? symbolIn(file.path, symbols);
    if (found.has(symbol)) {
      throw new InputError(
        `Cannot ${action} "${file.path}" as each symbol may have one file: ${symbol} has another one; ` +
          'leave one out, or name its symbol: SYMBOL=FILE',
      );
    }
    found.set(symbol, file);
  }
  return found;
}

/** The symbol that a file's name tells of ("bybit_linear_BTCUSDT_5m.csv"), or the first one. */
function symbolIn(path: string, symbols: readonly MarketSymbol[]): MarketSymbol {
  const plain = path.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return symbols.find((symbol) => plain.includes(symbol.replace('/', ''))) ?? symbols[0]!;
}
