import { describe, expect, it } from "@effect/vitest"
import { turn, whenRefused, whenTaken } from "../../../actors/whatsapp/decide.ts"
import type { Claim, OutboxEntry } from "../../../actors/whatsapp/model.ts"
import { ChatId, hashOf, OutboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import type { OutboxKind, WireKind } from "../../../contracts/outbox.ts"

const now = 1_767_225_600_000
const minute = 60_000
const hour = 60 * minute

const idOf = (name: string) => OutboxId.make(hashOf("entry", name))
const wireIdOf = (name: string) => whatsAppIdOf(idOf(name))

const entry = (name: string, change: Partial<OutboxEntry> = {}): OutboxEntry => ({
  sequence: 1,
  chat: ChatId.make("cchat0001"),
  outbox: idOf(name),
  gateway: "sandbox",
  kind: "text",
  priority: "warning",
  standalone: true,
  status: "queued",
  ...change
})

const claimOf = (name: string, wire: WireKind): Claim => ({ whatsApp: wireIdOf(name), wire, attempt: 1 })

/** An entry that reached the chat a while ago; an edit shows under the id of what it edited. */
const sent = (name: string, wire: WireKind, agoMillis = 0, shows = name): OutboxEntry =>
  entry(name, {
    status: "sent",
    claim: claimOf(name, wire),
    visible: wireIdOf(shows),
    sentAt: now - agoMillis
  })
const waiting = (name: string, kind: OutboxKind = "text") => entry(name, { kind })
const claimed = (name: string, wire: WireKind) =>
  entry(name, { status: "claimed", claim: claimOf(name, wire) })
const cancelled = (name: string, kind: OutboxKind = "text") => entry(name, { kind, status: "cancelled" })
const failed = (name: string, wire: WireKind) => entry(name, { status: "failed", claim: claimOf(name, wire) })

const correction = entry("new", { kind: "correction" })
const calm = entry("new", { kind: "correction", standalone: false })
const retraction = entry("new", { kind: "retraction", standalone: false })

describe("a text, a file or a reaction", () => {
  it("is sent as what it is", () => {
    for (const kind of ["text", "media", "reaction"] as const)
      expect(turn(entry("new", { kind }), [], now)).toEqual({ do: "send", wire: kind, supersedes: [] })
  })
})

describe("a correction", () => {
  it("edits what the chat sees, while WhatsApp takes edits", () => {
    expect(turn(correction, [sent("a", "text", 14 * minute - 1)], now)).toEqual({
      do: "send",
      wire: "edit",
      target: wireIdOf("a"),
      supersedes: []
    })
    expect(turn(calm, [sent("a", "text")], now)).toMatchObject({ wire: "edit" })
  })

  it("takes back what the chat sees after that, while WhatsApp takes it back, and is sent in its place", () => {
    for (const it of [correction, calm]) {
      for (const agoMillis of [14 * minute, 47 * hour - 1])
        expect(turn(it, [sent("a", "text", agoMillis)], now)).toEqual({
          do: "send",
          wire: "revoke",
          target: wireIdOf("a"),
          supersedes: []
        })
      expect(turn({ ...it, tookBack: true }, [sent("a", "text", hour)], now)).toEqual({
        do: "send",
        wire: "text",
        supersedes: []
      })
    }
  })

  it("is a reply of its own once what the chat sees has to stay", () => {
    for (const it of [correction, calm])
      expect(turn(it, [sent("a", "text", 47 * hour)], now)).toEqual({
        do: "send",
        wire: "text",
        supersedes: []
      })
  })

  it("goes on to the next way when one is refused", () => {
    const earlier = [sent("a", "text")]
    expect(turn({ ...correction, refused: ["edit"] }, earlier, now)).toMatchObject({ wire: "revoke" })
    expect(turn({ ...correction, refused: ["edit", "revoke"] }, earlier, now)).toMatchObject({ wire: "text" })
    expect(turn({ ...correction, refused: ["revoke"] }, earlier, now)).toMatchObject({ wire: "edit" })
  })

  it("of an edit edits the message that was edited", () => {
    expect(turn(correction, [sent("b", "edit", minute, "a"), sent("a", "text", minute)], now)).toMatchObject({
      wire: "edit",
      target: wireIdOf("a")
    })
  })

  it("takes the place of a notice that still waits", () => {
    expect(turn(correction, [waiting("a")], now)).toEqual({
      do: "send",
      wire: "text",
      supersedes: [idOf("a")]
    })
  })

  it("that would only calm is not worth saying where nothing was said, and ends with what still waits", () => {
    expect(turn(calm, [waiting("a")], now)).toEqual({
      do: "cancel",
      reason: "nothing-to-correct",
      supersedes: [idOf("a")]
    })
    for (const earlier of [[], [cancelled("a")], [failed("a", "text")]])
      expect(turn(calm, earlier, now)).toEqual({ do: "cancel", reason: "nothing-to-correct", supersedes: [] })
  })

  it("that warns is sent although nothing was said before", () => {
    for (const earlier of [[], [cancelled("a")], [failed("a", "text")]])
      expect(turn(correction, earlier, now)).toEqual({ do: "send", wire: "text", supersedes: [] })
  })

  it("of a reaction takes that back, and a warning is sent in its place", () => {
    for (const it of [correction, calm])
      expect(turn(it, [sent("a", "reaction", 400 * hour)], now)).toMatchObject({
        wire: "unreact",
        target: wireIdOf("a")
      })
    expect(turn({ ...correction, tookBack: true }, [sent("a", "reaction")], now)).toMatchObject({
      wire: "text"
    })
    expect(turn({ ...calm, refused: ["unreact"] }, [sent("a", "reaction")], now)).toMatchObject({
      wire: "text"
    })
  })

  it("waits until it is known what became of an earlier claim", () => {
    const unresolved = claimed("a", "text")
    expect(turn(correction, [unresolved], now)).toEqual({ do: "resolve", target: unresolved })
    expect(turn(correction, [waiting("b"), unresolved], now)).toEqual({ do: "resolve", target: unresolved })
  })
})

describe("a correction that overtakes an earlier one", () => {
  it("edits what that one would have edited, and takes its place", () => {
    expect(turn(correction, [waiting("b", "correction"), sent("a", "text", minute)], now)).toEqual({
      do: "send",
      wire: "edit",
      target: wireIdOf("a"),
      supersedes: [idOf("b")]
    })
  })

  it("edits what a retraction would have taken back, and takes its place", () => {
    expect(turn(correction, [waiting("r", "retraction"), sent("a", "text", minute)], now)).toMatchObject({
      wire: "edit",
      target: wireIdOf("a"),
      supersedes: [idOf("r")]
    })
  })

  it("takes the place of all that still waits", () => {
    expect(turn(correction, [waiting("r", "retraction"), waiting("a")], now)).toMatchObject({
      do: "send",
      wire: "text",
      supersedes: [idOf("r"), idOf("a")]
    })
  })

  it("edits what an edit or a retraction failed to change", () => {
    for (const wire of ["edit", "revoke"] as const)
      expect(turn(correction, [failed("b", wire), sent("a", "text", minute)], now)).toMatchObject({
        wire: "edit",
        target: wireIdOf("a")
      })
  })

  it("edits what stands behind a correction that was called off", () => {
    expect(turn(correction, [cancelled("b", "correction"), sent("a", "text", minute)], now)).toMatchObject({
      wire: "edit",
      target: wireIdOf("a")
    })
  })
})

describe("what was begun", () => {
  const begun = (status: OutboxEntry["status"]) =>
    entry("b", { kind: "correction", status, claim: claimOf("b", "revoke"), tookBack: true })

  it("has left nothing standing, whatever became of it then", () => {
    for (const status of ["queued", "cancelled", "failed"] as const) {
      const supersedes = status === "queued" ? [idOf("b")] : []
      const earlier = [begun(status), sent("a", "text", hour)]
      expect(turn(correction, earlier, now)).toEqual({ do: "send", wire: "text", supersedes })
      expect(turn(calm, earlier, now)).toMatchObject({ do: "cancel", supersedes })
      expect(turn(retraction, earlier, now)).toMatchObject({ do: "cancel", supersedes })
    }
  })
})

describe("a reaction in place of an earlier notice", () => {
  const reaction = entry("new", { kind: "reaction" })

  it("takes back a text first, and changes a reaction", () => {
    expect(turn(reaction, [sent("a", "text")], now)).toMatchObject({ wire: "revoke", target: wireIdOf("a") })
    expect(turn({ ...reaction, tookBack: true }, [sent("a", "text")], now)).toMatchObject({
      wire: "reaction"
    })
    expect(turn(reaction, [sent("a", "text", 47 * hour)], now)).toMatchObject({ wire: "reaction" })
    expect(turn(reaction, [sent("a", "reaction")], now)).toEqual({
      do: "send",
      wire: "reaction",
      supersedes: []
    })
  })

  it("takes the place of what still waits", () => {
    expect(turn(reaction, [waiting("r", "retraction"), sent("a", "reaction")], now)).toMatchObject({
      wire: "reaction",
      supersedes: [idOf("r")]
    })
  })
})

describe("what comes of a step", () => {
  const withKind = (kind: OutboxKind, standalone = true) => entry("a", { kind, standalone })

  it("is the end where the last word was taken", () => {
    for (const [it, wire] of [
      [withKind("text"), "text"],
      [withKind("reaction"), "reaction"],
      [withKind("correction"), "edit"],
      [withKind("retraction"), "revoke"],
      [withKind("retraction"), "unreact"],
      [withKind("correction", false), "unreact"]
    ] as const)
      expect(whenTaken(it, wire)).toBe("sent")
  })

  it("is one more step where an earlier notice was taken back for another", () => {
    expect(whenTaken(withKind("correction"), "revoke")).toBe("stepped")
    expect(whenTaken(withKind("correction", false), "revoke")).toBe("stepped")
    expect(whenTaken(withKind("correction"), "unreact")).toBe("stepped")
    expect(whenTaken(withKind("reaction"), "revoke")).toBe("stepped")
  })

  it("is a failure only where no way is left", () => {
    expect(whenRefused(withKind("correction"), "edit")).toBe("stepped")
    expect(whenRefused(withKind("correction"), "revoke")).toBe("stepped")
    expect(whenRefused(withKind("correction", false), "unreact")).toBe("stepped")
    for (const [kind, wire] of [
      ["correction", "text"],
      ["text", "text"],
      ["reaction", "reaction"],
      ["retraction", "revoke"],
      ["retraction", "unreact"]
    ] as const)
      expect(whenRefused(withKind(kind), wire)).toBe("failed")
  })
})

describe("a correction of what was taken back", () => {
  const gone = sent("r", "revoke")
  it("is sent anew, for the chat sees nothing of it", () => {
    expect(turn(correction, [gone, sent("a", "text", minute)], now)).toEqual({
      do: "send",
      wire: "text",
      supersedes: []
    })
  })

  it("has nothing to calm", () => {
    expect(turn(calm, [gone, sent("a", "text", minute)], now)).toMatchObject({ do: "cancel" })
  })
})

describe("a retraction", () => {
  it("takes back what the chat sees, while WhatsApp takes it", () => {
    expect(turn(retraction, [sent("a", "text", 47 * hour - 1)], now)).toEqual({
      do: "send",
      wire: "revoke",
      target: wireIdOf("a"),
      supersedes: []
    })
    expect(turn(retraction, [sent("a", "text", 47 * hour)], now)).toMatchObject({ do: "cancel" })
  })

  it("takes back a reaction by an empty one, however late", () => {
    for (const agoMillis of [0, 47 * hour, 400 * hour])
      expect(turn(retraction, [sent("a", "reaction", agoMillis)], now)).toMatchObject({
        wire: "unreact",
        target: wireIdOf("a")
      })
    const gone = sent("r", "unreact")
    expect(turn(retraction, [gone, sent("a", "reaction")], now)).toMatchObject({ do: "cancel" })
    expect(turn(correction, [gone, sent("a", "reaction")], now)).toMatchObject({ wire: "text" })
  })

  it("of an edit takes back the message that was edited", () => {
    expect(turn(retraction, [sent("b", "edit", 0, "a"), sent("a", "text")], now)).toMatchObject({
      target: wireIdOf("a")
    })
  })

  it("takes back what the chat sees although a correction of it still waits, which ends with it", () => {
    expect(turn(retraction, [waiting("b", "correction"), sent("a", "text")], now)).toMatchObject({
      wire: "revoke",
      target: wireIdOf("a"),
      supersedes: [idOf("b")]
    })
  })

  it("ends with a notice that still waits", () => {
    expect(turn(retraction, [waiting("a")], now)).toEqual({
      do: "cancel",
      reason: "nothing-to-correct",
      supersedes: [idOf("a")]
    })
  })

  it("has nothing to do where nothing was said, or where it was taken back before", () => {
    for (const earlier of [
      [],
      [cancelled("a")],
      [failed("a", "text")],
      [sent("r", "revoke"), sent("a", "text")]
    ])
      expect(turn(retraction, earlier, now)).toEqual({
        do: "cancel",
        reason: "nothing-to-correct",
        supersedes: []
      })
  })

  it("waits until it is known what became of an earlier claim", () => {
    expect(turn(retraction, [claimed("a", "text")], now)).toMatchObject({ do: "resolve" })
  })
})
