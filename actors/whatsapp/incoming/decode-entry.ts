/** From a row of the journal to what was heard in it. */
import { Effect, Schema } from "effect"
import type { JournalEntry } from "../session/journal.ts"
import { loadBaileys } from "../session/load-baileys.ts"
import { decodeNotice } from "../session/notice-node.ts"
import { messageDecoder, type MessageDecoder } from "./decode-message.ts"
import type { HeardFrom } from "./heard.ts"
import { notificationHeard } from "./notification.ts"
import { originOf, type SelfForms } from "./stanza.ts"

/** A row that nobody can make anything of. */
export class EntryRefused extends Schema.TaggedError<EntryRefused>()("EntryRefused", {
  position: Schema.Int,
  message: Schema.String
}) {}

let decoder: MessageDecoder | undefined

/** Baileys' own definition of the protocol, made ready once. */
const loadDecoder = Effect.map(loadBaileys, ({ proto }) => (decoder ??= messageDecoder(proto)))

const refused = (entry: JournalEntry, found: string) =>
  new EntryRefused({
    position: entry.position,
    message: `expected a row of kind ${entry.kind} that says of which chat and by whom it is, found ${found}`
  })

const decode = (
  entry: JournalEntry,
  self: SelfForms,
  { decodeMessage, decodeWebMessage }: MessageDecoder
): ReadonlyArray<HeardFrom> => {
  const { arrivedAt, attributes, kind, payload, reason } = entry
  if (kind === "history") return decodeWebMessage(payload, "imported", self, arrivedAt)
  const origin = originOf(attributes, self, arrivedAt)
  if (origin === undefined) return []
  return kind === "message"
    ? decodeMessage(payload, origin, self)
    : [{ origin, heard: { what: "unreadable", reason: reason ?? "absent", fields: [] } }]
}

/** What a row says. Fails for one that says nothing of any chat, and for one that breaks who reads it. */
export const heardInEntry = (entry: JournalEntry, self: SelfForms) =>
  Effect.gen(function* () {
    const ready = yield* loadDecoder
    const heard =
      entry.kind === "notice"
        ? notificationHeard(yield* decodeNotice(entry.payload), self, entry.arrivedAt, ready)
        : decode(entry, self, ready)
    // A device of ours that hands over what it was asked for may have nothing to hand over.
    if (heard.length > 0 || entry.kind === "notice" || entry.attributes["category"] === "peer") return heard
    return yield* refused(entry, "an envelope without them")
  }).pipe(
    Effect.catchDefect((defect) =>
      Effect.fail(refused(entry, defect instanceof Error ? defect.message : String(defect)))
    )
  )
