import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeScan } from "../../../actors/scan/actor.ts"
import { ChatId, hashOf, HostId, LinkId, MessageKey, PersonId } from "../../../contracts/ids.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import { makeWorld } from "../../infra/actor/world.ts"

const chat = ChatId.make("cchat0001")
const sender = PersonId.make("pperson001")
const first = "http://one.example/"
const second = "http://two.example/"
const link = (url: string) => LinkId.make(hashOf(url))

/** A message as the log holds it, with these links. */
const posted = (name: string, urls: ReadonlyArray<string>) =>
  MessageReceived({
    chat,
    message: MessageKey.make(hashOf(name)),
    sender,
    gateway: "sandbox",
    arrival: "live",
    sentAt: 0,
    who: { name: "Ada" },
    links: urls.map((url) => ({ link: link(url), host: HostId.make(hashOf(url)), domains: [] })),
    said: {
      text: urls.join(" "),
      whatsAppId: name,
      links: urls.map((url) => ({
        link: link(url),
        url,
        raw: url,
        start: 0,
        end: url.length,
        defanged: false
      }))
    }
  })

describe("a message that waits for another one's scan of the same link", () => {
  it.effect("scans the link itself when that one is given up", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.append(posted("m", [first, second]))
      yield* world.append(posted("n", [second]))
      const [one, other] = world.named("message.received")
      const scan = makeScan()
      const scanned: Array<string> = []
      const append = (fact: { readonly data: { readonly link: LinkId } }) =>
        Effect.sync(() => {
          scanned.push(fact.data.link)
          return { sequence: 3, duplicate: false }
        })
      const unavailable = new LogUnavailable({ operation: "append", message: "no answer" })
      const handling = (...given: Parameters<typeof scan.handle>) =>
        Effect.forkChild(scan.handle(...given).pipe(Effect.provideContext(world.services)))
      const giveUp = yield* handling(one!, {
        append: (part) =>
          part.endsWith(link(first)) ? Effect.delay(Effect.fail(unavailable), "1 second") : Effect.never
      })
      yield* Effect.yieldNow
      const waiting = yield* handling(other!, { append: (_, fact) => append(fact) })
      yield* Effect.yieldNow
      expect(scanned).toEqual([])
      // The log does not take the first link, and with it the other scans of that message end.
      yield* TestClock.adjust("1 second")
      expect((yield* Fiber.await(giveUp))._tag).toBe("Failure")
      yield* Fiber.join(waiting)
      expect(scanned).toEqual([link(second)])
    }).pipe(Effect.scoped)
  )
})
