/** The store's file in DATA_DIR. */
export const DATABASE = 'autotrader.db';
