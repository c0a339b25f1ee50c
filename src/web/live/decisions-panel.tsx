import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { Bot } from '#contract/api.ts';
import { botsQuery } from '../api.ts';
import { useDisplay } from '../display.ts';
import { editPath } from '../edit-path.ts';
import { inScope, useScope } from '../scope.ts';
import { formatIso, formatWhen } from '../time-format.ts';
import { BotGlyph } from '../ui/bot-glyph.tsx';
import { Panel } from '../ui/panel.tsx';
import { Empty, PanelError, SkeletonRows } from '../ui/states.tsx';
import { useMarketTime } from '../use-market-time.ts';

function DecisionCard({ bot }: { readonly bot: Bot }) {
  const { zone } = useDisplay();
  const now = useMarketTime();
  const decision = bot.lastDecision;
  return (
    <li className="decision">
      <div className="spread text-xs">
        <span className="flex min-w-0 items-center gap-2">
          <BotGlyph bot={bot} />
          <Link className="bot-link truncate" href={editPath(bot.id)}>
            {bot.name}
          </Link>
        </span>
        {decision && (
          <time className="flex-none text-fg-3" dateTime={formatIso(decision.at)} title={formatIso(decision.at)}>
            {decision.symbol} {formatWhen(decision.at, now ?? decision.at, zone)}
          </time>
        )}
      </div>
      {decision ? (
        <>
          <p className="result">{decision.result}</p>
          <p className="why" title={decision.why}>
            {decision.why}
          </p>
        </>
      ) : (
        <p className="mt-0.5 text-xs text-fg-3">
          No decision yet. The first one comes when a {bot.timeframe} candle closes.
        </p>
      )}
    </li>
  );
}

/** What each bot decided last, and why; doing nothing is a decision like any other. */
export function DecisionsPanel() {
  const scope = useScope();
  const query = useQuery(botsQuery());
  const bots = query.data?.bots.filter((bot) => inScope(bot, scope));
  return (
    <Panel title="Latest decisions" className="decisions">
      {bots && bots.length > 0 && (
        <ul className="list">
          {bots.map((bot) => (
            <DecisionCard key={bot.id} bot={bot} />
          ))}
        </ul>
      )}
      {bots?.length === 0 && <Empty title="No bots yet">Each bot's last decision and its reason stand here.</Empty>}
      {query.isError && !query.data && (
        <PanelError what="the bots" error={query.error} queryKey={botsQuery().queryKey} />
      )}
      {query.isPending && <SkeletonRows />}
    </Panel>
  );
}
