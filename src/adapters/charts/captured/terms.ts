/** What is said, once, before anything is captured. It tells of the site's rules; they are not quoted. */
export const TERMS_WARNING =
  'Warning: the terms of TradingView do not allow automated capture: no robots, scripts or screen scraping, and no use of ' +
  'its data for automated trading. It may ban the account, for good. You use your own account at your own risk; ' +
  'charts that are drawn here need no site and are the default.';
