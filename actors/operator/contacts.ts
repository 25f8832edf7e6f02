/** `wadjet contacts`: the people whom jobs may name. */
import { Clock, Effect, Option, Result } from "effect"
import { ImportContacts, importedContactsMax, OptOutContact, RemoveContact } from "../../contracts/contact.ts"
import { ContactId } from "../../contracts/ids.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { ContactRow } from "../../projections/contacts.ts"
import { pageRowsMax } from "../../projections/paging.ts"
import { ReadModels } from "../../projections/reader.ts"
import { uuid7 } from "../admin/uuid7.ts"
import { clippedBecause } from "../schedule/complete-card.ts"
import { type ContactImport, readContacts } from "../schedule/import/read-contacts.ts"
import { withModels } from "./as-of.ts"
import { contactIn, contactUsage } from "./edit-contacts.ts"
import { Output } from "./output.ts"
import { bytesOf } from "./read-input.ts"
import { withSystem } from "./with-system.ts"
import { counted, printable } from "./words.ts"

const by = "operator"

const lineOf = ({ card, contact, optedOut }: ContactRow): string =>
  [
    contact,
    ...(card === null
      ? ["(forgotten)"]
      : [
          card.number,
          printable(card.name),
          ...(card.tags.length > 0 ? [printable(card.tags.join(", "))] : [])
        ]),
    ...(optedOut ? ["opted out"] : [])
  ].join("  ")

const rowsOf = Effect.fnUntraced(function* (text: string | undefined) {
  const { contacts } = yield* ReadModels
  const rows: Array<ContactRow> = []
  let before: number | undefined
  do {
    const found = contacts.search({ text, limit: pageRowsMax, before })
    rows.push(...found.items)
    before = found.next ?? undefined
  } while (before !== undefined)
  return rows
})

export const listContacts = Effect.fn("listContacts")(function* (input: {
  readonly asOf: Option.Option<string>
  readonly text: Option.Option<string>
  readonly json: boolean
}) {
  const output = yield* Output
  const rows = yield* withModels(input.asOf, rowsOf(Option.getOrUndefined(input.text)))
  if (input.json)
    return yield* Effect.forEach(
      rows,
      ({ card, chat, contact, optedOut }) => output.json({ contact, chat, optedOut, card }),
      { discard: true }
    )
  if (rows.length === 0) return yield* output.line("There are no such contacts.")
  return yield* Effect.forEach(rows.map(lineOf), output.line, { discard: true })
})

/** Asks for as many as one request takes at a time, and adds up what came of it. */
const take = Effect.fnUntraced(function* ({ contacts }: ContactImport) {
  const bus = yield* CommandBus
  const sums = { added: 0, completed: 0, unchanged: 0, clipped: new Array<string>() }
  for (let at = 0; at < contacts.length; at += importedContactsMax) {
    const now = yield* Clock.currentTimeMillis
    const some = contacts
      .slice(at, at + importedContactsMax)
      .map((card) => ({ contact: ContactId.make(uuid7(now)), card }))
    const { added, clipped, completed, unchanged } = yield* bus.request(ImportContacts, {
      contacts: some,
      by
    })
    sums.added += added
    sums.completed += completed
    sums.unchanged += unchanged
    sums.clipped.push(...clipped)
  }
  return sums
})

export const importContacts = Effect.fn("importContacts")(function* (input: {
  readonly file: string
  readonly region: Option.Option<string>
  readonly json: boolean
}) {
  const output = yield* Output
  const bytes = yield* bytesOf(input.file, "list of contacts")
  const region = Option.getOrUndefined(input.region)
  const read = readContacts({ bytes, ...(region === undefined ? {} : { region }) })
  if (Result.isFailure(read)) return yield* contactUsage(`${input.file} cannot be taken`, read.failure)
  const { left: leftOut, leftCount } = read.success
  const sums = yield* withSystem(take(read.success))
  if (input.json) return yield* output.json({ ...sums, leftOut })
  for (const { line, reason } of leftOut) yield* output.note(`line ${line}: ${printable(reason)}`)
  for (const number of sums.clipped) yield* output.note(`${number}: ${clippedBecause}`)
  return yield* output.line(
    `${counted(sums.added, "contact")} added, ${sums.completed} completed, ${sums.unchanged} there already, ${leftCount} left out.`
  )
})

export const actOnContact = Effect.fn("actOnContact")(function* (input: {
  readonly contact: string
  readonly action: "remove" | "opt-out" | "opt-in"
  readonly json: boolean
}) {
  const output = yield* Output
  const contact = yield* contactIn(input.contact)
  const placed = yield* withSystem(
    CommandBus.use((bus) =>
      input.action === "remove"
        ? bus.request(RemoveContact, { contact, by })
        : bus.request(OptOutContact, { contact, out: input.action === "opt-out", by })
    )
  )
  if (input.json) return yield* output.json({ contact, ...placed })
  const words = {
    remove: "is no contact any more",
    "opt-out": "gets nothing that is scheduled",
    "opt-in": "gets what is scheduled again"
  }
  return yield* output.line(`${contact} ${words[input.action]} (event ${placed.sequence}).`)
})
