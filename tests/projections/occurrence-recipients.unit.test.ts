import { describe, expect, it } from "vitest"
import { OccurrenceFinished, OccurrenceFired, OccurrenceHandedOver } from "../../contracts/schedule.ts"
import { ChatId } from "../../contracts/ids.ts"
import { given } from "./given.ts"

const example = OccurrenceFired.example as Parameters<typeof OccurrenceFired>[0]
const { job, planned } = example
const chats = ["c0example1", "c0example2", "c0example3"].map((chat) => ChatId.make(chat))
const fired = OccurrenceFired({
  ...example,
  recipients: chats.map((chat) => ({ chat, gateway: "whatsapp" })),
  leftOut: 7
})
const handedOver = OccurrenceHandedOver({ job, planned, queued: 3, optedOut: [2] })

describe("the recipients of an occurrence", () => {
  it("that it had no room for are counted", () => {
    expect(given(fired).queries.occurrences.get(job, planned)).toMatchObject({ leftOut: 7, messages: 3 })
    expect(given(OccurrenceFired(example)).queries.occurrences.get(job, planned)?.leftOut).toBe(0)
  })

  it("that opted out while it was handed over have their messages cancelled, with the reason", () => {
    const { occurrences } = given(fired, handedOver).queries
    const row = occurrences.get(job, planned)!
    expect(row).toMatchObject({ status: "sending", sent: 0, failed: 0, cancelled: 1 })
    expect(occurrences.messages(row).map(({ chat, reason, status }) => [chat, status, reason])).toEqual([
      [chats[0], "waiting", null],
      [chats[1], "waiting", null],
      [chats[2], "cancelled", "opted-out"]
    ])
    const ended = OccurrenceFinished({ job, planned, sent: 2, failed: 0, cancelled: 1 })
    expect(given(fired, handedOver, ended).queries.occurrences.get(job, planned)).toMatchObject({
      status: "finished",
      sent: 2,
      cancelled: 1
    })
  })
})
