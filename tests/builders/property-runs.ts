/** How often a property is tried: AUTOTRADER_PROPERTY_RUNS, or a number that takes a second or two. */
export const PROPERTY_RUNS = Number(process.env.AUTOTRADER_PROPERTY_RUNS ?? 500);
