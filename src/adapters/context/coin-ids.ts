/**
 * CoinGecko's ids of base currencies. Ticker symbols are ambiguous there (there are many a PEPE), so nothing is looked up
 * by them: a base that is not here has no data.
 */
export const COIN_IDS: Readonly<Record<string, string>> = {
  AAVE: 'aave',
  ADA: 'cardano',
  APT: 'aptos',
  ARB: 'arbitrum',
  ATOM: 'cosmos',
  AVAX: 'avalanche-2',
  BCH: 'bitcoin-cash',
  BNB: 'binancecoin',
  BTC: 'bitcoin',
  DOGE: 'dogecoin',
  DOT: 'polkadot',
  ETC: 'ethereum-classic',
  ETH: 'ethereum',
  FIL: 'filecoin',
  LINK: 'chainlink',
  LTC: 'litecoin',
  NEAR: 'near',
  OP: 'optimism',
  PEPE: 'pepe',
  SHIB: 'shiba-inu',
  SOL: 'solana',
  SUI: 'sui',
  TON: 'the-open-network',
  TRX: 'tron',
  UNI: 'uniswap',
  XLM: 'stellar',
  XRP: 'ripple',
};
