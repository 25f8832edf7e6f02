/** `wadjet contacts add`, `change` and `merge`: one contact at a time. */
import { Clock, Effect, Option, Result, Schema } from "effect"
import { ContactCard, MergeContacts, SaveContact } from "../../contracts/contact.ts"
import { ContactId } from "../../contracts/ids.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { ReadModels } from "../../projections/reader.ts"
import { uuid7 } from "../admin/uuid7.ts"
import { readPhone } from "../schedule/import/phone.ts"
import { OperatorFailed } from "./failure.ts"
import { Output } from "./output.ts"
import { withSystem } from "./with-system.ts"
import { printable } from "./words.ts"

const by = "operator"

export const contactUsage = (what: string, why: string) =>
  new OperatorFailed({ what, why, next: "`wadjet contacts --help` shows how.", exit: "usage" })

/** The id of a contact, as it is listed. */
export const contactIn = (text: string): Effect.Effect<ContactId, OperatorFailed> =>
  Effect.mapError(Schema.decodeUnknownEffect(ContactId)(text), () =>
    contactUsage(`"${printable(text)}" is no contact`, "expected an id, as `wadjet contacts list` shows them")
  )

/** What is said of somebody; of what is left out nothing is. */
export interface SaidOfContact {
  readonly name: Option.Option<string>
  readonly number: Option.Option<string>
  readonly alias: ReadonlyArray<string>
  readonly tag: ReadonlyArray<string>
  readonly notes: Option.Option<string>
  readonly region: Option.Option<string>
}

const decodeCard = Schema.decodeUnknownEffect(ContactCard)

const numberIn = (text: string, region: Option.Option<string>) => {
  const read = readPhone(text, Option.getOrUndefined(region))
  return Result.isFailure(read)
    ? Effect.fail(contactUsage("That is no contact", read.failure))
    : Effect.succeed(read.success)
}

/** A card of what is said, over what is there. */
const cardOf = Effect.fnUntraced(function* (
  { alias, name, notes, number, region, tag }: SaidOfContact,
  before: ContactCard | undefined
) {
  const card = {
    aliases: [],
    tags: [],
    favourite: false,
    notes: "",
    ...before,
    ...(Option.isNone(name) ? {} : { name: name.value }),
    ...(Option.isNone(number) ? {} : { number: yield* numberIn(number.value, region) }),
    ...(alias.length === 0 ? {} : { aliases: alias }),
    ...(tag.length === 0 ? {} : { tags: tag }),
    ...(Option.isNone(notes) ? {} : { notes: notes.value })
  }
  return yield* decodeCard(card).pipe(
    Effect.mapError(({ message }) => contactUsage("That is no contact", message.replaceAll(/\s+/gu, " ")))
  )
})

export const addContact = Effect.fn("addContact")(function* (
  input: SaidOfContact & { readonly json: boolean }
) {
  const output = yield* Output
  const card = yield* cardOf(input, undefined)
  const contact = ContactId.make(uuid7(yield* Clock.currentTimeMillis))
  const placed = yield* withSystem(CommandBus.use((bus) => bus.request(SaveContact, { contact, card, by })))
  if (input.json) return yield* output.json({ contact, ...placed })
  return yield* output.line(
    `${contact} is ${printable(card.name)}, ${card.number} (event ${placed.sequence}).`
  )
})

export const changeContact = Effect.fn("changeContact")(function* (
  input: SaidOfContact & { readonly contact: string; readonly json: boolean }
) {
  const output = yield* Output
  const contact = yield* contactIn(input.contact)
  const { card, placed } = yield* withSystem(
    Effect.gen(function* () {
      const before = (yield* ReadModels).contacts.get(contact)?.card ?? undefined
      if (before === undefined)
        return yield* contactUsage("It cannot be changed", `there is no contact ${contact}`)
      const changed = yield* cardOf(input, before)
      const bus = yield* CommandBus
      return { card: changed, placed: yield* bus.request(SaveContact, { contact, card: changed, by }) }
    })
  )
  if (input.json) return yield* output.json({ contact, ...placed })
  return yield* output.line(
    `${contact} is ${printable(card.name)}, ${card.number} (event ${placed.sequence}).`
  )
})

export const mergeContacts = Effect.fn("mergeContacts")(function* (input: {
  readonly contact: string
  readonly other: string
  readonly json: boolean
}) {
  const output = yield* Output
  const contact = yield* contactIn(input.contact)
  const other = yield* contactIn(input.other)
  const placed = yield* withSystem(
    CommandBus.use((bus) => bus.request(MergeContacts, { contact, other, by }))
  )
  if (input.json) return yield* output.json({ contact, ...placed })
  return yield* output.line(`${other} is ${contact} from here on (event ${placed.sequence}).`)
})
