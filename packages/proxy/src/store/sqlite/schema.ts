/** Migrations in order; `PRAGMA user_version` counts those that ran. One that has shipped is never edited. */
export const MIGRATIONS = [
  `
  create table outbox (
    seq integer primary key,
    account integer not null,
    site text not null,
    message_id text not null,
    subject text not null,
    target text not null,
    event_id text not null,
    event text not null,
    state text not null,
    issuer text,
    sub text,
    email text,
    properties text not null,
    extra_data text,
    occurred_at integer not null,
    received_at integer not null,
    due_at integer,
    attempts integer not null default 0,
    claimed_epoch integer,
    code text,
    detail text,
    settled_at integer,
    unique (account, site, message_id, subject, target)
  ) strict;
  create index outbox_due on outbox (account, target, due_at, seq) where state = 'due';
  create index outbox_unidentified on outbox (due_at) where state = 'needs_identity';
  create index outbox_waiting on outbox (received_at) where state = 'needs_identity';
  create index outbox_person on outbox (account, site, subject) where state = 'needs_identity';
  create index outbox_delivered on outbox (settled_at) where state = 'delivered';

  create table accounts (
    account integer primary key,
    lease_owner text,
    lease_until integer not null default 0,
    epoch integer not null default 0,
    paused_until integer not null default 0,
    failures integer not null default 0
  ) strict;

  create table moments (
    account integer not null,
    site text not null,
    subject text not null,
    event text not null,
    key text not null,
    first_at integer not null,
    last_at integer not null,
    count integer not null,
    expires_at integer,
    primary key (account, site, subject, event, key)
  ) strict, without rowid;
  create index moments_expiring on moments (expires_at) where expires_at is not null;

  create table tallies (
    site text primary key,
    received integer not null default 0,
    duplicate integer not null default 0,
    rejected integer not null default 0,
    forgotten integer not null default 0
  ) strict;

  create table grants (
    account integer primary key,
    version integer not null,
    state text not null,
    sealed text not null,
    refresh_at integer not null,
    expires_at integer not null,
    problem text
  ) strict;

  create table tickets (
    kind text not null,
    digest text not null,
    site text not null,
    sealed text,
    expires_at integer not null,
    primary key (kind, digest)
  ) strict, without rowid;

  create table canary (id integer primary key check (id = 1), written_at integer not null) strict;
  `,
  `
  alter table tallies add column queued integer not null default 0;
  alter table tallies add column needs_identity integer not null default 0;
  alter table tallies add column delivered integer not null default 0;
  alter table tallies add column dead integer not null default 0;
  alter table tallies add column discarded integer not null default 0;
  insert into tallies (site) select distinct site from outbox where true on conflict do nothing;
  update tallies set delivered = forgotten;
  update tallies set queued = counted.queued, needs_identity = counted.needs_identity, dead = counted.dead,
    delivered = tallies.delivered + counted.delivered
  from (
    select site, sum(state = 'due') as queued, sum(state = 'needs_identity') as needs_identity,
      sum(state = 'delivered') as delivered, sum(state = 'dead') as dead
    from outbox group by site
  ) counted
  where counted.site = tallies.site;
  create index outbox_dead on outbox (settled_at) where state = 'dead';
  `,
  `
  alter table grants add column renewing_until integer not null default 0;
  create table connections (site text primary key, account integer not null) strict;
  `,
  'alter table outbox add column retried_at integer',
  `
  create table key_sets (name text primary key, text text not null, written_at integer not null) strict, without rowid;

  create table denials (
    kind text not null,
    value text not null,
    site text not null,
    issuer text not null,
    until integer,
    revision integer not null unique,
    primary key (kind, value, site, issuer)
  ) strict, without rowid;

  create table signing_keys (kid text primary key, sealed text not null, published text not null, added_at integer not null) strict, without rowid;
  `,
  'alter table outbox add column placement text',
  `
  alter table outbox add column abandoned integer not null default 0;
  alter table accounts add column handover text;
  `,
  `
  create table identities (
    account integer not null,
    site text not null,
    subject text not null,
    email text not null,
    said_at integer not null,
    primary key (account, site, subject)
  ) strict, without rowid;
  `,
  `
  create table contact_writes (
    account integer not null,
    contact text not null,
    name text not null,
    rank integer not null,
    seq integer not null,
    primary key (account, contact, name)
  ) strict, without rowid;
  `,
  'create index identities_said_at on identities (said_at)',
  "create index outbox_tried on outbox ((coalesce(retried_at, received_at))) where state = 'due' and code is not null",
]
