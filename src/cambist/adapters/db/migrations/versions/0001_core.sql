create domain units as numeric
  check (value <> 'NaN' and abs(value) < 1e60 and value = trunc(value));

create table accounts (
  id uuid not null,
  owner text not null,
  asset text not null,
  bounded boolean not null,
  posted units not null,
  held units not null,
  version bigint not null,
  constraint pk_accounts primary key (id),
  constraint uq_accounts_owner_asset unique (owner, asset),
  constraint ck_accounts_floor check (held >= 0 and (not bounded or posted - held >= 0))
);

create table addresses (
  key text not null,
  chain text not null,
  address text not null,
  place text not null,
  number bigint not null,
  partner_id uuid,
  integration_id uuid,
  order_id uuid,
  nonce bigint not null,
  issued_at timestamptz not null,
  constraint pk_addresses primary key (key),
  constraint ck_addresses_place_known check (place in ('deposit', 'hot')),
  constraint uq_addresses_chain_place_number unique (chain, place, number)
);

create table api_key_uses (
  api_key_id uuid not null,
  last_used_at timestamptz not null,
  rounded bigint not null,
  constraint pk_api_key_uses primary key (api_key_id)
);

create table api_keys (
  id uuid not null,
  partner_id uuid not null,
  prefix text not null,
  key_hash bytea not null,
  sealed text not null,
  mode text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  rounding_until date,
  constraint pk_api_keys primary key (id),
  constraint uq_api_keys_key_hash unique (key_hash)
);

create index ix_api_keys_partner on api_keys (partner_id);

create table blocks (
  chain text not null,
  height integer not null,
  hash text not null,
  parent text not null,
  constraint pk_blocks primary key (chain, height)
);

create table callback_attempts (
  callback_id uuid not null,
  number integer not null,
  at timestamptz not null,
  status integer,
  error text,
  duration_ms integer not null,
  constraint pk_callback_attempts primary key (callback_id, number)
);

create table callbacks (
  id uuid not null,
  partner_id uuid not null,
  integration_id uuid not null,
  order_id uuid not null,
  event_seq integer not null,
  form text not null,
  url text not null,
  body text not null,
  state text not null,
  attempts integer not null,
  next_attempt_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pk_callbacks primary key (id),
  constraint ck_callbacks_state_known check (state in ('pending', 'delivered', 'dead')),
  constraint ck_callbacks_form_known check (form in ('vendor', 'standard')),
  constraint uq_callbacks_order_id_event_seq_form unique (order_id, event_seq, form)
);

create index ix_callbacks_dead on callbacks (id) where state = 'dead';

create index ix_callbacks_due on callbacks (integration_id, next_attempt_at) where state = 'pending';

create table coins (
  id uuid not null,
  chain text not null,
  asset text not null,
  address text not null,
  place text not null,
  number bigint not null,
  txid text not null,
  vout integer not null,
  units units not null,
  ready boolean not null,
  spent_by uuid,
  constraint pk_coins primary key (id)
);

create index ix_coins_holder on coins ((chain || ':' || address)) where spent_by is null;

create index ix_coins_pool on coins ((chain || ':' || asset)) where spent_by is null;

create index ix_coins_spent on coins (spent_by) where spent_by is not null;

create table counters (
  partner_id uuid not null,
  payments bigint not null,
  constraint pk_counters primary key (partner_id)
);

create table cursors (
  chain text not null,
  height integer not null,
  hash text not null,
  seen_at timestamptz not null,
  constraint pk_cursors primary key (chain)
);

create table entries (
  journal_id uuid not null,
  number integer not null,
  account_id uuid not null,
  asset text not null,
  units units not null,
  version bigint,
  balance_after units,
  constraint pk_entries primary key (journal_id, number)
);

create index ix_entries_account on entries (account_id, version);

create table heartbeats (
  name text not null,
  beat_at timestamptz not null,
  detail text not null,
  constraint pk_heartbeats primary key (name)
);

create table holds (
  id uuid not null,
  account_id uuid not null,
  order_id uuid not null,
  units units not null,
  state text not null,
  constraint pk_holds primary key (id),
  constraint ck_holds_state_known check (state in ('active', 'captured', 'released')),
  constraint ck_holds_positive check (units > 0)
);

create index ix_holds_order on holds (order_id);

create table idempotency (
  tenant text not null,
  operation text not null,
  key text not null,
  fingerprint bytea not null,
  result bytea not null,
  created_at timestamptz not null,
  constraint pk_idempotency primary key (tenant, operation, key)
);

create table inbox (
  consumer text not null,
  event_id bigint not null,
  constraint pk_inbox primary key (consumer, event_id)
);

create table integrations (
  id uuid not null,
  partner_id uuid not null,
  name text not null,
  url text not null,
  status text not null,
  callback_url text,
  callback_secret_sealed text,
  callback_statuses text not null,
  standard_webhooks boolean not null,
  embed_origins text not null,
  fiat text not null,
  fee_ppm integer not null,
  payout_fee_ppm integer not null,
  order_lifetime_s integer not null,
  under_tolerance_ppm integer not null,
  under_policy text not null,
  over_policy text not null,
  late_policy text not null,
  min_fiat_units bigint,
  max_fiat_units bigint,
  max_open_orders integer not null,
  constraint pk_integrations primary key (id)
);

create index ix_integrations_partner on integrations (partner_id, id);

create table journal_seals (
  number bigint not null,
  journal_id uuid not null,
  hash text not null,
  constraint pk_journal_seals primary key (number),
  constraint uq_journal_seals_journal_id unique (journal_id)
);

create table journals (
  id uuid not null,
  recipe text not null,
  reference text not null,
  order_id uuid,
  posted_at timestamptz not null,
  constraint pk_journals primary key (id),
  constraint uq_journals_reference unique (reference)
);

create table leases (
  name text not null,
  holder text not null,
  epoch bigint not null,
  expires_at timestamptz not null,
  constraint pk_leases primary key (name)
);

create table orders (
  id uuid not null,
  kind text not null,
  state text not null,
  labels text not null,
  partner_id uuid not null,
  integration_id uuid not null,
  asset text,
  amount units,
  fiat text not null,
  rate units,
  fee_ppm integer not null,
  address text,
  source_address text,
  parent_id uuid,
  received units not null,
  confirmed units not null,
  fee units not null,
  refunded units not null,
  returned units not null,
  required_confirmations integer not null,
  external_id text,
  customer text,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  seq integer not null,
  constraint pk_orders primary key (id),
  constraint ck_orders_kind_known check (kind in ('payment', 'deposit', 'refund', 'withdrawal', 'send')),
  constraint ck_orders_state_known check (state in ('created', 'awaiting_payment', 'payment_seen', 'sending', 'sent', 'completed', 'expired', 'rejected')),
  constraint ck_orders_refund_sign check (refunded >= 0 and returned >= 0)
);

create index ix_orders_expiring on orders (expires_at) where state in ('created', 'awaiting_payment', 'payment_seen');

create index ix_orders_open on orders (integration_id) where state in ('created', 'awaiting_payment', 'payment_seen');

create index ix_orders_parent on orders (parent_id) where parent_id is not null;

create index ix_orders_partner on orders (partner_id, id);

create table outbox (
  id bigint generated always as identity,
  aggregate_id uuid not null,
  seq integer not null,
  name text not null,
  facts text not null,
  happened_at timestamptz not null,
  delivered_at timestamptz,
  attempts integer default '0' not null,
  parked_at timestamptz,
  error text,
  constraint pk_outbox primary key (id),
  constraint ck_outbox_name_known check (name in ('order.created', 'order.payment_seen', 'order.payment_confirmed', 'order.payment_reverted', 'order.completed', 'order.expired', 'order.reopened', 'order.sent', 'order.failed')),
  constraint uq_outbox_aggregate_id_seq unique (aggregate_id, seq)
);

create index ix_outbox_due on outbox (id) where delivered_at is null;

create table partners (
  id uuid not null,
  kind text not null,
  name text not null,
  status text not null,
  constraint pk_partners primary key (id)
);

create table payments (
  id uuid not null,
  number bigint not null,
  partner_id uuid not null,
  order_id uuid,
  direction text not null,
  state text not null,
  chain text not null,
  asset text not null,
  txid text,
  index integer not null,
  address text not null,
  sender text,
  units units not null,
  fee units not null,
  fiat_units units not null,
  matched boolean not null,
  loss units not null,
  credits integer not null,
  height integer,
  block_hash text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pk_payments primary key (id),
  constraint ck_payments_direction_known check (direction in ('in', 'out')),
  constraint ck_payments_state_known check (state in ('pending', 'confirmed', 'dropped')),
  constraint uq_payments_partner_id_number unique (partner_id, number)
);

create index ix_payments_block on payments (block_hash);

create index ix_payments_order on payments (order_id);

create index ix_payments_pending on payments (chain, height) where state = 'pending' and direction = 'in';

create index ix_payments_txid on payments (txid);

create table price_current (
  pair text not null,
  mantissa units not null,
  taken_at timestamptz not null,
  sources text not null,
  constraint pk_price_current primary key (pair)
);

create table price_sample (
  pair text not null,
  source text not null,
  seq bigint not null,
  mantissa units not null,
  taken_at timestamptz not null,
  received_at timestamptz not null,
  constraint uq_price_sample_source_pair_seq unique (source, pair, seq)
);

create index ix_price_sample_received on price_sample (received_at);

create table sandbox_clock (
  id integer not null,
  seconds bigint not null,
  constraint pk_sandbox_clock primary key (id)
);

create table unfolded_entries (
  journal_id uuid not null,
  number integer not null,
  account_id uuid not null,
  units units not null,
  constraint pk_unfolded_entries primary key (journal_id, number)
);

create table unsealed_journals (
  journal_id uuid not null,
  constraint pk_unsealed_journals primary key (journal_id)
);

create table wallets (
  chain text not null,
  spends bigint not null,
  constraint pk_wallets primary key (chain)
);

create table withdrawals (
  id uuid not null,
  order_id uuid,
  partner_id uuid,
  state text not null,
  chain text not null,
  asset text not null,
  destination text not null,
  source text,
  units units not null,
  fee units not null,
  network_fee units not null,
  nonce bigint,
  change_units units not null,
  raw bytea,
  txid text,
  attempts integer not null,
  reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pk_withdrawals primary key (id),
  constraint ck_withdrawals_state_known check (state in ('accepted', 'allotted', 'signed', 'broadcast', 'settled', 'rejected', 'stuck'))
);

create index ix_withdrawals_open on withdrawals (chain, id) where state not in ('settled', 'rejected', 'stuck');

create index ix_withdrawals_stuck on withdrawals (chain, id) where state = 'stuck';

create index ix_withdrawals_txid on withdrawals (txid);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

create trigger journals_immutable before update or delete or truncate on journals
  for each statement execute function refuse_change();

create trigger entries_immutable before update or delete or truncate on entries
  for each statement execute function refuse_change();

create trigger seals_immutable before update or delete or truncate on journal_seals
  for each statement execute function refuse_change();

create function check_zero_sum() returns trigger language plpgsql as $$
begin
  if exists (select from added group by journal_id, asset having sum(units) <> 0) then
    raise exception 'journal does not sum to zero' using errcode = 'check_violation';
  end if;
  return null;
end $$;

create trigger entries_zero_sum after insert on entries
  referencing new table as added for each statement execute function check_zero_sum();

create function check_journal_balanced() returns trigger language plpgsql as $$
begin
  if (select count(*) < 2 from entries where journal_id = new.id) then
    raise exception 'journal % has no entries', new.id using errcode = 'check_violation';
  end if;
  if exists (select from entries where journal_id = new.id group by asset having sum(units) <> 0) then
    raise exception 'journal % does not sum to zero', new.id using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger journals_balanced after insert on journals
  deferrable initially deferred for each row execute function check_journal_balanced();

create sequence address_number_bitcoin;

create sequence address_number_litecoin;

create sequence address_number_ethereum;

create sequence address_number_tron;

do $$
begin
  if not exists (select from pg_roles where rolname = 'cambist_app') then
    create role cambist_app nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;

grant usage on schema public to cambist_app;

grant select, insert, update, delete on all tables in schema public to cambist_app;

grant usage on all sequences in schema public to cambist_app;

revoke update, delete, truncate on journals, entries, journal_seals from cambist_app;

do $$
begin
  execute format('grant cambist_app to %I', current_user);
exception when others then null;
end $$;
