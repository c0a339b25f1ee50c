import type { VirtualClock } from '#adapters/clock/virtual.ts';
import type {
  Broker,
  BrokerListener,
  PlaceAnswer,
  WireChange,
  WireOrder,
  WireOrderId,
} from '#adapters/venues/broker.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { FeeRates } from '#core/instruments.ts';
import { money } from '#core/money.ts';
import type { Chance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import {
  type CancelAnswer,
  type Capabilities,
  type FillPage,
  type OrderReport,
  type SubmitAnswer,
  type VenueAccount,
  type VenueInstrument,
  type VenuePosition,
  VenueUnavailable,
} from '#ports/venue.ts';
import { FEES, type ScriptedAccount, type Told } from './scripted-account.ts';

/** What goes wrong on the wire, each as a probability. */
export interface WireFaults {
  /** A request never comes, or its answer does not. */
  readonly lostRequests: number;
  readonly lostAnswers: number;
  /** It comes after its time limit, before the end of its window. */
  readonly lateRequests: number;
  readonly failedReads: number;
  readonly muted: number;
  readonly doubled: number;
  /** It comes up to some seconds later, so that others come before. */
  readonly delayed: number;
  readonly gaps: number;
}

export const NO_FAULTS: WireFaults = {
  lostRequests: 0,
  lostAnswers: 0,
  lateRequests: 0,
  failedReads: 0,
  muted: 0,
  doubled: 0,
  delayed: 0,
  gaps: 0,
};

const TIMEOUT_MS = 3_000;
const WINDOW_MS = 5_000;
const OVERLAP_MS = 60_000;
const LONGEST_HOP_MS = 80;

export interface Wire {
  readonly account: ScriptedAccount;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly attachedStop: Capabilities['attachedStop'];
  readonly faults: () => WireFaults;
  /** The end of the engine at this end of it. */
  readonly crash: AbortSignal;
  /** Told of what arrives, before it is acted on. */
  readonly onPlace: (order: WireOrder) => void;
  /** Told of each question. */
  readonly onRead: () => void;
}

/** The wire between one life of an engine and an account: what is on its way when the engine ends still comes there. */
export class ScriptedBroker implements Broker {
  readonly name = 'Bybit';
  readonly capabilities: Capabilities;
  readonly provenAbsentAfterMs = 7_500;
  readonly restingExitsHold = false;
  /** Whether nothing answers. */
  isDown = false;
  private readonly wire: Wire;

  constructor(wire: Wire) {
    this.wire = wire;
    const { attachedStop } = wire;
    const rest = { levelsFromFill: false, trailingStop: false, shorting: true, fractional: true, leverage: true };
    this.capabilities = { attachedStop, ...rest };
  }

  attachedStop(): Capabilities['attachedStop'] {
    return this.capabilities.attachedStop;
  }

  async stream(listener: BrokerListener, abort: AbortSignal): Promise<void> {
    await this.read(() => undefined);
    const { chance, faults, account, crash } = this.wire;
    const deliver = (tell: () => void) => {
      if (abort.aborted || crash.aborted) return;
      const { muted, doubled, delayed, gaps } = faults();
      if (this.happens(gaps)) this.later(chance.next() * 2_000, () => listener.onGap());
      if (this.happens(muted)) return;
      const ms = chance.next() * (this.happens(delayed) ? 4_000 : LONGEST_HOP_MS);
      this.later(ms, tell);
      if (this.happens(doubled)) this.later(ms + chance.next() * 3_000, tell);
    };
    account.hear = {
      onOrder: (report) => deliver(() => listener.onOrder(report)),
      onFill: (fill) => deliver(() => listener.onFill(fill)),
    };
    listener.onGap();
  }

  async place(order: WireOrder): Promise<PlaceAnswer> {
    const { account, onPlace } = this.wire;
    const { symbol, clientOrderId } = order;
    const answer = await this.write(() => {
      if (account.placed.some((one) => one.clientOrderId === clientOrderId)) return { kind: 'there' } as const;
      onPlace(order);
      const taken = account.place(order);
      if ('refusal' in taken) return { kind: 'rejected', why: taken.refusal } as const;
      return { kind: 'accepted', venueOrderId: taken.venueOrderId } as const;
    });
    if (answer === undefined) return { kind: 'unknown', why: 'no answer came' };
    if (answer.kind !== 'there') return answer;
    const shown = await this.order({ symbol, clientOrderId, venueOrderId: undefined }).catch(() => undefined);
    if (shown === undefined) return { kind: 'unknown', why: 'its id was used before' };
    return { kind: 'accepted', venueOrderId: shown.venueOrderId };
  }

  async amend(id: WireOrderId, change: WireChange): Promise<SubmitAnswer> {
    const { account } = this.wire;
    const answer = await this.write((): SubmitAnswer => {
      const placed = this.find(id);
      if (placed === undefined) return { kind: 'rejected', why: 'there is none' };
      return account.amend(placed, {
        ...(change.price !== undefined && { price: account.grid.gridPrice(change.price) }),
        ...(change.quantity !== undefined && { quantity: account.grid.gridQuantity(change.quantity) }),
      });
    });
    return answer ?? { kind: 'unknown', why: 'no answer came' };
  }

  async cancel(id: WireOrderId): Promise<CancelAnswer> {
    const answer = await this.write((): CancelAnswer => {
      const placed = this.find(id);
      return { kind: placed !== undefined && this.wire.account.cancel(placed) ? 'canceled' : 'not-working' };
    });
    return answer ?? { kind: 'unknown', why: 'no answer came' };
  }

  async cancelAll(): Promise<CancelAnswer> {
    return { kind: 'not-working' };
  }

  async setLeverage(): Promise<SubmitAnswer> {
    return { kind: 'accepted' };
  }

  order(id: WireOrderId): Promise<OrderReport | undefined> {
    return this.read(() => this.visible(this.find(id)?.reports ?? []));
  }

  openOrders(): Promise<readonly OrderReport[]> {
    return this.read(() =>
      this.wire.account.placed
        .map(({ reports }) => this.visible(reports))
        .filter((report) => report !== undefined)
        .filter(({ state }) => state === 'open'),
    );
  }

  positions(): Promise<readonly VenuePosition[]> {
    return this.read(() => {
      const { grid, symbol, positions } = this.wire.account;
      const held = this.visible(positions) ?? (0 as GridQuantity);
      if (held === 0) return [];
      const quantity = grid.exactQuantity(held);
      const entryPrice = grid.exactPrice(1 as GridPrice);
      return [{ symbol, quantity, entryPrice, leverage: undefined, liquidationPrice: undefined }];
    });
  }

  cursorAt(time: EpochMs): string {
    return JSON.stringify({ from: time, seen: [] });
  }

  fillsSince(cursor: string): Promise<FillPage> {
    return this.read(() => {
      const { from, seen } = JSON.parse(cursor) as { from: number; seen: string[] };
      const now = this.wire.clock.wall();
      const all = this.wire.account.fills
        .filter(({ what, visibleAt }) => visibleAt <= now && what.executedAt >= from)
        .map(({ what }) => what);
      const next = Math.max(from, (all.at(-1)?.executedAt ?? from) - OVERLAP_MS);
      const named = all.filter(({ executedAt }) => executedAt >= next).map(({ venueTradeId }) => venueTradeId);
      return {
        fills: all.filter(({ venueTradeId }) => !seen.includes(venueTradeId)),
        funding: [],
        cursor: JSON.stringify({ from: next, seen: named }),
      };
    });
  }

  account(): Promise<VenueAccount> {
    const million = money('1000000');
    return this.read(() => ({
      currency: 'USDT',
      equity: million,
      balance: million,
      available: million,
      marginMode: 'isolated',
      permissions: { trade: true, withdraw: false },
    }));
  }

  async feeRates(): Promise<FeeRates> {
    return FEES;
  }

  async instrument(): Promise<VenueInstrument | undefined> {
    return undefined;
  }

  async instruments(): Promise<readonly VenueInstrument[]> {
    return [];
  }

  async serverTime(): Promise<EpochMs> {
    return this.wire.clock.wall();
  }

  close(): void {
    this.wire.account.hear = undefined;
  }

  private find({ clientOrderId, venueOrderId }: WireOrderId) {
    return this.wire.account.placed.find((placed) =>
      venueOrderId === undefined ? placed.clientOrderId === clientOrderId : placed.venueOrderId === venueOrderId,
    );
  }

  private visible<What>(told: readonly Told<What>[]): What | undefined {
    const now = this.wire.clock.wall();
    return told.findLast(({ visibleAt }) => visibleAt <= now)?.what;
  }

  private happens(probability: number): boolean {
    return this.wire.chance.next() < probability;
  }

  private hop(): number {
    return 5 + this.wire.chance.next() * LONGEST_HOP_MS;
  }

  /** @throws VenueUnavailable */
  private async read<What>(look: () => What): Promise<What> {
    this.wire.onRead();
    await this.pause(this.hop());
    if (this.isDown || this.happens(this.wire.faults().failedReads)) {
      await this.pause(TIMEOUT_MS);
      throw new VenueUnavailable('Cannot read of Bybit as Bybit must answer: no answer came');
    }
    const seen = look();
    await this.pause(this.hop());
    return seen;
  }

  /** @returns undefined when no answer came. */
  private write<What>(act: () => What): Promise<What | undefined> {
    const { clock, chance, faults } = this.wire;
    const { lostRequests, lostAnswers, lateRequests } = faults();
    const { promise, resolve } = Promise.withResolvers<What | undefined>();
    const isLost = this.isDown || this.happens(lostRequests);
    const isLate = !isLost && this.happens(lateRequests);
    const isUnheard = isLost || isLate || this.happens(lostAnswers);
    const takesMs = isLate ? TIMEOUT_MS + chance.next() * (WINDOW_MS - TIMEOUT_MS) : this.hop();
    // Once it left, it comes there whatever becomes of the engine.
    const come = () => {
      const answer = act();
      if (!isUnheard) this.later(this.hop(), () => resolve(answer));
    };
    if (!isLost) clock.at(takesMs, come);
    if (isUnheard) this.later(TIMEOUT_MS, () => resolve(undefined));
    return promise;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.later(ms, resolve));
  }

  private later(ms: number, happen: () => void): void {
    this.wire.clock.at(ms, () => {
      if (!this.wire.crash.aborted) happen();
    });
  }
}
