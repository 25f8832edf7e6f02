/** Logs in which anything may follow anything, over few ids so that events meet. */
import fc from "fast-check"
import { type AnyFact, type EventName, events } from "../../contracts/catalogue.ts"
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { recorded } from "./given.ts"
import {
  chat,
  link,
  message,
  notice,
  otherChat,
  otherLink,
  otherMessage,
  otherSender,
  posted,
  sender
} from "./story.ts"

const chats = [chat, otherChat]
const messages = [message, otherMessage]
const links = [link, otherLink]
const notices = [notice, notice.replace("d", "e")]
const subjects = [chat, otherChat, sender, otherSender]

/** Fields that events share, and what they are drawn from; each event takes those it declares. */
const shared = fc.record({
  chat: fc.constantFrom(...chats),
  message: fc.constantFrom(...messages),
  sender: fc.constantFrom(sender, otherSender),
  link: fc.constantFrom(...links),
  outbox: fc.constantFrom(...notices),
  level: fc.constantFrom("benign", "suspicious", "malicious"),
  subject: fc.constantFrom(...subjects),
  links: fc.subarray(links).map((some) => some.map((it) => posted(it, "http://a.example/").links[0]!)),
  attempt: fc.integer({ min: 1, max: 3 })
})

/** An event that carries a notice, with that under a drawn id, or without it and its words. */
const withNotice = (example: object, outbox: string | undefined): object => {
  if (!("notice" in example)) return example
  if (outbox !== undefined) return { ...example, notice: { ...(example.notice as object), outbox } }
  const { body: _body, notice: _notice, ...silent } = example as { body: unknown; notice: unknown }
  return silent
}

/** Absent in the examples of some events, and then not theirs to take. */
const withShared = (name: EventName, drawn: object, notice: string | undefined): AnyFact => {
  const type = events.find((it) => it.type === name)!
  const declared = Object.entries(drawn).filter(([field]) => field in type.data)
  const data = { ...withNotice(type.example as object, notice), ...Object.fromEntries(declared) }
  return { type: name, data } as AnyFact
}

/** Up to 60 facts, and now and then one that repeats the id of another. */
const anyTold = fc
  .array(
    fc.record({
      name: fc.constantFrom(...events.map((type) => type.type)),
      drawn: shared,
      notice: fc.constantFrom(undefined, ...notices),
      repeats: fc.integer({ min: 0, max: 9 })
    }),
    { maxLength: 60 }
  )
  .map((drawn) =>
    drawn.map(({ drawn: fields, name, notice: told, repeats }) => ({
      fact: withShared(name, fields, told),
      isRepeated: repeats === 0
    }))
  )

/** The same as facts that are yet to be appended. */
export const anyFacts: fc.Arbitrary<ReadonlyArray<AnyFact>> = anyTold.map((told) =>
  told.map(({ fact }) => fact)
)

/** Up to 60 events. A few share an id, as results for one cause do. */
export const anyLog: fc.Arbitrary<ReadonlyArray<AnyRecorded>> = anyTold.map((told) =>
  told.map(({ fact, isRepeated }, index) =>
    recorded(fact, index + 1, isRepeated ? "repeated" : `event-${index + 1}`)
  )
)
