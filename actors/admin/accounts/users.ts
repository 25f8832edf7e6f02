/** People who may sign in. */
import {
  type CredentialChange,
  CredentialsChanged,
  type Role,
  UserAdded,
  UserChanged,
  UserLocked
} from "../../../contracts/account.ts"
import { UserId } from "../../../contracts/ids.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { uuid7 } from "../uuid7.ts"
import type { Deeds } from "./deeds.ts"
import { type Attempts, countedAt, droppedBefore, failedAgain, takenBack } from "./lock-out.ts"
import { hashOfSecret } from "./secret-text.ts"

/** Somebody as they may be shown. */
export interface User {
  readonly user: UserId
  readonly name: string
  readonly role: Role
  /** Whether a code of an authenticator app is asked for. */
  readonly code: boolean
  readonly createdAt: number
  /** When they were shut out; null while they may sign in. */
  readonly closedAt: number | null
}

/** Somebody with what they prove it by. */
export interface Credentials extends User {
  readonly password: string
  /** Sealed; null where no code is asked for. */
  readonly totp: Buffer | null
  readonly totpWanted: Buffer | null
  readonly totpStep: number
}

/** What became of an attempt before it was looked at. */
export type Tried =
  | { readonly waitUntil: number }
  | { readonly waitUntil: undefined; readonly counted: Attempts }

interface Row {
  readonly id: UserId
  readonly name: string
  readonly role: Role
  readonly password: string
  readonly totp: Buffer | null
  readonly totp_wanted: Buffer | null
  readonly totp_step: number
  readonly created: number
  readonly closed: number | null
}

/** Names that look the same are the same. */
export const foldName = (name: string): string => name.normalize("NFKC").trim().toLowerCase()

export const shownUser = ({ closedAt, code, createdAt, name, role, user }: User): User => ({
  user,
  name,
  role,
  code,
  createdAt,
  closedAt
})

const credentialsOf = (row: Row): Credentials => ({
  user: row.id,
  name: row.name,
  role: row.role,
  code: row.totp !== null,
  createdAt: row.created,
  closedAt: row.closed,
  password: row.password,
  totp: row.totp,
  totpWanted: row.totp_wanted,
  totpStep: row.totp_step
})

const statements = (db: Sqlite) => ({
  add: db.prepare<[UserId, string, string, Role, string, number]>(
    "insert into user (id, name, name_folded, role, password, created) values (?, ?, ?, ?, ?, ?)"
  ),
  all: db.prepare<[], Row>("select * from user order by created, id"),
  byId: db.prepare<[UserId], Row>("select * from user where id = ?"),
  byName: db.prepare<[string], Row>("select * from user where name_folded = ?"),
  change: db.prepare<[Role, number | null, UserId]>("update user set role = ?, closed = ? where id = ?"),
  owners: db.prepare<[], number>("select count(*) from user where role = 'owner' and closed is null").pluck(),
  password: db.prepare<[string, UserId]>("update user set password = ? where id = ?"),
  wantTotp: db.prepare<[Buffer, UserId]>("update user set totp_wanted = ? where id = ?"),
  // The code that confirms it is spent by that.
  confirmTotp: db.prepare<[number, UserId]>(
    "update user set totp = totp_wanted, totp_wanted = null, totp_step = ? where id = ?"
  ),
  dropTotp: db.prepare<[UserId]>("update user set totp = null, totp_wanted = null where id = ?"),
  takeStep: db.prepare<[number, UserId, number]>(
    "update user set totp_step = ? where id = ? and totp_step < ?"
  ),
  attempts: db.prepare<[Buffer], Attempts>(
    "select failures, last, locked_until as lockedUntil from attempt where name_hash = ?"
  ),
  putAttempts: db.prepare<[Buffer, number, number, number]>(
    "insert or replace into attempt (name_hash, failures, last, locked_until) values (?, ?, ?, ?)"
  ),
  dropAttempts: db.prepare<[Buffer]>("delete from attempt where name_hash = ?"),
  dropOldAttempts: db.prepare<[number]>("delete from attempt where last < ?")
})

export const usersOn = (db: Sqlite, deeds: Deeds) => {
  const sql = statements(db)
  const find = (user: UserId): Credentials | undefined => {
    const row = sql.byId.get(user)
    return row === undefined ? undefined : credentialsOf(row)
  }
  const told = (user: UserId, change: CredentialChange, by: string, now: number) =>
    deeds.add(user, `${change} ${now}`, CredentialsChanged({ user, change, by, at: now }))

  return {
    /** Adds somebody; `undefined` where the name is taken. `by` is left out by who adds themselves. */
    add: (
      name: string,
      role: Role,
      password: string,
      by: string | undefined,
      now: number
    ): User | undefined => {
      if (sql.byName.get(foldName(name)) !== undefined) return undefined
      const id = UserId.make(uuid7(now))
      sql.add.run(id, name.trim(), foldName(name), role, password, now)
      deeds.add(id, "added", UserAdded({ user: id, role, by: by ?? `${role}:${id}`, at: now }))
      return shownUser(find(id)!)
    },
    list: (): ReadonlyArray<User> => sql.all.all().map((row) => shownUser(credentialsOf(row))),
    find,
    findByName: (name: string): Credentials | undefined => {
      const row = sql.byName.get(foldName(name))
      return row === undefined ? undefined : credentialsOf(row)
    },
    owners: (): number => sql.owners.get() ?? 0,
    change: (user: UserId, role: Role, closed: boolean, by: string, now: number): void => {
      const before = find(user)!
      sql.change.run(role, closed ? (before.closedAt ?? now) : null, user)
      deeds.add(user, `changed ${now}`, UserChanged({ user, role, closed, by, at: now }))
    },
    setPassword: (user: UserId, password: string, by: string, now: number): void => {
      sql.password.run(password, user)
      told(user, "password-set", by, now)
    },
    wantTotp: (user: UserId, sealed: Buffer): void => void sql.wantTotp.run(sealed, user),
    confirmTotp: (user: UserId, step: number, by: string, now: number): void => {
      sql.confirmTotp.run(step, user)
      told(user, "code-on", by, now)
    },
    dropTotp: (user: UserId, by: string, now: number): void => {
      if (find(user)?.code !== true) return
      sql.dropTotp.run(user)
      told(user, "code-off", by, now)
    },
    /** Takes a code's step; `false` where it, or a later one, was taken meanwhile. */
    takeStep: (user: UserId, step: number): boolean => sql.takeStep.run(step, user, step).changes > 0,
    /**
     * Counts an attempt as one that failed, before it is known, so that many at once are not looked at side by side.
     * Answers until when the name has to wait, and then does not count it; else what it counted up to.
     */
    tryName: (name: string, now: number): Tried => {
      sql.dropOldAttempts.run(droppedBefore(now))
      const hash = hashOfSecret(foldName(name))
      const before = countedAt(sql.attempts.get(hash), now)
      if (before.lockedUntil > now) return { waitUntil: before.lockedUntil }
      const counted = failedAgain(before, now)
      sql.putAttempts.run(hash, counted.failures, counted.last, counted.lockedUntil)
      return { waitUntil: undefined, counted }
    },
    /** An attempt was not a wrong one, and proves nothing: those before it stay counted. */
    takeBack: (name: string, counted: Attempts): void => {
      const hash = hashOfSecret(foldName(name))
      const found = sql.attempts.get(hash)
      if (found === undefined) return
      const { failures, last, lockedUntil } = takenBack(found, counted)
      sql.putAttempts.run(hash, failures, last, lockedUntil)
    },
    /** Tells of a name that has to wait now, where there is somebody of that name. */
    tellLocked: (name: string, now: number): void => {
      const row = sql.byName.get(foldName(name))
      const until = sql.attempts.get(hashOfSecret(foldName(name)))?.lockedUntil ?? 0
      if (row !== undefined && until > now)
        deeds.add(row.id, `locked ${until}`, UserLocked({ user: row.id, until, at: now }))
    },
    /** Somebody has proven all that they are asked for: nothing that was wrong before counts any more. */
    clearAttempts: (name: string): void => void sql.dropAttempts.run(hashOfSecret(foldName(name)))
  }
}

export type Users = ReturnType<typeof usersOn>
