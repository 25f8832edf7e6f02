/** One-time links: the part behind the `#` of a link, with which somebody may choose a password, once. */
import { PassIssued, type PassPurpose, type Role } from "../../../contracts/account.ts"
import { PassId, type UserId } from "../../../contracts/ids.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { uuid7 } from "../uuid7.ts"
import type { Deeds } from "./deeds.ts"
import { hashOfSecret, isSecretOf, makeSecret, partsOf, textOf } from "./secret-text.ts"

/** A link that nobody has used by then is worth nothing. */
export const passHoursMax = 24

/** Whom a link lets in: somebody new, with a role, or somebody who is there, with a new password. */
export type PassFor =
  | { readonly purpose: "set-up" | "invitation"; readonly role: Role }
  | { readonly purpose: "reset"; readonly user: UserId }

export interface NewPass {
  readonly text: string
  readonly expiresAt: number
}

interface Row {
  readonly id: PassId
  readonly hash: Buffer
  readonly purpose: PassPurpose
  readonly role: Role | null
  readonly user: UserId | null
  readonly expires: number
}

const forOf = ({ purpose, role, user }: Row): PassFor =>
  purpose === "reset" ? { purpose, user: user! } : { purpose, role: role! }

export const passesOn = (db: Sqlite, deeds: Deeds) => {
  const sql = {
    add: db.prepare<[PassId, Buffer, PassPurpose, Role | null, UserId | null, number, number]>(
      "insert into pass (id, hash, purpose, role, user, created, expires) values (?, ?, ?, ?, ?, ?, ?)"
    ),
    find: db.prepare<[string], Row>("select * from pass where id = ?"),
    spend: db.prepare<[PassId]>("delete from pass where id = ?"),
    dropOld: db.prepare<[number]>("delete from pass where expires <= ?"),
    // Of several set-up links, or several for one person, only the newest is good.
    dropSetUps: db.prepare<[]>("delete from pass where purpose = 'set-up'"),
    dropOf: db.prepare<[UserId]>("delete from pass where user = ?")
  }
  return {
    add: (wanted: PassFor, by: string, now: number): NewPass => {
      sql.dropOld.run(now)
      const role = wanted.purpose === "reset" ? undefined : wanted.role
      const user = wanted.purpose === "reset" ? wanted.user : undefined
      if (wanted.purpose === "set-up") sql.dropSetUps.run()
      if (user !== undefined) sql.dropOf.run(user)
      const id = PassId.make(uuid7(now))
      const secret = makeSecret()
      const expiresAt = now + passHoursMax * 3_600_000
      sql.add.run(id, hashOfSecret(secret), wanted.purpose, role ?? null, user ?? null, now, expiresAt)
      const whom = { ...(role === undefined ? {} : { role }), ...(user === undefined ? {} : { user }) }
      deeds.add(id, "issued", PassIssued({ pass: id, purpose: wanted.purpose, ...whom, by, at: now }))
      return { text: textOf(id, secret), expiresAt }
    },
    /** Whom a link lets in, if it is still good. */
    find: (text: string, now: number): { readonly pass: PassId; readonly wanted: PassFor } | undefined => {
      const parts = partsOf(text)
      if (parts === undefined) return undefined
      const row = sql.find.get(parts.id)
      const same = isSecretOf(parts.secret, row?.hash)
      if (row === undefined || !same || row.expires <= now) return undefined
      return { pass: row.id, wanted: forOf(row) }
    },
    /** `false` where somebody has used it meanwhile. */
    spend: (pass: PassId): boolean => sql.spend.run(pass).changes > 0,
    spendSetUps: (): void => void sql.dropSetUps.run()
  }
}
