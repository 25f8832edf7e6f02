/** The tables of `keyring.db`, step by step. Several modules have theirs in it, and several processes open it. */
import type { Migration } from "../sqlite/migrate.ts"

/**
 * `if not exists`: the first files were made before there were steps, some of them by whoever seals another store, with
 * `at_rest` alone.
 */
const first = `
  create table if not exists account (token text primary key) strict;
  create table if not exists data_key (
    name text primary key, owner text not null, id text not null unique, secret blob not null
  ) strict;
  create index if not exists data_key_owner on data_key (owner);
  create table if not exists forgotten (token text primary key) strict;
  create table if not exists link_key (
    state text primary key check (state in ('current', 'next')), name text not null, secret blob not null,
    subject text -- whose erasure the next one waits for
  ) strict;
  create table if not exists pseudonym (
    form text not null, kind text not null, token text not null, primary key (form, kind)
  ) strict;
  create index if not exists pseudonym_token on pseudonym (token);
  -- Kept when the forms are forgotten, so that whoever was joined is forgotten whole: both are random.
  create table if not exists joined (token text primary key, older text not null) strict;
  create index if not exists joined_older on joined (older);
  create table if not exists at_rest (store text primary key, secret blob not null) strict;
`

/** Back before the first step nothing is dropped: the version that knew no steps has the same tables, and needs its keys. */
export const keyringMigrations: ReadonlyArray<Migration> = [{ name: "keys", up: first, down: "" }]
