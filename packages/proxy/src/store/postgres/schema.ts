/**
 * Migrations in order; the table `schema_version` has a row for each that ran. One that has shipped is never edited.
 *
 * Every primary key, and every index that storing or delivering uses, begins with `account`: the tables can be spread by account.
 * The others serve rounds that look at all accounts, in small steps, and find what they want on each node by itself.
 *
 * A row of the outbox is written three times: stored, claimed, settled. A claim changes no indexed column, and with the room
 * that `fillfactor` leaves in each page its new version stays there and touches no index (HOT). A settle takes the row out of the
 * small index of what is due. What it leaves there is dead weight on the way to the next due row, so vacuum comes early: after
 * some thousand rows instead of a fifth of a table that keeps eight days.
 * https://www.postgresql.org/docs/current/storage-hot.html
 *
 * Texts that are compared have collation "C": byte by byte, the same on every machine.
 */
export const MIGRATIONS = [
  `
  create table outbox (
    account bigint not null,
    seq bigint generated always as identity,
    site text collate "C" not null,
    message_id text collate "C" not null,
    subject text collate "C" not null,
    target text collate "C" not null,
    event_id text not null,
    event text not null,
    state text not null,
    issuer text,
    sub text,
    email text,
    properties text not null,
    extra_data text,
    occurred_at bigint not null,
    received_at bigint not null,
    due_at bigint,
    attempts integer not null default 0,
    claimed_epoch bigint,
    code text,
    detail text,
    settled_at bigint,
    primary key (account, seq),
    constraint outbox_message unique (account, site, message_id, subject, target)
  ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.02);
  create index outbox_due on outbox (account, target, due_at, seq) where state = 'due';
  create index outbox_unidentified on outbox (due_at) where state = 'needs_identity';
  create index outbox_waiting on outbox (received_at) where state = 'needs_identity';
  create index outbox_person on outbox (account, site, subject) where state = 'needs_identity';
  create index outbox_delivered on outbox (settled_at) where state = 'delivered';

  create table accounts (
    account bigint primary key,
    lease_owner text,
    lease_until bigint not null default 0,
    epoch bigint not null default 0,
    paused_until bigint not null default 0,
    failures integer not null default 0
  ) with (fillfactor = 50);

  create table moments (
    account bigint not null,
    site text collate "C" not null,
    subject text collate "C" not null,
    event text collate "C" not null,
    key text collate "C" not null,
    first_at bigint not null,
    last_at bigint not null,
    count bigint not null,
    expires_at bigint,
    primary key (account, site, subject, event, key)
  ) with (fillfactor = 80);
  create index moments_expiring on moments (expires_at) where expires_at is not null;

  create table tallies (
    account bigint not null,
    site text collate "C" not null,
    slot integer not null,
    received bigint not null default 0,
    duplicate bigint not null default 0,
    rejected bigint not null default 0,
    forgotten bigint not null default 0,
    primary key (account, site, slot)
  ) with (fillfactor = 50);

  create table grants (
    account bigint primary key,
    version bigint not null,
    state text not null,
    sealed text not null,
    refresh_at bigint not null,
    expires_at bigint not null,
    problem text
  );

  create table tickets (
    kind text not null,
    digest text not null,
    site text not null,
    sealed text,
    expires_at bigint not null,
    primary key (kind, digest)
  );

  create table canary (id integer primary key check (id = 1), written_at bigint not null) with (fillfactor = 10);
  `,
  `
  alter table tallies add column queued bigint not null default 0, add column needs_identity bigint not null default 0,
    add column delivered bigint not null default 0, add column dead bigint not null default 0,
    add column discarded bigint not null default 0;
  update tallies set delivered = forgotten;
  insert into tallies as t (account, site, slot, queued, needs_identity, delivered, dead)
  select account, site, 0, count(*) filter (where state = 'due'), count(*) filter (where state = 'needs_identity'),
    count(*) filter (where state = 'delivered'), count(*) filter (where state = 'dead')
  from outbox group by account, site
  on conflict (account, site, slot) do update set queued = excluded.queued, needs_identity = excluded.needs_identity,
    delivered = t.delivered + excluded.delivered, dead = excluded.dead;
  create index outbox_dead on outbox (settled_at) where state = 'dead';
  `,
  `
  alter table grants add column renewing_until bigint not null default 0;
  create table connections (site text collate "C" primary key, account bigint not null);
  `,
  'alter table outbox add column retried_at bigint',
  `
  create table key_sets (name text collate "C" primary key, text text not null, written_at bigint not null);

  create table denials (
    kind text collate "C" not null,
    value text collate "C" not null,
    site text collate "C" not null,
    issuer text collate "C" not null,
    until bigint,
    revision bigint not null unique,
    primary key (kind, value, site, issuer)
  );

  create table signing_keys (kid text collate "C" primary key, sealed text not null, published text not null, added_at bigint not null);
  `,
  'alter table outbox add column placement text',
  `
  alter table outbox add column abandoned integer not null default 0;
  alter table accounts add column handover text;
  `,
  `
  create table identities (
    account bigint not null,
    site text collate "C" not null,
    subject text collate "C" not null,
    email text not null,
    said_at bigint not null,
    primary key (account, site, subject)
  ) with (fillfactor = 80);
  `,
  `
  create table contact_writes (
    account bigint not null,
    contact text collate "C" not null,
    name text collate "C" not null,
    rank bigint not null,
    seq bigint not null,
    primary key (account, contact, name)
  ) with (fillfactor = 80);
  `,
  'create index identities_said_at on identities (said_at)',
  "create index outbox_tried on outbox ((coalesce(retried_at, received_at))) where state = 'due' and code is not null",
]
