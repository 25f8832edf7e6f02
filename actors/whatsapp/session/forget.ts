/**
 * Forgetting somebody in `session.db`: their Signal sessions, sender keys, devices and other forms, and what of
 * theirs waits in the journal or was set aside there. All of it grows anew should they write again.
 */
import { credsPlace } from "./credentials.ts"
import { rowHead } from "./sqlite-journal.ts"
import type { OwnedStore } from "./store.ts"

/** Number ⇄ LID, as Baileys keeps it: from one to the other, and back. */
const mappingType = "lid-mapping"

/** The user of a JID, without its device; `undefined` for a form of the sandbox or of an export. */
const userOf = (form: string): string | undefined => /^([^@:/]+)(?::\d+)?@[a-z.]+$/u.exec(form)?.[1]

/** Whether a text names one of these users: as a word of its own, not as part of a longer number. */
const naming = (users: ReadonlyArray<string>): ((text: string) => boolean) => {
  const escaped = users.map((user) => user.replace(/[^0-9A-Za-z]/gu, "\\$&"))
  const pattern = new RegExp(`(?<![0-9A-Za-z])(?:${escaped.join("|")})(?![0-9A-Za-z])`, "u")
  return (text) => pattern.test(text)
}

/** Bytes within JSON, as Baileys writes them. */
const bytesInJson = /"type":"Buffer","data":"([^"]*)"/gu

/** Every text in a value: itself, and what its bytes say. */
const textsOf = (value: Buffer): ReadonlyArray<string> => {
  const text = value.toString("latin1")
  const inside = [...text.matchAll(bytesInJson)].map(([, data = ""]) =>
    Buffer.from(data, "base64").toString("latin1")
  )
  return [text, ...inside]
}

/** The users, and what the session knows them by beside. */
const withOtherForms = (store: OwnedStore, users: ReadonlyArray<string>): ReadonlyArray<string> => {
  const all = new Set(users)
  const mappings = store
    .entries(mappingType)
    .map(
      ({ id, value }) => [id.replace(/_reverse$/u, ""), String(JSON.parse(value.toString("utf8")))] as const
    )
  for (const pair of mappings)
    if (pair.some((user) => users.includes(user))) pair.forEach((user) => all.add(user))
  return [...all]
}

/**
 * Forgets whoever goes by these forms (JIDs; other forms are passed over) and answers how many values and rows
 * there were. A row that waits goes where they sent it or it was said in their chat; one that was set aside goes
 * where it names them at all, for nobody knows what it is.
 */
export const forgetIn = (store: OwnedStore, forms: ReadonlyArray<string>): number => {
  const users = forms.flatMap((form) => userOf(form) ?? [])
  if (users.length === 0) return 0
  const names = naming(withOtherForms(store, users))
  return store.forget({
    // Our own credentials name ourselves alone.
    value: (type, id, value) => type !== credsPlace.type && (names(id) || textsOf(value).some(names)),
    row: (row) =>
      row.content !== undefined &&
      (row.why === null ? names(rowHead(row.content)) : names(row.content.toString("latin1")))
  })
}
