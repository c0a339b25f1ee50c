import type { Order, RiskApproved } from '#core/orders.ts';
import { approvedBefore } from '#core/risk.ts';
import { REASONS } from '#core/signals.ts';
import type { SubmitAnswer, Venue } from '#ports/venue.ts';
import type { SymbolRun } from './symbol-run.ts';

/** Sends an order whose intent is stored. */
export function send(run: SymbolRun, order: RiskApproved<Order>, venue: Venue): Promise<void> | undefined {
  // One that was proven absent is sent as it is: it never left, whatever was thought of it.
  if (order.state.kind === 'intended') order.submitted();
  const answer = venue.submit(order);
  if (!(answer instanceof Promise)) {
    settle(run, order, answer);
    return undefined;
  }
  return answer.then((late) => settle(run, order, late));
}

function settle(run: SymbolRun, order: Order, answer: SubmitAnswer): void {
  if (answer.kind === 'accepted') return;
  if (answer.kind === 'unknown') {
    // The answer did not come, and the venue may have told of the order all the same.
    if (order.state.kind !== 'submitted') return;
    order.become({ kind: 'unknown' });
  } else {
    if (order.isWorking) order.become({ kind: 'rejected', why: answer.why });
    run.note(run.decided - 1, REASONS.refusedByVenue);
  }
  run.onOrder(order);
}

/**
 * Orders whose intent was stored when the run last stopped, and whose sending was not. What the venue knows of is
 * taken over as it is there; what it proves not to have is sent now, under the same client order id, as long as no
 * candle has closed since.
 */
export async function resendUnsent(run: SymbolRun, orders: readonly Order[], venue: Venue): Promise<void> {
  for (const order of orders) {
    const there = await venue.find(order);
    if (there) {
      if (order.state.kind === 'intended') order.submitted();
      // A venue that tells of it while it is looked up has changed it by then.
      if (order.isWorking) order.become(there);
    } else if (order.intent.occasion >= run.candles.closeTimeAt(run.candles.length - 1)) {
      await send(run, approvedBefore(order), venue);
      continue;
    } else {
      order.become({ kind: 'expired', filled: order.filled, why: 'its candle had passed before it could be sent' });
    }
    run.onOrder(order);
  }
}
