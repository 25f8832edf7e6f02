/** The tables of `accounts.db`, step by step. */
import { KeyIssued, KeyRevoked, type Role } from "../../../contracts/account.ts"
import type { KeyId } from "../../../contracts/ids.ts"
import type { Migration } from "../../../infra/sqlite/migrate.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { deedsOn } from "./deeds.ts"

/** `if not exists`: the first files were made before there were steps. */
const keys = `
  create table if not exists key (
    id text primary key,
    hash blob not null, -- SHA-256 of the secret; 256 random bits need no slow hash
    role text not null,
    label text,
    created integer not null, -- milliseconds since the epoch, like the rest
    expires integer,
    revoked integer,
    last_used integer
  ) strict;
`

const people = `
  alter table key add column scopes text; -- JSON list; null for all that its role may do
  alter table key add column per_minute integer; -- requests; null for as many as it likes
  create table user (
    id text primary key,
    name text not null,
    name_folded text not null unique,
    role text not null,
    password text not null, -- a PHC string
    totp blob, -- the secret, sealed; null where no codes are asked for
    totp_wanted blob, -- the same, of one that was not confirmed by a code yet
    totp_step integer not null default 0, -- of the last code that was taken: none is taken twice
    created integer not null,
    closed integer
  ) strict;
  create table sign_in (
    id text primary key,
    hash blob not null,
    user text not null references user (id),
    agent text,
    created integer not null,
    last_used integer not null
  ) strict;
  create index sign_in_by_user on sign_in (user, created);
  create table pass (
    id text primary key,
    hash blob not null,
    purpose text not null,
    role text, -- of whom it lets in; null for a reset
    user text references user (id), -- whose password it resets
    created integer not null,
    expires integer not null
  ) strict;
  create table attempt (
    name_hash blob primary key, -- of the name that was tried, whether there is one or not
    failures integer not null,
    last integer not null,
    locked_until integer not null
  ) strict, without rowid;
  create table deed (
    id text primary key, -- of the event that tells of it
    subject text not null,
    fact text not null, -- JSON
    generation text, -- of the log that holds it, and where; null until one does
    sequence integer
  ) strict;
  create index deed_by_place on deed (generation, sequence);
`

const noPeople = `
  drop table deed;
  drop table attempt;
  drop table pass;
  drop table sign_in;
  drop table user;
  alter table key drop column per_minute;
  alter table key drop column scopes;
`

const webhooks = `
  create table webhook (
    id text primary key,
    target blob not null, -- URL and secret, sealed: the paths of such URLs are often secrets themselves
    host text not null, -- of the URL
    contexts text not null, -- JSON list, like the next
    events text not null,
    words integer not null,
    label text,
    enabled integer not null,
    reason text, -- why it was last switched
    revision integer not null default 1, -- grows with each change
    created integer not null,
    generation text not null, -- of the log, with the last event known to be told: written seldom, see webhooks.db
    sequence integer not null
  ) strict;
`

const formerSecrets = `
  alter table webhook add column former blob; -- the secret before, sealed: what is sent is signed with both
  alter table webhook add column former_until integer; -- until then
`

const noFormerSecrets = `
  alter table webhook drop column former_until;
  alter table webhook drop column former;
`

const answers = `
  create table answer (
    request text primary key, -- a keyed hash of who asked, what for, and the name that they gave the request
    answer blob not null, -- JSON, sealed: it may hold a secret that is shown once
    at integer not null
  ) strict, without rowid;
  create index answer_by_time on answer (at);
`

interface OldKey {
  readonly id: KeyId
  readonly role: Role
  readonly created: number
  readonly revoked: number | null
}

/** Keys of before are told of under the ids that they have always been told of under. */
const tellOfOldKeys = (db: Sqlite) => {
  const deeds = deedsOn(db)
  const by = "operator"
  for (const key of db.prepare<[], OldKey>("select id, role, created, revoked from key").all()) {
    deeds.add(key.id, "issued", KeyIssued({ key: key.id, role: key.role, by, at: key.created }))
    if (key.revoked !== null) deeds.add(key.id, "revoked", KeyRevoked({ key: key.id, by, at: key.revoked }))
  }
}

export const migrations: ReadonlyArray<Migration> = [
  { name: "keys", up: keys, down: "drop table key" },
  {
    name: "people, sign-ins, one-time links, and what the log is to be told",
    up: (db) => {
      db.exec(people)
      tellOfOldKeys(db)
    },
    down: noPeople
  },
  { name: "webhooks", up: webhooks, down: "drop table webhook" },
  { name: "former secrets of webhooks", up: formerSecrets, down: noFormerSecrets },
  { name: "answers to named requests", up: answers, down: "drop table answer" }
]
