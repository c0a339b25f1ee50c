import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * Money, prices and quantities are decimal text, times UTC ms, JSON is text. The schema holds ranges and what will
 * always be one of two; lists that grow (kinds of strategy, order types, states) it leaves to the types, as SQLite
 * could only widen a CHECK by copying the table. Each index serves a list of the Store port, by its filter and order.
 */
export const firstTables: Migration = {
  name: 'first tables',
  statements: ({ key }) => [
    sql`create table accounts (
      id ${key} not null primary key,
      name text not null,
      venue text not null,
      mode text not null check (mode in ('paper', 'live')),
      currency text not null,
      starting_balance text not null,
      maker_fee_rate text not null,
      taker_fee_rate text not null,
      created_at bigint not null,
      revision bigint not null check (revision >= 1)
    )`,

    sql`create table bots (
      id ${key} not null primary key,
      account_id ${key} not null references accounts (id),
      name text not null,
      kind text not null,
      file text not null,
      market text not null,
      status text not null,
      why text,
      created_at bigint not null,
      revision bigint not null check (revision >= 1)
    )`,

    sql`create table orders (
      client_order_id ${key} not null primary key,
      venue_order_id text,
      account_id ${key} not null references accounts (id),
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      occasion bigint not null,
      leg text not null,
      attempt bigint not null check (attempt >= 0),
      side text not null check (side in ('buy', 'sell')),
      type text not null,
      quantity text not null,
      price text,
      time_in_force text not null,
      effect text not null check (effect in ('open', 'reduce-only')),
      attached text,
      state text not null,
      filled_quantity text not null,
      why text,
      created_at bigint not null,
      updated_at bigint not null,
      revision bigint not null check (revision >= 1)
    )`,
    sql`create index orders_newest on orders (created_at, client_order_id)`,
    sql`create index orders_of_bot on orders (bot_id, created_at, client_order_id)`,
    sql`create index orders_working on orders (bot_id, created_at, client_order_id)
      where state in ('intended', 'submitted', 'open', 'unknown')`,

    sql`create table trades (
      id ${key} not null primary key,
      account_id ${key} not null references accounts (id),
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      side text not null check (side in ('long', 'short')),
      status text not null check (status in ('open', 'closed')),
      quantity text not null,
      entry_price text not null,
      exit_price text,
      exit_reason text,
      stop text,
      target text,
      fee text not null,
      margin text not null,
      leverage double precision not null check (leverage > 0),
      pnl text,
      pnl_sort double precision generated always as (cast(pnl as double precision)) stored, -- For sorting only.
      r double precision,
      prompt_name text,
      indicators_snapshot text not null,
      created_at bigint not null,
      closed_at bigint,
      revision bigint not null check (revision >= 1),
      check ((status = 'closed') = (closed_at is not null))
    )`,
    sql`create index trades_newest on trades (created_at, id)`,
    sql`create index trades_of_bot on trades (bot_id, created_at, id)`,
    sql`create index trades_of_symbol on trades (symbol, created_at, id)`,
    sql`create index trades_of_bot_and_symbol on trades (bot_id, symbol, created_at, id)`,
    sql`create index trades_open on trades (bot_id, created_at, id) where status = 'open'`,
    sql`create index trades_closed on trades (bot_id, symbol, closed_at, created_at, id) where closed_at is not null`,

    sql`create table positions (
      account_id ${key} not null references accounts (id),
      symbol ${key} not null,
      bot_id ${key} not null references bots (id),
      trade_id ${key} not null references trades (id),
      direction text not null check (direction in ('long', 'short')),
      quantity text not null,
      entry_price text not null,
      entry_at bigint not null,
      revision bigint not null check (revision >= 1),
      primary key (account_id, symbol)
    )`,

    sql`create table fills (
      account_id ${key} not null references accounts (id),
      symbol ${key} not null,
      venue_trade_id ${key} not null, -- On some venues unique per symbol only.
      client_order_id ${key} not null references orders (client_order_id),
      bot_id ${key} not null references bots (id),
      sequence bigint not null check (sequence >= 0),
      executed_at bigint not null,
      side text not null check (side in ('buy', 'sell')),
      quantity text not null,
      price text not null,
      fee text not null,
      liquidity text not null check (liquidity in ('maker', 'taker')),
      primary key (account_id, symbol, venue_trade_id), -- With ON CONFLICT DO NOTHING a repeated message is harmless.
      unique (account_id, sequence)
    )`,
    sql`create index fills_of_bot on fills (bot_id, account_id, sequence)`,

    sql`create table analysis_results (
      id ${key} not null unique,
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      occasion bigint not null,
      analyst ${key} not null,
      recommendation text not null,
      confidence double precision check (confidence between 0 and 1),
      entry text,
      stop text,
      target text,
      image_hash text,
      raw_answer text,
      created_at bigint not null,
      primary key (bot_id, symbol, timeframe, occasion, analyst)
    )`,
    sql`create index analysis_results_newest on analysis_results (created_at, id)`,
    sql`create index analysis_results_of_bot on analysis_results (bot_id, created_at, id)`,

    sql`create table ai_decisions (
      id ${key} not null unique,
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      occasion bigint not null,
      final text not null,
      executed integer not null check (executed in (0, 1)),
      why text not null,
      input text not null,
      created_at bigint not null,
      primary key (bot_id, symbol, timeframe, occasion)
    )`,
    sql`create index ai_decisions_newest on ai_decisions (created_at, id)`,
    sql`create index ai_decisions_of_bot on ai_decisions (bot_id, created_at, id)`,

    sql`create table cycles (
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      occasion bigint not null,
      result text not null,
      why text not null,
      primary key (bot_id, symbol, occasion, timeframe)
    )`,
    sql`create index cycles_newest on cycles (occasion, bot_id, symbol, timeframe)`,
    sql`create index cycles_of_bot on cycles (bot_id, occasion, symbol, timeframe)`,
    sql`create index cycles_acted on cycles (occasion, bot_id, symbol, timeframe) where result in ('entered', 'exited')`,
    sql`create index cycles_of_bot_acted on cycles (bot_id, occasion, symbol, timeframe)
      where result in ('entered', 'exited')`,

    sql`create table account_snapshots (
      account_id ${key} not null references accounts (id),
      at bigint not null,
      equity text not null,
      capital text not null,
      unrealized text not null,
      open_positions bigint not null check (open_positions >= 0),
      total_trades bigint not null check (total_trades >= 0),
      won_trades bigint not null check (won_trades >= 0),
      lost_trades bigint not null check (lost_trades >= 0),
      win_rate double precision check (win_rate between 0 and 1),
      fees text not null,
      primary key (account_id, at)
    )`,

    sql`create table candles (
      market ${key} not null,
      symbol ${key} not null,
      timeframe ${key} not null,
      open_time bigint not null,
      open double precision not null check (open > 0),
      high double precision not null,
      low double precision not null,
      close double precision not null check (close > 0),
      volume double precision not null check (volume >= 0),
      primary key (market, symbol, timeframe, open_time),
      check (high >= open and high >= close and low <= open and low <= close)
    )`,
  ],
};
