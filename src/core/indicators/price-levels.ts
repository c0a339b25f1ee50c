/** So many levels are kept; when one more comes, the one that has gone longest without a touch is forgotten. */
const MOST_LEVELS = 64;

/** Prices at which the market has turned: each level is the mean of the turns that came near it. */
export class PriceLevels {
  /** Ascending: a turn moves its level only toward itself, so never past another one. */
  private readonly prices = new Float64Array(MOST_LEVELS);
  private readonly touches = new Float64Array(MOST_LEVELS);
  /** Which turn, of all that came, was the last to touch it. */
  private readonly lastTouch = new Float64Array(MOST_LEVELS);
  private readonly rows = [this.prices, this.touches, this.lastTouch];
  private count = 0;
  private turns = 0;
  /** Of the price that was asked for last; the next one is not far. */
  private place = 0;

  /**
   * A turn at `price`: it joins the nearest level, of two the lower one, if that is at most `tolerance` away, or else
   * it makes a new one.
   */
  add(price: number, tolerance: number): void {
    const { prices, touches } = this;
    let k = this.nearest(price);
    if (this.count === 0 || Math.abs(prices[k] - price) > tolerance) {
      if (this.count === MOST_LEVELS) this.forgetOldest();
      k = this.placeOf(price);
      this.insert(k, price);
    } else {
      touches[k]++;
      prices[k] += (price - prices[k]) / touches[k];
    }
    this.lastTouch[k] = this.turns++;
  }

  /** The highest level at or below `price`, NaN when there is none. */
  below(price: number): number {
    const place = this.placeOf(price);
    return place === 0 ? NaN : this.prices[place - 1];
  }

  /** The lowest level above `price`, NaN when there is none. */
  above(price: number): number {
    const place = this.placeOf(price);
    return place === this.count ? NaN : this.prices[place];
  }

  /** How many levels are at or below `price`. */
  private placeOf(price: number): number {
    const { prices, count } = this;
    let place = Math.min(this.place, count);
    while (place < count && prices[place] <= price) place++;
    while (place > 0 && prices[place - 1] > price) place--;
    this.place = place;
    return place;
  }

  private nearest(price: number): number {
    const { prices, count } = this;
    const place = this.placeOf(price);
    if (place === 0) return 0;
    if (place === count) return count - 1;
    return price - prices[place - 1] <= prices[place] - price ? place - 1 : place;
  }

  private insert(k: number, price: number): void {
    for (const row of this.rows) row.copyWithin(k + 1, k, this.count);
    this.prices[k] = price;
    this.touches[k] = 1;
    this.count++;
  }

  private forgetOldest(): void {
    let oldest = 0;
    for (let k = 1; k < this.count; k++) if (this.lastTouch[k] < this.lastTouch[oldest]) oldest = k;
    for (const row of this.rows) row.copyWithin(oldest, oldest + 1, this.count);
    this.count--;
  }
}
