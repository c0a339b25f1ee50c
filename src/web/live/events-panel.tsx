import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { accountsQuery, botsQuery, tradesQuery } from '../api.ts';
import { useDisplay } from '../display.ts';
import { inScope, useScope } from '../scope.ts';
import { formatDay } from '../time-format.ts';
import { SimulatedChip } from '../ui/chips.tsx';
import { Panel } from '../ui/panel.tsx';
import { Empty, PanelError, SkeletonRows } from '../ui/states.tsx';
import { useMarketTime } from '../use-market-time.ts';
import { EventRow } from './event-row.tsx';
import { eventsOf, type LiveEvent } from './events.ts';

interface EventListProps {
  readonly events: readonly LiveEvent[];
  readonly currencyOf: (event: LiveEvent) => string;
}

/** Where the reader is: null at the top, else the newest event that was there when they left it. */
function useReadingPlace(events: readonly LiveEvent[]) {
  const [leftAt, setLeftAt] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const missed =
    leftAt === null
      ? 0
      : Math.max(
          0,
          events.findIndex((event) => event.key === leftAt),
        );
  return {
    list,
    missed,
    onScroll: () => {
      const atTop = (list.current?.scrollTop ?? 0) < 4;
      setLeftAt((before) => (atTop ? null : (before ?? events[0]?.key ?? null)));
    },
    toTop: () => list.current?.scrollTo({ top: 0 }),
  };
}

function EventList({ events, currencyOf }: EventListProps) {
  const { zone } = useDisplay();
  const now = useMarketTime() ?? events.find((event) => event.at !== null)?.at ?? 0;
  const { list, missed, onScroll, toTop } = useReadingPlace(events);
  const dated = events.some((event) => event.at !== null && formatDay(event.at, zone) !== formatDay(now, zone));
  return (
    <>
      {missed > 0 && (
        <button type="button" className="btn sm more" onClick={toTop}>
          {missed} new
        </button>
      )}
      <ul ref={list} className={`list ${dated ? 'dated' : ''}`} onScroll={onScroll}>
        {events.map((event) => (
          <EventRow key={event.key} event={event} currency={currencyOf(event)} now={now} />
        ))}
      </ul>
    </>
  );
}

/** Entries and exits as they come, and the bots that need a look. */
export function EventsPanel() {
  const scope = useScope();
  const query = useQuery(tradesQuery());
  const { data: bots } = useQuery(botsQuery());
  const { data: accounts } = useQuery(accountsQuery());
  const trades = useMemo(() => query.data?.trades.filter((trade) => inScope(trade, scope)) ?? [], [query.data, scope]);
  const events = useMemo(
    () => eventsOf(trades, bots?.bots.filter((bot) => inScope(bot, scope)) ?? []),
    [trades, bots, scope],
  );
  const currencyOf = (event: LiveEvent) => {
    const accountId = 'trade' in event ? event.trade.accountId : event.bot.accountId;
    return accounts?.accounts.find(({ id }) => id === accountId)?.currency ?? 'USD';
  };
  const simulated = trades.some((trade) => trade.simulated);
  return (
    <Panel title="Events" className="events" right={simulated && <SimulatedChip />}>
      {events.length > 0 && <EventList events={events} currencyOf={currencyOf} />}
      {query.data && events.length === 0 && (
        <Empty title="Nothing has happened yet">The first entry appears here as soon as it is filled.</Empty>
      )}
      {query.isError && !query.data && (
        <PanelError what="the trades" error={query.error} queryKey={tradesQuery().queryKey} />
      )}
      {query.isPending && <SkeletonRows />}
    </Panel>
  );
}
