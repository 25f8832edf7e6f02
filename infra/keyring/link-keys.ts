/**
 * The keys under which links and hosts get their ids. Ids are in the log in the clear, beside who posted them,
 * and what they stand for can be guessed: whoever had their key could try. So each erasure destroys it.
 */
import { randomBytes } from "node:crypto"
import { linkKeyBytes } from "../../contracts/link/link-id.ts"
import type { Sqlite } from "../sqlite/open.ts"
import type { LinkKeys } from "./keyring.ts"

interface Row {
  readonly state: "current" | "next"
  readonly name: string
  readonly secret: Buffer
  readonly subject: string | null
}

type Add = [state: Row["state"], name: string, secret: Buffer, subject: string | null]

const nameBytes = 9
const freshName = () => randomBytes(nameBytes).toString("base64url")

/** Needs the tables of the keyring. */
export const openLinkKeys = (db: Sqlite) => {
  const all = db.prepare<[], Row>("select * from link_key")
  const isForgotten = db.prepare<[string], number>("select 1 from forgotten where token = ?").pluck()
  const add = db.prepare<Add>("insert into link_key values (?, ?, ?, ?) on conflict (state) do nothing")
  const drop = db.prepare<[Row["state"]]>("delete from link_key where state = ?")
  const promote = db.prepare("update link_key set state = 'current', subject = null where state = 'next'")

  const addFresh = (state: Row["state"], subject: string | null) => {
    const name = freshName()
    add.run(state, name, randomBytes(linkKeyBytes), subject)
    return name
  }
  addFresh("current", null)

  const rowOf = (state: Row["state"]) => all.all().find((row) => row.state === state)

  return {
    keys: (owners: ReadonlyArray<string>): LinkKeys => {
      // The keys are read before the forgotten are: a key that outlives an owner is never given out for them.
      const rows = all.all()
      if (owners.some((owner) => isForgotten.get(owner) !== undefined))
        return { current: randomBytes(linkKeyBytes) }
      const current = rows.find(({ state }) => state === "current")!.secret
      const next = rows.find(({ state }) => state === "next")
      return next === undefined || owners.includes(next.subject!) ? { current } : { current, next }
    },
    prepare: db.transaction((subject: string): string | undefined => {
      if (isForgotten.get(subject) !== undefined) return undefined
      const next = rowOf("next")
      if (next?.subject === subject) return next.name
      // Under a key that was prepared for somebody else, overrides of this very chat may have tokens by now.
      drop.run("next")
      return addFresh("next", subject)
    }),
    /** Destroys the current key. To be called in the transaction that forgets. */
    rotate: (prepared: string | undefined): void => {
      if (prepared !== undefined && rowOf("next")?.name !== prepared)
        throw new Error(
          "the link key that was prepared for it gave way to that of another erasure; ask again"
        )
      drop.run("current")
      if (prepared !== undefined) return void promote.run()
      drop.run("next")
      addFresh("current", null)
    }
  }
}
