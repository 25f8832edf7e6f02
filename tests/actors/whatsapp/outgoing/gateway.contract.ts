/** What every gateway promises to delivery, whoever stands behind it. */
import { Effect, Schedule } from "effect"
import { expect } from "vitest"
import type { GatewayService, TransmitFailed, WireMessage } from "../../../../actors/whatsapp/gateway.ts"
import { type ChatId, hashOf, OutboxId, type PersonId, whatsAppIdOf } from "../../../../contracts/ids.ts"

/** A gateway, a chat behind it with a message of somebody else, and the other side as its members see it. */
export interface Chatting {
  readonly gateway: GatewayService
  readonly chat: ChatId
  readonly sender: PersonId
  /** The id of the message of `sender`. */
  readonly quotes: string
  /** Whether the chat shows a message of ours, with these words. */
  readonly shows: (whatsApp: string, text: string) => boolean
  /** How many messages of ours the chat shows. */
  readonly count: () => number
  /** Our reaction to the message; the empty text where there is none. */
  readonly reaction: () => string
  /** Lets as much time pass as there is to pass. */
  readonly pass: Effect.Effect<void>
}

type Law = readonly [title: string, holds: (chatting: Chatting) => Effect.Effect<void, TransmitFailed>]

const idOf = (name: string) => whatsAppIdOf(OutboxId.make(hashOf("contract", name)))

const message = ({ chat, quotes, sender }: Chatting, name: string, change: Partial<WireMessage> = {}) =>
  ({ chat, sender, quotes, whatsApp: idOf(name), wire: "text", text: name, ...change }) satisfies WireMessage

export const gatewayLaws: ReadonlyArray<Law> = [
  [
    "has what it transmitted, and the chat shows it",
    (it) =>
      Effect.gen(function* () {
        yield* it.gateway.transmit(message(it, "one"))
        expect(yield* it.gateway.has(idOf("one"))).toBe("yes")
        expect(it.shows(idOf("one"), "one")).toBe(true)
      })
  ],
  [
    "never has what was not written, and in the end says so",
    (it) =>
      Effect.gen(function* () {
        expect(yield* it.gateway.has(idOf("never"))).not.toBe("yes")
        yield* Effect.flatMap(it.gateway.has(idOf("never")), (has) =>
          has === "unknown" ? Effect.andThen(it.pass, Effect.fail(has)) : Effect.succeed(has)
        ).pipe(
          Effect.retry(Schedule.recurs(1_000)),
          Effect.match({
            onFailure: (found) => expect(found).toBe("no"),
            onSuccess: (has) => expect(has).toBe("no")
          })
        )
      })
  ],
  [
    "shows what is written again under the same id once",
    (it) =>
      Effect.gen(function* () {
        const before = it.count()
        yield* Effect.repeat(it.gateway.transmit(message(it, "again")), { times: 2 })
        expect(it.count()).toBe(before + 1)
        expect(yield* it.gateway.has(idOf("again"))).toBe("yes")
      })
  ],
  [
    "edits, and takes back, under ids of their own",
    (it) =>
      Effect.gen(function* () {
        const target = idOf("first")
        yield* it.gateway.transmit(message(it, "first"))
        yield* it.gateway.transmit(message(it, "second", { wire: "edit", target }))
        expect(it.shows(target, "second")).toBe(true)
        expect(yield* it.gateway.has(idOf("second"))).toBe("yes")
        const before = it.count()
        yield* it.gateway.transmit(message(it, "third", { wire: "revoke", target, text: "" }))
        expect(it.shows(target, "second")).toBe(false)
        expect(it.count()).toBe(before - 1)
        expect(yield* it.gateway.has(idOf("third"))).toBe("yes")
      })
  ],
  [
    "reacts, reacts otherwise, and takes the reaction back",
    (it) =>
      Effect.gen(function* () {
        const react = (name: string, wire: "reaction" | "unreact", text: string) =>
          it.gateway.transmit(message(it, name, { wire, text }))
        yield* react("r1", "reaction", "⚠️")
        expect(it.reaction()).toBe("⚠️")
        yield* react("r2", "reaction", "✅")
        expect(it.reaction()).toBe("✅")
        yield* react("r3", "unreact", "")
        expect(it.reaction()).toBe("")
      })
  ]
]
