import type { Order } from '#core/orders.ts';
import type { BybitCancelType, BybitRejectReason } from '#protocols/bybit-words.ts';
import type { Book } from './book.ts';
import type { OrderRecord } from './order-record.ts';

/** What the core's exchange says when it ends an order, as Bybit says it. */
const ENDINGS: Readonly<Record<string, readonly [BybitCancelType, BybitRejectReason]>> = {
  'what cannot trade at once is not left resting': ['UNKNOWN', 'EC_NoImmediateQtyToFill'],
  'the position is closed': ['CancelByReduceOnly', 'EC_NoError'],
  'there is no position left to reduce': ['CancelByReduceOnly', 'EC_NoError'],
  'the position was smaller than the order': ['CancelByReduceOnly', 'EC_NoError'],
  'its position is being closed': ['CancelByReduceOnly', 'EC_NoError'],
  'the other one of the pair filled': ['CancelByOCO', 'EC_NoError'],
  'it is post-only and would take': ['UNKNOWN', 'EC_PostOnlyWillTakeLiquidity'],
  CancelByUser: ['CancelByUser', 'EC_PerCancelRequest'],
  CancelByTpSlTsClear: ['CancelByTpSlTsClear', 'EC_NoError'],
  CancelByOCO: ['CancelByOCO', 'EC_NoError'],
  CancelByPrepareLiq: ['CancelByPrepareLiq', 'EC_NoError'],
};

/** Takes over how an order stands on the exchange. */
export function noteCoreState(record: OrderRecord, core: Order, book: Book): void {
  const { state } = core;
  record.updatedTime = book.account.momentOf(book.series);
  record.filled = core.filled;
  // What the exchange made of an entry grows with it.
  if (core.leg === 'stop' || core.leg === 'target') record.terms = { ...record.terms, quantity: core.quantity };
  if (record.terms.trigger !== undefined && core.type !== 'limit' && core.price !== undefined) {
    record.terms = { ...record.terms, trigger: { ...record.terms.trigger, price: core.price } };
  }
  switch (state.kind) {
    case 'filled':
      record.status = 'Filled';
      return;
    case 'open':
      record.status = openStatus(record, core);
      return;
    case 'canceled':
    case 'expired': {
      const [cancelType, rejectReason] = endingOf(record, core, state.why, book);
      record.status = 'Cancelled';
      record.cancelType = cancelType;
      record.rejectReason = rejectReason;
      return;
    }
    case 'rejected':
    case 'intended':
    case 'submitted':
    case 'unknown':
      return;
  }
}

function openStatus({ terms }: OrderRecord, core: Order): OrderRecord['status'] {
  if (core.filled > 0) return 'PartiallyFilled';
  return terms.trigger !== undefined && core.progress?.triggered !== true ? 'Untriggered' : 'New';
}

function endingOf(
  { terms }: OrderRecord,
  core: Order,
  why: string,
  { position }: Book,
): readonly [BybitCancelType, BybitRejectReason] {
  const isChild = terms.createType !== 'CreateByUser' && terms.createType !== 'CreateByLiq';
  if (isChild && position === 0 && why !== 'CancelByUser') return ['CancelByTpSlTsClear', 'EC_NoError'];
  if (core.timeInForce === 'fok') return ['UNKNOWN', 'EC_CancelForNoFullFill'];
  return ENDINGS[why] ?? ['UNKNOWN', 'EC_Others'];
}
