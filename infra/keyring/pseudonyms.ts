/**
 * Which pseudonym stands for whom. A person, and the direct chat with them, may be known by a phone number and by
 * a LID; where both came alone first, two pseudonyms were minted for one. They are joined when that is learnt: the
 * older one stands for both from then on, and the younger one still means the same.
 */
import { randomBytes } from "node:crypto"
import type { Sqlite } from "../sqlite/open.ts"

export type PseudonymKind = "chat" | "person"

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

/** A letter, and as many random characters as asked for, of five bits each. */
export const randomToken = (prefix: string, length: number): string =>
  prefix + Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join("")

const tokenLength = 14

/** An account has one LID for as long as it lives, while its phone number may pass to somebody else. */
const isLid = (form: string): boolean => form.endsWith("@lid")

const statements = (db: Sqlite) => ({
  tokenOf: db
    .prepare<[string, string], string>("select token from pseudonym where form = ? and kind = ?")
    .pluck(),
  /** A form that somebody else had is theirs no more. */
  give: db.prepare<[string, string, string]>(
    `insert into pseudonym (form, kind, token) values (?, ?, ?)
     on conflict (form, kind) do update set token = excluded.token where token <> excluded.token`
  ),
  formsOf: db.prepare<[string], string>("select form from pseudonym where token = ? order by rowid").pluck(),
  chatsOf: db
    .prepare<[string], string>(
      `select distinct token from pseudonym
       where kind = 'chat' and form in (select form from pseudonym where token = ? and kind = 'person')`
    )
    .pluck(),
  /** Grows with every form that is remembered. */
  mintedAt: db.prepare<[string], number>("select min(rowid) from pseudonym where token = ?").pluck(),
  giveAll: db.prepare<[string, string]>("update pseudonym set token = ? where token = ?"),
  join: db.prepare<[string, string]>("insert into joined (token, older) values (?, ?)"),
  joinAll: db.prepare<[string, string]>("update joined set older = ? where older = ?"),
  /** Grows with every joining; nothing is ever taken from the table. */
  lastJoined: db.prepare<[], number | null>("select max(rowid) from joined").pluck(),
  joined: db.prepare<[], { token: string; older: string }>("select token, older from joined order by rowid"),
  drop: db.prepare<[string]>("delete from pseudonym where token = ?")
})

/** Needs the tables of the keyring. */
export const openPseudonyms = (db: Sqlite) => {
  const sql = statements(db)

  /** By each of its pseudonyms: a person or chat that has several. */
  let groups: ReadonlyMap<string, ReadonlyArray<string>> = new Map()
  let readUpTo: number | null = null

  const readGroups = () => {
    const byOldest = Map.groupBy(sql.joined.all(), ({ older }) => older)
    const all = [...byOldest].map(([older, rows]) => [older, ...rows.map(({ token }) => token)])
    groups = new Map(all.flatMap((group) => group.map((token) => [token, group] as const)))
  }

  const join = (older: string, younger: string) => {
    sql.giveAll.run(older, younger)
    sql.joinAll.run(older, younger)
    sql.join.run(younger, older)
  }

  /** Somebody with another LID is somebody else, and a number that both were known by has passed from one to the other. */
  const isSomebodyElse = (token: string, lid: string | undefined) =>
    lid !== undefined && sql.formsOf.all(token).some((form) => isLid(form) && form !== lid)

  const find = db.transaction((kind: PseudonymKind, forms: ReadonlyArray<string>): string => {
    const lid = forms.find(isLid)
    const known = new Set(
      forms.map((form) => sql.tokenOf.get(form, kind)).filter((token) => token !== undefined)
    )
    const [oldest, ...younger] = [...known]
      .filter((token) => !isSomebodyElse(token, lid))
      .toSorted((a, b) => sql.mintedAt.get(a)! - sql.mintedAt.get(b)!)
    const token = oldest ?? randomToken(kind === "chat" ? "c" : "p", tokenLength)
    for (const other of younger) join(token, other)
    for (const form of forms) sql.give.run(form, kind, token)
    return token
  })

  return {
    /** The pseudonym of whom these forms name: found by any of them, minted where none is known. */
    of: (kind: PseudonymKind, forms: ReadonlyArray<string>): string => {
      const [first, ...rest] = forms.map((form) => sql.tokenOf.get(form, kind))
      // Nothing is to be written: no lock is waited for.
      return first !== undefined && rest.every((token) => token === first)
        ? first
        : find.immediate(kind, forms)
    },
    formsOf: (token: string): ReadonlyArray<string> => sql.formsOf.all(token),
    /** The chats that go by a form of a person. */
    chatsOf: (person: string): ReadonlyArray<string> => sql.chatsOf.all(person),
    /** All pseudonyms of one person or chat, the one that is used from now on first. */
    allOf: (token: string): ReadonlyArray<string> => {
      const last = sql.lastJoined.get() ?? null
      if (last !== readUpTo) {
        readGroups()
        readUpTo = last
      }
      return groups.get(token) ?? [token]
    },
    /** Deletes the forms of one pseudonym, and answers how many there were. */
    drop: (token: string): number => sql.drop.run(token).changes
  }
}
