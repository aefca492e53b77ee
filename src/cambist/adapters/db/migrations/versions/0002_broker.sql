alter table orders
  add column customer_id uuid,
  drop constraint ck_orders_kind_known,
  drop constraint ck_orders_state_known,
  add constraint ck_orders_kind_known check (kind in ('payment', 'deposit', 'refund', 'withdrawal', 'send', 'buy', 'sell')),
  add constraint ck_orders_state_known check (state in ('created', 'on_case', 'awaiting_payment', 'payment_seen', 'paid', 'sending', 'sent', 'completed', 'returning', 'returned', 'cancelled', 'expired', 'rejected'));

create index ix_orders_on_case on orders (expires_at) where state = 'on_case';

create index ix_orders_traded on orders (partner_id, state, id) where customer_id is not null;

alter table payments add column customer_id uuid;

create index ix_payments_lost on payments (order_id) where loss > 0;

alter table withdrawals add column customer_id uuid;

alter table outbox
  drop constraint ck_outbox_name_known,
  add constraint ck_outbox_name_known check (name in ('order.created', 'order.payment_seen', 'order.payment_confirmed', 'order.payment_reverted', 'order.completed', 'order.expired', 'order.reopened', 'order.sent', 'order.failed', 'order.case_opened', 'order.case_submitted', 'order.case_rejected', 'order.case_closed', 'order.ready', 'order.paid', 'order.cancelled', 'order.returning', 'order.returned'));

alter table price_current add column samples text not null default '';

create table bank_lines (
  id uuid not null,
  account text not null,
  method text not null,
  credit boolean not null,
  currency text not null,
  units units not null,
  booked_on date not null,
  reference text not null,
  state text not null,
  order_id uuid,
  note text not null,
  sealed text not null,
  imported_at timestamptz not null,
  resolved_by text,
  constraint pk_bank_lines primary key (id),
  constraint ck_bank_lines_state_known check (state in ('matched', 'waiting', 'left', 'resolved', 'returned', 'own')),
  constraint ck_bank_lines_positive check (units > 0)
);

create index ix_bank_lines_left on bank_lines (imported_at, id) where state = 'left';

create index ix_bank_lines_order on bank_lines (order_id);

create index ix_bank_lines_waiting on bank_lines (imported_at, id) where state = 'waiting';

create table bank_payouts (
  id uuid not null,
  order_id uuid,
  line_id uuid,
  partner_id uuid,
  customer_id uuid,
  number integer not null,
  method text not null,
  currency text not null,
  units units not null,
  "returning" boolean not null,
  state text not null,
  batch_id uuid,
  reason text not null,
  sealed text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pk_bank_payouts primary key (id),
  constraint ck_bank_payouts_state_known check (state in ('queued', 'exported', 'settled', 'returned', 'cancelled')),
  constraint ck_bank_payouts_positive check (units > 0),
  constraint ck_bank_payouts_owned check (num_nulls(order_id, partner_id, customer_id) = 3 * num_nonnulls(line_id)),
  constraint uq_bank_payouts_order_id_number unique (order_id, number),
  constraint uq_bank_payouts_line_id unique (line_id)
);

create index ix_bank_payouts_batch on bank_payouts (batch_id);

create index ix_bank_payouts_exported on bank_payouts (batch_id) where state = 'exported';

create index ix_bank_payouts_queued on bank_payouts (method, currency, created_at, id) where state = 'queued';

create table budgets (
  key text not null,
  "window" text not null,
  used integer not null,
  ends_at timestamptz not null,
  constraint pk_budgets primary key (key, "window")
);

create index ix_budgets_ends on budgets (ends_at);

create table cases (
  id uuid not null,
  order_id uuid not null,
  customer_id uuid not null,
  kind text not null,
  state text not null,
  reasons text not null,
  remark text not null,
  facts text not null,
  refused boolean not null,
  reviewer text,
  expires_at timestamptz not null,
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pk_cases primary key (id),
  constraint ck_cases_kind_known check (kind in ('identity', 'aml', 'phone', 'deposit', 'change', 'return', 'edd')),
  constraint ck_cases_state_known check (state in ('open', 'submitted', 'accepted', 'rejected', 'closed'))
);

create index ix_cases_order on cases (order_id);

create index ix_cases_submitted on cases (id) where state = 'submitted';

create unique index uq_cases_undecided on cases (order_id) where state in ('open', 'submitted');

create table codes (
  id uuid not null,
  order_id uuid,
  purpose text not null,
  target_index bytea not null,
  salt bytea not null,
  code_hash bytea not null,
  tries integer not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  superseded boolean not null,
  created_at timestamptz not null,
  constraint pk_codes primary key (id),
  constraint ck_codes_purpose_known check (purpose in ('phone', 'deposit')),
  constraint ck_codes_tries_few check (tries between 0 and 5)
);

create index ix_codes_expires on codes (expires_at);

create index ix_codes_order on codes (order_id, purpose);

create table customers (
  id uuid not null,
  partner_id uuid not null,
  external_id text,
  key text,
  contact text not null,
  language text not null,
  country text,
  identity text,
  identity_state text not null,
  declaration text,
  declaration_state text not null,
  phone_index text,
  level integer not null,
  hits text not null,
  cleared text not null,
  screened_with text not null,
  orders integer not null,
  consent_version text,
  consented_at timestamptz,
  retain_until timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pk_customers primary key (id),
  constraint ck_customers_identity_state_known check (identity_state in ('none', 'submitted', 'accepted', 'rejected')),
  constraint ck_customers_declaration_known check (declaration_state in ('none', 'submitted', 'accepted', 'rejected'))
);

create index ix_customers_flagged on customers (id) where hits <> '';

create index ix_customers_partner on customers (partner_id, id);

create index ix_customers_screened on customers (screened_with) where identity is not null;

create table documents (
  id uuid not null,
  customer_id uuid not null,
  order_id uuid not null,
  kind text not null,
  media_type text not null,
  size integer not null,
  sha256 text not null,
  created_at timestamptz not null,
  constraint pk_documents primary key (id),
  constraint ck_documents_kind_known check (kind in ('id-front', 'id-back', 'passport', 'selfie', 'utility-bill', 'funds-origin'))
);

create index ix_documents_customer on documents (customer_id);

create index ix_documents_order on documents (order_id);

create table fee_schedules (
  id uuid not null,
  partner_id uuid,
  dialect text,
  pair text,
  side text,
  level integer,
  method text,
  commission_ppm integer not null,
  discount_ppm integer not null,
  payment_fee_ppm integer not null,
  payment_fee_units units not null,
  fee_on_top boolean not null,
  minimum_fee_units units not null,
  network_fee_units units not null,
  minimum_units units not null,
  maximum_units units,
  rate_validity_s integer not null,
  payment_window_s integer not null,
  valid_from timestamptz not null,
  constraint pk_fee_schedules primary key (id),
  constraint ck_fee_schedules_side check (side is null or side in ('buy', 'sell', 'swap', 'withdraw'))
);

create table limit_rules (
  id uuid not null,
  scope text not null,
  partner_id uuid,
  dialect text,
  level integer,
  fiat text not null,
  per_order_min units not null,
  per_order_max units,
  per_day units,
  per_month units,
  constraint pk_limit_rules primary key (id),
  constraint ck_limit_rules_scope_known check (scope in ('customer', 'partner'))
);

create table messages (
  id uuid not null,
  channel text not null,
  template text not null,
  language text not null,
  customer_id uuid not null,
  order_id uuid,
  state text not null,
  sealed text not null,
  attempts integer not null,
  due_at timestamptz not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  error text,
  lease_until timestamptz default null,
  constraint pk_messages primary key (id),
  constraint ck_messages_channel_known check (channel in ('mail', 'sms')),
  constraint ck_messages_template_known check (template in ('order-created', 'case-identity', 'case-aml', 'case-phone', 'case-deposit', 'case-change', 'case-return', 'case-rejected', 'payment-received', 'crypto-sent', 'payout-sent', 'order-completed', 'order-cancelled', 'order-expired', 'order-returned', 'page-link', 'phone-code', 'deposit-code')),
  constraint ck_messages_state_known check (state in ('queued', 'sent', 'dead'))
);

create index ix_messages_customer on messages (customer_id);

create index ix_messages_dead on messages (id) where state = 'dead';

create index ix_messages_due on messages (channel, due_at) where state = 'queued';

create index ix_messages_order on messages (order_id) where order_id is not null;

create table nonces (
  api_key_id uuid not null,
  nonce bigint not null,
  used_at timestamptz not null,
  constraint pk_nonces primary key (api_key_id, nonce)
);

create table page_links (
  token_hash text not null,
  order_id uuid not null,
  customer_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  session_hash text,
  session_until timestamptz,
  created_at timestamptz not null,
  constraint pk_page_links primary key (token_hash)
);

create index ix_page_links_created on page_links (created_at);

create unique index ix_page_links_session on page_links (session_hash) where session_hash is not null;

create table payout_batches (
  id uuid not null,
  method text not null,
  currency text not null,
  count integer not null,
  units units not null,
  document bytea not null,
  created_at timestamptz not null,
  constraint pk_payout_batches primary key (id)
);

create table quotes (
  id uuid not null,
  partner_id uuid not null,
  dialect text not null,
  side text not null,
  given text not null,
  crypto text not null,
  fiat text not null,
  method text not null,
  crypto_units units not null,
  fiat_units units not null,
  raw units not null,
  rate units not null,
  principal units not null,
  commission units not null,
  payment_fee units not null,
  network_fee units not null,
  evidence text not null,
  used_by uuid,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  constraint pk_quotes primary key (id),
  constraint ck_quotes_side_known check (side in ('buy', 'sell', 'swap', 'withdraw')),
  constraint ck_quotes_given_known check (given in ('from', 'to'))
);

create table trades (
  id uuid not null,
  number bigint not null,
  partner_id uuid not null,
  customer_id uuid not null,
  dialect text not null,
  crypto text not null,
  fiat text not null,
  method text not null,
  payout text not null,
  quote_id uuid not null,
  crypto_units units not null,
  fiat_units units not null,
  raw units not null,
  rate units not null,
  principal units not null,
  commission units not null,
  payment_fee units not null,
  network_fee units not null,
  valid_until timestamptz not null,
  fiat_received units not null,
  filled boolean not null,
  reference text not null,
  required text not null,
  page text not null,
  sealed text not null,
  created_at timestamptz not null,
  counted units not null,
  counted_at timestamptz not null,
  constraint pk_trades primary key (id),
  constraint ck_trades_payout_known check (payout in ('send', 'keep')),
  constraint ck_trades_something check (crypto_units > 0 and fiat_units > 0),
  constraint uq_trades_number unique (number),
  constraint uq_trades_quote_id unique (quote_id),
  constraint uq_trades_page unique (page)
);

create index ix_trades_asked on trades ((method || ':' || fiat || ':' || fiat_units), id);

create index ix_trades_customer on trades (customer_id, id);

create index ix_trades_partner on trades (partner_id, id);

create unique index uq_trades_reference on trades (reference) where reference <> '';

create table turnovers (
  subject text not null,
  buckets text not null,
  constraint pk_turnovers primary key (subject)
);

grant select, insert, update, delete on
  bank_lines,
  bank_payouts,
  budgets,
  cases,
  codes,
  customers,
  documents,
  fee_schedules,
  limit_rules,
  messages,
  nonces,
  page_links,
  payout_batches,
  quotes,
  trades,
  turnovers
  to cambist_app;

revoke update, delete, truncate on nonces from cambist_app;
