/** How a service is doing as a whole, until it is told otherwise. */
export interface Conditions {
  /** Its clock less the machine's, ms. */
  skewMs: number;
  /** Wall time until a listing shows a new or changed order, and a fill. */
  orderLagMs: number;
  fillLagMs: number;
  /** It answers nothing but that it is being worked on. */
  maintenance: boolean;
  /** The most that an order takes of a candle's volume, a fraction above 0; undefined for as much as it wants. */
  volumeShare: number | undefined;
  /** Orders with a trigger, and stops that come with an entry, are refused. */
  rejectStops: boolean;
  /** Whether it counts requests against its limits; without, a run in lock-step goes as fast as it can. */
  rateLimits: boolean;
}

export function fairConditions(): Conditions {
  return {
    skewMs: 0,
    orderLagMs: 0,
    fillLagMs: 0,
    maintenance: false,
    volumeShare: undefined,
    rejectStops: false,
    rateLimits: true,
  };
}
