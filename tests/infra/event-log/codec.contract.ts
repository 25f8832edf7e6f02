/** What any event log promises about the envelope, sealed data, and what it cannot read. */
import { expect } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { MessageReceived } from "../../../contracts/message.ts"
import { VerdictDecided } from "../../../contracts/verdict.ts"
import { eventSubject } from "../../../contracts/subjects.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Behind, by, chat, entry, type LogTest, muted, readEvents, received } from "./subject.ts"

export const codecContract = (it: LogTest): void => {
  it(
    "says of each event who stated it, when, and what led to it",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { account } = yield* Keyring
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      const provenance = { actor: "verdict", cause: "cause1", correlation: "first1", traceparent }
      const before = yield* Clock.currentTimeMillis
      yield* log.append([entry("a", muted(1, 5))], provenance)
      yield* log.append([entry("b", muted(1))], by)
      const after = yield* Clock.currentTimeMillis
      const first = yield* log.get(1)
      expect(first).toMatchObject({
        type: "policy.muted",
        id: "a",
        sequence: 1,
        boundary: chat(1),
        source: `/wadjet/${account}/verdict`,
        cause: "cause1",
        correlation: "first1",
        traceparent,
        data: { chat: chat(1), until: 5, by: "operator" }
      })
      const time = first !== undefined && "time" in first ? first.time : Number.NaN
      expect(time).toBeGreaterThanOrEqual(before)
      expect(time).toBeLessThanOrEqual(after)
      expect(yield* log.get(2)).toMatchObject({
        cause: undefined,
        correlation: undefined,
        traceparent: undefined
      })
    })
  )

  it(
    "writes the envelope as CloudEvents 1.0 in headers, and JSON in the body",
    Effect.gen(function* () {
      const log = yield* EventLog
      const behind = yield* Behind
      yield* log.append([entry("a", muted(1, 5))], { actor: "verdict", cause: "cause1" })
      const { data, header } = yield* behind.show(1)
      expect(JSON.parse(data)).toEqual({ chat: chat(1), until: 5, by: "operator" })
      expect(header("ce-specversion")).toBe("1.0")
      expect(header("ce-id")).toBe("a")
      expect(header("Nats-Msg-Id")).toBe("a")
      expect(header("ce-type")).toBe("wadjet.policy.muted.v1")
      expect(header("content-type")).toBe("application/json")
      expect(header("wadjet-cause")).toBe("cause1")
      expect(header("wadjet-correlation")).toBe("")
    })
  )

  it(
    "keeps personal data sealed in the log and in what is read, for the keyring alone to open",
    Effect.gen(function* () {
      const log = yield* EventLog
      const behind = yield* Behind
      const keyring = yield* Keyring
      yield* log.append([entry("a", received("the secret word"))], by)
      const { data } = yield* behind.show(1)
      for (const clear of ["secret word", "Ada", "3A0123456789ABCDEF01"]) {
        expect(data).not.toContain(clear)
        expect(data).not.toContain(Buffer.from(clear).toString("base64"))
      }
      const read = yield* log.get(1)
      if (read?.type !== "message.received") throw new Error(`expected message.received, found ${read?.type}`)
      expect(read.data.said).toMatch(/^s1:/)
      expect(keyring.open(read.data.said)).toMatchObject({ text: "the secret word" })
      expect(keyring.open(read.data.who)).toEqual({ name: "Ada" })
      yield* keyring.forget(read.data.sender)
      expect(keyring.open(read.data.said)).toBeNull()
      expect(yield* log.get(1)).toMatchObject({
        type: "message.received",
        data: { message: read.data.message }
      })
    })
  )

  it(
    "seals what an event may come without where it is there, and leaves it out where it is not",
    Effect.gen(function* () {
      const log = yield* EventLog
      const keyring = yield* Keyring
      const told = VerdictDecided.example as ReturnType<typeof VerdictDecided>["data"]
      const { body, notice: _notice, ...silent } = told
      yield* log.append([entry("a", VerdictDecided(told))], by)
      yield* log.append([entry("b", VerdictDecided(silent))], by)
      const [first, second] = [yield* log.get(1), yield* log.get(2)]
      if (first?.type !== "verdict.decided" || second?.type !== "verdict.decided")
        throw new Error("expected two of verdict.decided")
      expect(first.data.body).toMatch(/^s1:/)
      expect(keyring.open(first.data.body ?? null)).toEqual(body)
      expect(second.data).toEqual(silent)
    })
  )

  it(
    "reports what it cannot read, with its place, and goes on",
    Effect.gen(function* () {
      const log = yield* EventLog
      const behind = yield* Behind
      const { account } = yield* Keyring
      const subject = eventSubject(account, "policy", chat(1), "muted")
      const envelope = {
        "ce-id": "x",
        "ce-time": "2026-01-01T00:00:00.000Z",
        "ce-type": "wadjet.policy.muted.v1"
      }
      const good = JSON.stringify({ chat: chat(1), until: 1, by: "operator" })
      const store = (more: Readonly<Record<string, string>>, data = good, at = subject) =>
        behind.store(at, { ...envelope, ...more }, data)
      yield* store({ "ce-type": "wadjet.policy.unheard-of.v1" })
      yield* store({ "ce-type": "wadjet.policy.muted.v2" })
      yield* store({ "ce-type": "com.example.other" })
      yield* store({}, "{ not json")
      yield* store({}, JSON.stringify({ chat: chat(1) }))
      yield* store({}, "null")
      yield* store({ "ce-time": "yesterday" })
      yield* store({ "ce-id": "" })
      yield* store({}, good, `evt.${account}.no-such-context.${chat(1)}.muted`)
      yield* store({}, good, `evt.${account}.policy`)
      const sequence = yield* store({})
      const { events } = yield* readEvents(log, { from: 1 }, sequence)
      expect(events.map(({ type }) => type)).toEqual([
        ...Array.from({ length: 10 }, () => "unreadable"),
        "policy.muted"
      ])
      expect(events[0]).toMatchObject({ sequence: 1, subject, boundary: chat(1), context: "policy" })
      expect(events[8]).toMatchObject({ sequence: 9, boundary: "", context: undefined })
      const reasons = events.map((event) => (event.type === "unreadable" ? event.reason : ""))
      expect(reasons[0]).toContain("policy.unheard-of")
      expect(reasons[1]).toContain("up to version 1, found 2")
      expect(reasons.slice(0, 10)).not.toContain("")
      expect(yield* log.get(4)).toMatchObject({ type: "unreadable", sequence: 4 })
    })
  )

  it(
    "keeps every declared field of an event on the way through",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { open } = yield* Keyring
      yield* log.append([entry("a", received())], by)
      const read = yield* log.get(1)
      if (read?.type !== "message.received") throw new Error("expected message.received")
      const { said, who, ...rest } = read.data
      expect({ ...rest, said: open(said), who: open(who) }).toEqual(MessageReceived.example)
    })
  )
}
