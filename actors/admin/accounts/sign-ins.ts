/** Browsers in which somebody is signed in. Each has a secret of its own in a cookie; only its hash is here. */
import { type Role, SignedIn, SignedOut } from "../../../contracts/account.ts"
import { SignInId, type UserId } from "../../../contracts/ids.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { uuid7 } from "../uuid7.ts"
import type { Deeds } from "./deeds.ts"
import { hashOfSecret, isSecretOf, makeSecret, partsOf, textOf } from "./secret-text.ts"

/** Unused for this long, it is over: a page that is open asks more often. */
export const idleHoursMax = 2
/** So long after signing in it is over in any case. */
export const signedInHoursMax = 24
/** One person's browsers: the one signed in longest ago makes room. */
const perUserMax = 20
/** When it was last used is written this seldom: each write is an fsync. */
const lastUsedEveryMillis = 60_000
/** What a browser says of itself is shown to tell browsers apart, and cut off. */
const agentCharactersMax = 200

const hourMillis = 3_600_000

export interface SignIn {
  readonly signIn: SignInId
  readonly agent: string | null
  readonly createdAt: number
  readonly lastUsedAt: number
}

/** Whose browser it is. */
export interface SignedInUser {
  readonly signIn: SignInId
  readonly user: UserId
  readonly role: Role
}

interface Row {
  readonly id: SignInId
  readonly hash: Buffer
  readonly user: UserId
  readonly agent: string | null
  readonly created: number
  readonly last_used: number
}

const isOver = (row: Pick<Row, "created" | "last_used">, now: number) =>
  now - row.last_used >= idleHoursMax * hourMillis || now - row.created >= signedInHoursMax * hourMillis

export const signInsOn = (db: Sqlite, deeds: Deeds) => {
  const sql = {
    add: db.prepare<[SignInId, Buffer, UserId, string | null, number, number]>(
      "insert into sign_in (id, hash, user, agent, created, last_used) values (?, ?, ?, ?, ?, ?)"
    ),
    find: db.prepare<[string], Row & { readonly role: Role }>(
      `select sign_in.*, user.role from sign_in join user on user.id = sign_in.user
       where sign_in.id = ? and user.closed is null`
    ),
    ofUser: db.prepare<[UserId], Row>("select * from sign_in where user = ? order by created desc, id desc"),
    used: db.prepare<[number, SignInId]>("update sign_in set last_used = ? where id = ?"),
    end: db.prepare<[SignInId]>("delete from sign_in where id = ?"),
    endOld: db.prepare<[number, number]>("delete from sign_in where last_used <= ? or created <= ?")
  }

  const end = (row: Row, by: string, now: number) => {
    sql.end.run(row.id)
    deeds.add(row.id, "out", SignedOut({ user: row.user, signIn: row.id, by, at: now }))
  }

  return {
    /** Signs a browser in, with a new secret whatever it had before. */
    add: (user: UserId, agent: string | undefined, now: number) => {
      sql.endOld.run(now - idleHoursMax * hourMillis, now - signedInHoursMax * hourMillis)
      for (const row of sql.ofUser.all(user).slice(perUserMax - 1)) end(row, "system", now)
      const id = SignInId.make(uuid7(now))
      const secret = makeSecret()
      sql.add.run(id, hashOfSecret(secret), user, agent?.slice(0, agentCharactersMax) ?? null, now, now)
      deeds.add(id, "in", SignedIn({ user, signIn: id, at: now }))
      return { signIn: id, text: textOf(id, secret) }
    },
    find: (text: string, now: number): SignedInUser | undefined => {
      const parts = partsOf(text)
      if (parts === undefined) return undefined
      const row = sql.find.get(parts.id)
      const same = isSecretOf(parts.secret, row?.hash)
      if (row === undefined || !same || isOver(row, now)) return undefined
      if (now - row.last_used >= lastUsedEveryMillis) sql.used.run(now, row.id)
      return { signIn: row.id, user: row.user, role: row.role }
    },
    /** The role that its user has now; `undefined` where it is over. */
    roleOf: (id: string, now: number): Role | undefined => {
      const row = sql.find.get(id)
      return row !== undefined && !isOver(row, now) ? row.role : undefined
    },
    /** Those of one person, the newest first. */
    list: (user: UserId, now: number): ReadonlyArray<SignIn> =>
      sql.ofUser
        .all(user)
        .filter((row) => !isOver(row, now))
        .map((row) => ({
          signIn: row.id,
          agent: row.agent,
          createdAt: row.created,
          lastUsedAt: row.last_used
        })),
    /** Ends one of a person's; `false` where it is not theirs or over. */
    end: (user: UserId, id: SignInId, by: string, now: number): boolean => {
      const row = sql.ofUser.all(user).find((one) => one.id === id)
      if (row === undefined) return false
      end(row, by, now)
      return true
    },
    /** Ends all of a person's, but for one. */
    endAll: (user: UserId, by: string, now: number, except?: SignInId): number => {
      const rows = sql.ofUser.all(user).filter((row) => row.id !== except)
      for (const row of rows) end(row, by, now)
      return rows.length
    }
  }
}
