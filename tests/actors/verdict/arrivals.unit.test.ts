import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Arrival, MessageReceived, type Place } from "../../../contracts/message.ts"
import { bad, here, host, link, makeStory, message, sender } from "./story.ts"

const posted = (name: string, change: { arrival?: Arrival; place?: Place }) =>
  MessageReceived({
    chat: here,
    message: message(name),
    sender,
    gateway: "whatsapp",
    arrival: "live",
    sentAt: 0,
    links: [{ link: link(bad), host: host("bad"), domains: [] }],
    said: {
      text: bad,
      whatsAppId: change.place === undefined ? "3A00" : "",
      links: [{ link: link(bad), url: bad, raw: bad, start: 0, end: bad.length, defanged: false }]
    },
    who: { name: "Ada" },
    ...change
  })

describe("a dangerous link", () => {
  it.effect("that was posted while we were away is warned about", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.happened(posted("m", { arrival: "replayed" }))
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect("of the time before the number was linked is decided, and nobody is told", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.happened(posted("m", { arrival: "imported" }))
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious simulated"])
    })
  )

  it.effect(
    "in a chat's description is warned about without a quote, and in words where a reaction would do",
    () =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        story.set({ suspicious: "react" })
        story.happened(posted("m", { place: "description" }))
        story.scanned(bad, "suspicious")
        const [entry] = yield* story.queued
        expect(entry).toMatchObject({ kind: "text" })
        expect(entry!.body).not.toHaveProperty("quotes")
        expect(entry!.body.text).toContain("bad[.]example")
      })
  )
})
