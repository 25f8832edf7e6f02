import { describe, expect, it } from "vitest"
import fc from "fast-check"
import { plainPacing, type PacingLimits } from "../../../../actors/whatsapp/pacing/limits.ts"
import { type Asking, makePacer } from "../../../../actors/whatsapp/pacing/pacer.ts"
import { asking, chatOf, makeLog } from "./log.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const start = 1_767_225_600_000
const limits = plainPacing({ overallPerMinute: 60, chatPerMinute: 20, burst: 3 })

const makeSpeaker = (change: Partial<PacingLimits> = {}) => {
  const log = makeLog()
  let pacer = makePacer({ ...limits, ...change })
  const take = (it: Asking, now: number, lot = 0) => {
    const answer = pacer.take(log.state(), it, now, lot)
    if (answer === undefined) log.claim(it, now)
    return answer
  }
  return {
    ...log,
    take,
    giveBack: (it: Asking) => pacer.giveBack(it),
    /** How many of a chat's messages may go now, of more than there are turns. */
    turns: (chat: string, now: number, mayWait = true) =>
      Array.from({ length: 50 }, () => take(asking(chat, { mayWait }), now)).filter((it) => it === undefined)
        .length,
    restart: () => {
      log.restart()
      pacer = makePacer({ ...limits, ...change })
    }
  }
}

describe("pacing", () => {
  it("lets a burst go after a silence, and then as many as the chat may have", () => {
    const speaker = makeSpeaker()
    expect(speaker.turns("a", start)).toBe(3)
    expect(speaker.turns("a", start + 3 * second - 1)).toBe(0)
    expect(speaker.turns("a", start + 3 * second)).toBe(1)
    expect(speaker.turns("a", start + 9 * second)).toBe(2)
  })

  it("says when to ask again, to the millisecond", () => {
    const speaker = makeSpeaker()
    speaker.turns("a", start)
    const answer = speaker.take(asking("a"), start + 500)
    expect(answer).toEqual({ later: start + 3 * second })
    expect(speaker.take(asking("a"), start + 3 * second - 1)).toBeDefined()
    expect(speaker.take(asking("a"), start + 3 * second)).toBeUndefined()
  })

  it("holds all of a priority at once where all chats together have had enough", () => {
    const speaker = makeSpeaker()
    for (const chat of ["a", "b", "c"]) speaker.take(asking(chat), start)
    expect(speaker.take(asking("d"), start)).toEqual({ later: start + second, everywhere: true })
  })

  it("takes back a turn that came to nothing, and no more turns than there can be", () => {
    const speaker = makeSpeaker()
    speaker.turns("a", start)
    speaker.giveBack(asking("a"))
    expect(speaker.turns("a", start)).toBe(1)
    for (let times = 0; times < 10; times++) speaker.giveBack(asking("a"))
    expect(speaker.turns("a", start + 10 * minute)).toBe(3)
  })

  it("begins anew with what the log says where another process spoke in between", () => {
    const pacer = makePacer(limits)
    const before = makeLog()
    expect(pacer.take(before.state(), asking("a"), start, 0)).toBeUndefined()
    const after = makeLog()
    for (let times = 0; times < 3; times++) after.claim(asking("a"), start + 1)
    expect(pacer.take(after.state(), asking("a"), start + 2, 0)).toEqual({ later: start + 3 * second + 2 })
  })

  it("does not save up more than a burst", () => {
    const speaker = makeSpeaker()
    speaker.turns("a", start)
    expect(speaker.turns("a", start + 60 * minute)).toBe(3)
  })

  it("never makes a warning wait, and others wait longer for it, in another process too", () => {
    for (const restarts of [false, true]) {
      const speaker = makeSpeaker()
      expect(speaker.turns("a", start, false)).toBe(50)
      if (restarts) speaker.restart()
      // Fifty warnings are paid for by 47 messages that a minute of the chat does not have.
      expect(speaker.turns("a", start + 2 * minute)).toBe(0)
      expect(speaker.turns("a", start + 4 * minute)).toBe(3)
    }
  })

  it("does not fall silent for hours after however many warnings, in another process neither", () => {
    for (const restarts of [false, true]) {
      const speaker = makeSpeaker()
      for (let warning = 0; warning < 3_000; warning++)
        speaker.take(asking(`${warning % 50}`, { mayWait: false }), start + warning)
      if (restarts) speaker.restart()
      expect(speaker.turns("0", start + 4 * minute)).toBe(0)
      expect(speaker.turns("0", start + 8 * minute)).toBeGreaterThan(0)
      expect(speaker.turns("new", start + 9 * minute)).toBeGreaterThan(0)
    }
  })

  it("does not fall silent when the clock is set back", () => {
    const speaker = makeSpeaker({ jitterMillis: second })
    speaker.turns("a", start)
    const before = start - 60 * minute
    expect(speaker.take(asking("a"), before)!.later).toBeLessThanOrEqual(before + 3 * second)
    expect(speaker.turns("a", before + 3 * second)).toBe(1)
  })

  it("remembers thousands of chats, and reads what it does not remember from the log", () => {
    const speaker = makeSpeaker({ overallPerMinute: 1e9, chatPerMinute: 1 / 60 })
    for (let chat = 0; chat < 12_000; chat++)
      speaker.take(asking(`${chat}`, { mayWait: false }), start + chat)
    expect(speaker.turns("11999", start + 12_000)).toBe(2)
    expect(speaker.turns("0", start + 12_001)).toBe(2)
  })

  it("rests after each message, for as long as the lot says, and a warning does not", () => {
    const speaker = makeSpeaker({ jitterMillis: 800 })
    expect(speaker.take(asking("a"), start, 0.5)).toBeUndefined()
    expect(speaker.take(asking("b"), start, 0.5)).toEqual({ later: start + 400, everywhere: true })
    expect(speaker.take(asking("b", { mayWait: false }), start, 0.25)).toBeUndefined()
    expect(speaker.take(asking("a"), start + 199)).toEqual({ later: start + 200, everywhere: true })
    expect(speaker.take(asking("a"), start + 200)).toBeUndefined()
  })

  it("gives a number that was linked just now an eighth of it, and a second eighth the day after", () => {
    const speaker = makeSpeaker({ warmUpDays: 7, chatPerMinute: 60 })
    speaker.linked(start)
    expect(speaker.turns("a", start)).toBe(1)
    expect(speaker.take(asking("a"), start)).toEqual({ later: start + 8 * second })
    speaker.restart()
    expect(speaker.turns("a", start + day)).toBe(1)
    expect(speaker.take(asking("a"), start + day)).toEqual({ later: start + day + 4 * second })
  })

  it("starts slowly after each connection", () => {
    const speaker = makeSpeaker({ slowStartSeconds: 60, chatPerMinute: 60 })
    speaker.opened(start)
    expect(speaker.turns("a", start)).toBe(1)
    expect(speaker.take(asking("a"), start)).toEqual({ later: start + 4 * second })
    // Of the last token three quarters are missing when the slow minute ends.
    expect(speaker.turns("a", start + 59 * second)).toBe(1)
    expect(speaker.take(asking("a"), start + 59 * second)).toEqual({ later: start + 60_750 })
  })
})

describe("typing", () => {
  it("takes a turn, and what was typed leaves when it is done", () => {
    const speaker = makeSpeaker({ burst: 1 })
    const it = asking("a", { typingMillis: 2_000 })
    expect(speaker.take(it, start)).toEqual({ later: start + 2_000, typing: 2_000 })
    expect(speaker.take(it, start + 500)).toEqual({ later: start + 2_000 })
    expect(speaker.take(asking("a"), start + 2_000)).toEqual({ later: start + 3_000 })
    expect(speaker.take(it, start + 2_000)).toBeUndefined()
  })

  it("of what is never sent gives its turn back", () => {
    const speaker = makeSpeaker({ burst: 1, chatPerMinute: 1 / 60, overallPerMinute: 6_000 })
    speaker.take(asking("a", { typingMillis: 2_000 }), start)
    expect(speaker.take(asking("a"), start + minute)!.later).toBeGreaterThan(start + 59 * minute)
    speaker.take(asking("b", { typingMillis: 2_000 }), start + 2 * minute)
    expect(speaker.take(asking("a"), start + 2 * minute)).toBeUndefined()
  })
})

describe("first messages", () => {
  const first = (chat: string) => asking(chat, { isFirst: true })
  const open = { overallPerMinute: 6_000, chatPerMinute: 6_000, burst: 100 }

  it("go to as many people as may have one within any 24 hours, whoever asks and however often", () => {
    const speaker = makeSpeaker({ ...open, firstMessagesPerDay: 2 })
    expect(speaker.take(first("a"), start)).toBeUndefined()
    expect(speaker.take(first("b"), start + hour)).toBeUndefined()
    expect(speaker.take(first("c"), start + 2 * hour)).toEqual({ later: start + day })
    speaker.restart()
    expect(speaker.take(first("c"), start + day - 1)).toEqual({ later: start + day })
    expect(speaker.take(asking("d"), start + 3 * hour)).toBeUndefined()
    expect(speaker.take(first("c"), start + day)).toBeUndefined()
    expect(speaker.take(first("e"), start + day)).toEqual({ later: start + day + hour })
  })

  it("are counted from the moment at which they are let go, and not if they come to nothing", () => {
    const log = makeLog()
    const pacer = makePacer({ ...limits, ...open, firstMessagesPerDay: 1 })
    const it = first("a")
    expect(pacer.take(log.state(), it, start, 0)).toBeUndefined()
    expect(pacer.take(log.state(), first("b"), start, 0)).toEqual({ later: start + second })
    pacer.giveBack(it)
    const other = first("b")
    expect(pacer.take(log.state(), other, start, 0)).toBeUndefined()
    log.claim(other, start)
    expect(pacer.take(log.state(), first("c"), start, 0)).toEqual({ later: start + day })
  })

  it("are fewer for a number that was linked just now, and one at least", () => {
    const speaker = makeSpeaker({ ...open, warmUpDays: 7, firstMessagesPerDay: 10 })
    speaker.linked(start)
    expect(speaker.take(first("a"), start)).toBeUndefined()
    expect(speaker.take(first("b"), start)).toEqual({ later: start + day })
    expect(speaker.take(first("b"), start + day)).toBeUndefined()
    expect(speaker.take(first("c"), start + day)).toBeUndefined()
    expect(speaker.take(first("d"), start + day)).toEqual({ later: start + 2 * day })
  })

  it("leave never where nobody may have one", () => {
    const speaker = makeSpeaker({ firstMessagesPerDay: 0 })
    expect(speaker.take(first("a"), start)).toEqual({ later: Infinity })
  })
})

describe("any queue, over any restarts", () => {
  const step = fc.record({
    after: fc.constantFrom(0, 0, 1, 400, 1_000, 2_999, 20_000, 5 * minute),
    chat: fc.constantFrom("a", "b", "c"),
    mayWait: fc.constantFrom(true, true, true, true, false),
    what: fc.constantFrom("speak", "speak", "speak", "speak", "restart", "connect", "come to nothing")
  })

  it("lets leave, up to whatever waited for its turn, no more than the bucket allows in any window", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.constantFrom(0, 1, 7),
        fc.constantFrom(0, 60),
        (steps, warmUpDays, slowStartSeconds) => {
          const growing = { ...limits, warmUpDays, slowStartSeconds }
          const log = makeLog()
          log.linked(start)
          let pacer = makePacer(growing)
          let now = start
          const left: Array<{ readonly at: number; readonly chat: string; readonly waited: boolean }> = []
          for (const { after, chat, mayWait, what } of steps) {
            now += after
            if (what === "connect") log.opened(now)
            if (what === "restart") {
              log.restart()
              pacer = makePacer(growing)
            }
            const it = asking(chat, { mayWait })
            if (pacer.take(log.state(), it, now, 0) !== undefined) continue
            if (what === "come to nothing") {
              pacer.giveBack(it)
              continue
            }
            log.claim(it, now)
            left.push({ at: now, chat, waited: mayWait })
          }
          for (const [place, perMinute] of [
            ["all", limits.overallPerMinute],
            ["a", limits.chatPerMinute],
            ["b", limits.chatPerMinute]
          ] as const) {
            const here = left.filter(({ chat }) => place === "all" || chat === place)
            for (const [from, first] of here.entries())
              for (const [to, last] of here.entries()) {
                if (to < from || !last.waited) continue
                const allowed = limits.burst + ((last.at - first.at) * perMinute) / minute
                expect(to - from + 1).toBeLessThanOrEqual(allowed + 1e-6)
              }
          }
        }
      ),
      { numRuns: 300 }
    )
  })

  it("comes to the same state whichever process folds it, and whatever its settings are", () => {
    const [one, other] = [makeLog(), makeLog()]
    for (const log of [one, other]) {
      log.linked(start)
      log.opened(start + 1)
      for (let number = 0; number < 200; number++)
        log.claim(
          { ...asking(number % 7, { isFirst: number % 20 === 0 }), outbox: asking(0).outbox },
          start + number * 40 * second
        )
    }
    expect(one.digest()).toBe(other.digest())
    expect(chatOf(1)).toBe("cchat0001")
  })
})
