/** Orders of events that crashes and several writers make possible, folded by the verdict actor. */
import Database from "better-sqlite3"
import { describe, expect, it } from "vitest"
import { evolve, type Heard } from "../../actors/verdict/evolve.ts"
import { sightingOf } from "../../actors/verdict/sightings.ts"
import { ChatId, LinkId, MessageKey, outboxId, PersonId } from "../../contracts/ids.ts"
import { MessageReceived } from "../../contracts/message.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"

const chat = ChatId.make("c0example0")
const sender = PersonId.make("p0example0")
const message = MessageKey.make("0123456789abcdef0123456789abcdef01234567")
const { links } = MessageReceived.example as { readonly links: ReadonlyArray<{ readonly link: string }> }
const link = LinkId.make(links[0]!.link)
const notice = (number: number) => outboxId(`n${number}`, chat, 0)
/** As a verdict carries it. */
const told = (number: number) => ({
  notice: { outbox: notice(number), gateway: "sandbox", kind: "text", priority: "warning", standalone: true },
  body: "s0:1"
})
const basis = { scan: 2, policy: 0, ruleSet: "wadjet-1" }

/** Folds events one after the other: each gets the next sequence, and its time in seconds. */
const folded = (
  ...events: ReadonlyArray<{ readonly type: Heard["type"]; readonly data: object; readonly at: number }>
) => {
  const store = openStateStore(new Database(":memory:"), "generation", 1)
  events.forEach(({ at, data, type }, index) => {
    const sequence = index + 1
    const origin = {
      sequence,
      id: `event-${sequence}`,
      time: at * 1_000,
      boundary: chat,
      source: "test",
      cause: undefined,
      correlation: undefined,
      traceparent: undefined
    }
    store.fold(sequence, () => evolve(store.state, { type, data, ...origin } as unknown as Heard))
  })
  return {
    work: store.work.next(0, Number.MAX_SAFE_INTEGER, () => false)?.kind,
    sighting: sightingOf(store.state, about)?.value
  }
}

const about = { chat, message, link, sender }
const received = (at = 1) => ({
  type: "message.received" as const,
  at,
  data: { ...about, gateway: "sandbox", arrival: "live", sentAt: 1, links, said: "s0:1", who: "s0:1" }
})
const scanned = (at: number, validUntilSeconds: number) => ({
  type: "scan.completed" as const,
  at,
  data: {
    link,
    level: "malicious",
    score: 20,
    ruleSet: "wadjet-1",
    evidence: [],
    missing: [],
    validUntil: validUntilSeconds * 1_000,
    found: "s0:1"
  }
})
const decided = (number: number) => ({
  type: "verdict.decided" as const,
  at: 3,
  data: { ...about, level: "malicious", action: "reply", ...told(number), basis }
})
const edited = (at: number, now: ReadonlyArray<object>) => ({
  type: "message.edited" as const,
  at,
  data: { ...about, gateway: "sandbox", editedAt: at, links: now, said: "s0:1" }
})
const withdrawn = (number: number) => ({
  type: "verdict.withdrawn" as const,
  at: 6,
  data: { ...about, level: "malicious", reason: "link-edited-away", ...told(number) }
})

describe("a link that is edited away and put back", () => {
  const warned = [received(), scanned(2, 1_000), decided(1)]

  it("keeps its warning where that was not taken back yet: a second one would stand beside it", () => {
    const { sighting, work } = folded(...warned, edited(4, []), edited(5, links))
    expect(work).toBeUndefined()
    expect(sighting?.told?.notice).toBe(notice(1))
  })

  it("is warned about again where the first warning was taken back", () => {
    expect(folded(...warned, edited(4, []), withdrawn(2), edited(5, links)).work).toBe("decide")
  })

  it("is warned about again where the first warning is taken back only after it was put back", () => {
    expect(folded(...warned, edited(4, []), edited(5, links), withdrawn(2)).work).toBe("decide")
  })

  it("has its second warning taken back too when it goes away again", () => {
    const again = [edited(4, []), edited(5, links), withdrawn(2), decided(3), edited(7, [])]
    expect(folded(...warned, ...again).work).toBe("withdraw")
  })
})

describe("a scan that answers for a later message", () => {
  it("is the one that holds longest, though another replica wrote one that holds shorter after it", () => {
    const { work } = folded(scanned(1, 700), scanned(2, 650), received(660))
    expect(work).toBe("decide")
  })
})
