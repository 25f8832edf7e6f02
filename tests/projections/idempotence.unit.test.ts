import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { OptedIn, OptedOut } from "../../contracts/consent.ts"
import { ChatId } from "../../contracts/ids.ts"
import { anyLog } from "./any-log.ts"
import { emptyModels, type Folded, inOrder } from "./given.ts"
import {
  chat,
  chatLinked,
  edited,
  erased,
  everyExample,
  link,
  otherLink,
  posted,
  received,
  renamed,
  revoked,
  sender
} from "./story.ts"

const examples = inOrder(everyExample)

const other = ChatId.make("c0example9")
const optedIn = OptedIn({ chat: other, person: sender, by: "operator" })
const isSameAs = chatLinked({ chat, same: other })

/** Runs on read models as they are, and leaves them so: making them anew takes longer than most of what is done here. */
const within = <A>({ db }: Folded, run: () => A): A => {
  db.exec("savepoint before")
  try {
    return run()
  } finally {
    db.exec("rollback to before; release before")
  }
}

describe("applying events again", () => {
  const whole = emptyModels()
  whole.apply(examples)
  const before = whole.digest()

  it.each(examples.map((event) => [event.type, event] as const))("changes nothing for %s", (_, event) => {
    const after = within(whole, () => {
      whole.apply([event])
      return whole.digest()
    })
    expect(after).toEqual(before)
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
    const empty = emptyModels()
    const after = (run: () => void) =>
      within(empty, () => {
        run()
        return empty.digest()
      })
    fc.assert(
      fc.property(anyLog, again, (log, repeats) => {
        const once = after(() => empty.apply(log))
        const live = after(() =>
          log.forEach((event, index) => {
            empty.apply([event])
            for (const [when, which] of repeats)
              if (when % log.length === index) empty.apply([log[which % (index + 1)]!])
          })
        )
        expect(live).toEqual(once)
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
    ],
    ["an opting in, in a chat that turned out to be another one later", [received(), optedIn, isSameAs]],
    [
      "an opting in, in a chat that turned out to be one in which they had opted out",
      [OptedOut({ chat, person: sender, by: "operator" }), optedIn, isSameAs]
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
