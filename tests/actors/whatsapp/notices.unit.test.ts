import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Level } from "../../../contracts/level.ts"
import { hashOf, LinkId, MessageKey, whatsAppIdOf } from "../../../contracts/ids.ts"
import {
  type Notice,
  VerdictDecided,
  VerdictRevised,
  VerdictSuppressed,
  VerdictWithdrawn
} from "../../../contracts/verdict.ts"
import { pass, until } from "../../infra/actor/world.ts"
import { here, idOf, makeChat, person, queued } from "./world.ts"

const about = {
  chat: here,
  message: MessageKey.make(hashOf("message")),
  link: LinkId.make(hashOf("link")),
  sender: person
}
const basis = { scan: 1, policy: 0 }

/** A notice with its words, as a verdict carries it. */
const telling = (name: string, change: Partial<Notice> = {}) => ({
  notice: {
    outbox: idOf(name),
    gateway: "sandbox",
    kind: "text",
    priority: "warning",
    standalone: true,
    ...change
  } satisfies Notice,
  body: { text: name, quotes: "3A00" }
})

const decided = (name: string, level: Level = "malicious") =>
  VerdictDecided({ ...about, level, action: "reply", basis, ...telling(name) })
const revised = (name: string, target: string) =>
  VerdictRevised({
    ...about,
    from: "malicious",
    to: "benign",
    action: "reply",
    basis,
    ...telling(name, { kind: "correction", target: idOf(target), standalone: false })
  })
const withdrawn = (name: string, target: string) =>
  VerdictWithdrawn({
    ...about,
    level: "benign",
    reason: "message-revoked",
    ...telling(name, { kind: "retraction", target: idOf(target), standalone: false })
  })

describe("a notice that a verdict carries", () => {
  it.effect("is claimed, written and sent as any other entry", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(decided("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.transmissions).toEqual([
        {
          last: "outbox.claimed",
          message: {
            chat: here,
            whatsApp: whatsAppIdOf(idOf("a")),
            wire: "text",
            text: "a",
            quotes: "3A00",
            sender: person
          }
        }
      ])
      expect(chat.events().map(({ type }) => type)).toEqual([
        "verdict.decided",
        "outbox.claimed",
        "outbox.sent"
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("is corrected by the one of a revision, and taken back by the one of a withdrawal", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(decided("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* chat.append(revised("b", "a"))
      yield* until("it is corrected", () => chat.named("outbox.sent").length === 2)
      yield* chat.append(withdrawn("c", "b"))
      yield* until("it is taken back", () => chat.named("outbox.sent").length === 3)
      const target = whatsAppIdOf(idOf("a"))
      expect(chat.transmissions.map(({ message }) => message)).toMatchObject([
        { wire: "text", text: "a" },
        { wire: "edit", target, text: "b" },
        { wire: "revoke", target }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("is sent once, though the same entry is asked for again", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(decided("a"))
      yield* chat.append(queued("a"))
      yield* chat.append(decided("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(60_000)
      expect(chat.transmissions).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is not there where nothing is said", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(VerdictDecided({ ...about, level: "benign", action: "none", basis }))
      yield* chat.append(VerdictSuppressed({ ...about, level: "malicious", reason: "muted", basis }))
      yield* pass(60_000)
      expect(chat.events().map(({ type }) => type)).toEqual(["verdict.decided", "verdict.suppressed"])
    }).pipe(Effect.scoped)
  )
})
