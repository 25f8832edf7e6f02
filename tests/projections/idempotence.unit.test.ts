import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyLog } from "./any-log.ts"
import { emptyModels, inOrder } from "./given.ts"
import {
  chat,
  edited,
  erased,
  everyExample,
  link,
  otherLink,
  posted,
  received,
  renamed,
  revoked
} from "./story.ts"

const examples = inOrder(everyExample)

describe("applying events again", () => {
  it.each(examples.map((event) => [event.type, event] as const))("changes nothing for %s", (_, event) => {
    const folded = emptyModels()
    folded.apply(examples)
    const before = folded.digest()
    folded.apply([event])
    expect(folded.digest()).toEqual(before)
  })

  it("changes nothing when each is applied twice at once", () => {
    const once = emptyModels()
    once.apply(examples)
    const twice = emptyModels()
    for (const event of examples) twice.apply([event, event])
    expect(twice.digest()).toEqual(once.digest())
  })

  it("changes nothing for any log, whichever of its earlier events come again and when", () => {
    const again = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 })
    fc.assert(
      fc.property(anyLog, again, (log, repeats) => {
        const once = emptyModels()
        once.apply(log)
        const live = emptyModels()
        log.forEach((event, index) => {
          live.apply([event])
          for (const [when, which] of repeats)
            if (when % log.length === index) live.apply([log[which % (index + 1)]!])
        })
        expect(live.digest()).toEqual(once.digest())
      }),
      { numRuns: 200 }
    )
  })

  it.each([
    [
      "an edit, of a link that a later edit took out",
      [received(), edited(posted(otherLink, "http://b.example/")), edited()]
    ],
    ["an erasure, of a chat that got another name later", [renamed(), erased({ subject: chat }), renamed()]],
    [
      "a deletion, of a link that an edit put in later",
      [received(), revoked(), edited(posted(link, "http://a.example/"))]
    ]
  ])("changes nothing for %s", (_, facts) => {
    const folded = emptyModels()
    const log = inOrder(facts)
    folded.apply(log)
    const before = folded.digest()
    folded.apply([log[1]!])
    expect(folded.digest()).toEqual(before)
  })

  it("is seen by a digest when it does change something", () => {
    const folded = emptyModels()
    folded.apply(examples)
    const before = folded.digest()
    folded.db.exec("update chats set messages = messages + 1")
    expect(folded.digest().whole).not.toBe(before.whole)
    expect(folded.digest().models["messages"]).toBe(before.models["messages"])
  })
})
