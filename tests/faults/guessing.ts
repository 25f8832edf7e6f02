/**
 * Somebody who holds a whole data folder, the keyring included, knows how Wadjet works, and tries what may have
 * been said there: whatever it can be turned into by any secret that lies in the folder is looked for.
 */
import { createHash } from "node:crypto"
import { join } from "node:path"
import Database from "better-sqlite3"
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { AccountId, type ChatId, eventId, hashOf, messageKey, outboxId } from "../../contracts/ids.ts"
import { linkId, publicLinkKey } from "../../contracts/link/link-id.ts"
import { type DataKey, hashKeyOf, hashText } from "../../infra/keyring/aead.ts"
import { contentsIn } from "./canary.ts"

const secretBytesMin = 16

/** Every blob of the keyring that may be a key, and the account's token. */
const keyringIn = (folder: string) => {
  const db = new Database(join(folder, "keyring.db"), { readonly: true })
  const tables = db.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all()
  const secrets = tables
    .flatMap((table) => db.prepare<[], Array<unknown>>(`select * from "${table}"`).raw().all().flat())
    .filter((value): value is Buffer => Buffer.isBuffer(value) && value.length >= secretBytesMin)
  const account = AccountId.make(db.prepare<[], string>("select token from account").pluck().get()!)
  db.close()
  return { account, secrets }
}

/** One secret alone, or two joined in either order, as those of a chat and a sender are. */
const joined = (secrets: ReadonlyArray<Buffer>) => {
  const keys: ReadonlyArray<DataKey> = secrets.map((secret, index) => ({ id: String(index), secret }))
  return keys.flatMap((key) => [hashKeyOf([key]), ...keys.map((other) => hashKeyOf([key, other]))])
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

/** Every id in a text, and every beginning of one that is kept in place of it. */
const idsIn = (bytes: Buffer): ReadonlyArray<string> =>
  bytes.toString("latin1").match(/[0-9a-f]{16,64}/g) ?? []

export interface Attack {
  /** Everything that the log stores, as a server gives it out. */
  readonly stored: ReadonlyArray<Buffer>
  readonly events: ReadonlyArray<AnyRecorded>
  readonly folder: string
}

/** The guesses that are confirmed. */
export const confirmedIn = ({ events, folder, stored }: Attack, guesses: ReadonlyArray<string>) => {
  const { account, secrets } = keyringIn(folder)
  const found = new Set([...stored, ...contentsIn(folder).map(({ bytes }) => bytes)].flatMap(idsIn))
  const hashKeys = joined(secrets)

  /** Who said something where, and when a message was edited: all of it is in the clear. */
  const messages = events.filter(
    (event) => event.type === "message.received" || event.type === "message.edited"
  )
  const places = new Map(messages.map(({ data }) => [`${data.chat}/${data.sender}`, data]))
  const chats = new Set<ChatId>(messages.map(({ data }) => data.chat))
  const edits = events.filter((event) => event.type === "message.edited")

  const idsMadeOf = (hidden: string): ReadonlyArray<string> => [
    hidden,
    hidden.slice(0, secretBytesMin),
    ...[...places.values()].map(({ chat, sender }) => messageKey(account, chat, sender, hidden)),
    ...[...chats].map((chat) => outboxId(hidden, chat, 0)),
    ...edits.map(({ data }) => eventId(data.message, "whatsapp", `edit:${data.editedAt}:${hidden}`))
  ]

  const isConfirmed = (guess: string): boolean => {
    const asLink = [publicLinkKey, ...secrets].map((key) => linkId(key, guess))
    const asText = [guess, hashOf(guess), sha256(guess), ...hashKeys.map((key) => hashText(key, guess))]
    return asLink.some((id) => found.has(id)) || asText.flatMap(idsMadeOf).some((id) => found.has(id))
  }
  return guesses.filter(isConfirmed)
}
