import { Schema } from "effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { wordless } from "../../../actors/admin/words.ts"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { Chat, Message } from "../../../contracts/http/chats.ts"
import { pageOf } from "../../../contracts/http/lists.ts"
import { Verdict } from "../../../contracts/http/verdicts.ts"
import type { Level } from "../../../contracts/level.ts"
import { given } from "../../projections/given.ts"
import {
  chat,
  decided,
  edited,
  erased,
  link,
  message,
  muted,
  otherChat,
  otherLink,
  otherMessage,
  otherSender,
  posted,
  reacted,
  received,
  renamed,
  revised,
  revoked,
  scanned,
  sender,
  settingsChanged,
  suppressed,
  withdrawn
} from "../../projections/story.ts"

/** What is sent, as whoever reads it has it. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** What the encoder of a schema would send; a field too much is a failure, which it would leave out. */
const encoderOf = (page: Schema.ConstraintEncoder<unknown>) => {
  const encode = Schema.encodeUnknownSync(page, { onExcessProperty: "error" })
  return (items: ReadonlyArray<unknown>) => sent(encode({ items, next: null }))
}

const verdicts = encoderOf(pageOf(Verdict))
const chats = encoderOf(pageOf(Chat))
const messages = encoderOf(pageOf(Message))

const expectReady = <Row>(
  encode: (items: ReadonlyArray<unknown>) => unknown,
  rows: ReadonlyArray<Row>,
  without: (row: Row) => unknown
) => {
  for (const items of [rows, rows.map(without)]) expect(sent({ items, next: null })).toEqual(encode(items))
  return rows.length
}

const place = fc.record({
  chat: fc.constantFrom(chat, otherChat),
  message: fc.constantFrom(message, otherMessage)
})
const one = fc.constantFrom(link, otherLink)
const level = fc.constantFrom<Level>("benign", "suspicious", "malicious")

/** What is told of in these lists, over few ids, so that facts meet. */
const anyFact: fc.Arbitrary<AnyFact> = fc.oneof(
  fc.tuple(place, one).map(([at, of]) => received({ ...at, ...posted(of, "http://a.example/") })),
  fc.tuple(place, one).map(([at, of]) => edited({ ...at, ...posted(of, "http://a.example/again") })),
  place.map((at) => revoked(at)),
  place.map((at) => reacted(at)),
  place.map(({ chat: of }) => renamed({ chat: of })),
  place.map(({ chat: of }) => muted({ chat: of })),
  place.map(({ chat: of }) => settingsChanged({ chat: of })),
  fc.tuple(one, level).map(([of, found]) => scanned({ link: of, level: found })),
  fc.tuple(place, one, level).map(([at, of, held]) => decided({ ...at, link: of, level: held })),
  fc.tuple(place, one, level).map(([at, of, held]) => suppressed({ ...at, link: of, level: held })),
  fc.tuple(place, one).map(([at, of]) => revised({ ...at, link: of })),
  fc.tuple(place, one).map(([at, of]) => withdrawn({ ...at, link: of })),
  fc.constantFrom(sender, otherSender, chat).map((subject) => erased({ subject }))
)

it("rows that are sent as they are, with their words and without, are what their schema makes of them", () => {
  const seen = { verdicts: 0, chats: 0, messages: 0 }
  fc.assert(
    fc.property(fc.array(anyFact, { minLength: 15, maxLength: 40 }), (facts) => {
      const { queries } = given(...facts)
      seen.verdicts += expectReady(verdicts, queries.verdicts.list({}), wordless.verdict)
      for (const recentFirst of [true, false])
        seen.chats += expectReady(chats, queries.chats.list({ recentFirst }), wordless.chat)
      for (const of of [chat, otherChat])
        seen.messages += expectReady(messages, queries.messages.list(of, {}), wordless.message)
    }),
    { numRuns: 6 }
  )
  for (const rows of Object.values(seen)) expect(rows).toBeGreaterThan(5)
})
