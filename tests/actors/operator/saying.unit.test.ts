import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { Cause, Effect, References } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { eventJson, eventLine } from "../../../actors/operator/events.ts"
import { explain, OperatorFailed } from "../../../actors/operator/failure.ts"
import { outputTo } from "../../../actors/operator/output.ts"
import { duration, progressBar } from "../../../actors/operator/progress.ts"
import { readyJson, readyLines } from "../../../actors/operator/ready.ts"
import { announceRun, runFileIn, runningOn } from "../../../actors/operator/run-file.ts"
import { SystemStopped } from "../../../actors/operator/run-system.ts"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { ChatId, MessageKey, PersonId } from "../../../contracts/ids.ts"
import type { Said, Who } from "../../../contracts/message.ts"
import type { Sealed } from "../../../contracts/personal.ts"
import { DamagedLog } from "../../../infra/event-log/event-log.ts"
import { NatsServerFailed } from "../../../infra/nats-server/errors.ts"
import { startOf } from "../../../infra/process/identity.ts"

const work = mkdtempSync(join(tmpdir(), "wadjet-saying-"))
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe("run.json", () => {
  const record = {
    pid: process.pid,
    started: startOf(process.pid),
    version: "0.1.0",
    natsUrl: "nats://127.0.0.1:4222",
    server: "embedded",
    serverVersion: "2.15.1",
    httpUrl: null
  } as const

  it("is there for its owner alone while the system runs, and gone after", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          yield* announceRun(work, record)
          expect(runningOn(work)).toEqual(record)
          expect(statSync(runFileIn(work)).mode & 0o777).toBe(0o600)
        })
      )
    )
    expect(runningOn(work)).toBeUndefined()
  })

  it.each([
    ["of a process that is gone", { ...record, pid: spawnSync("true").pid }],
    ["of another process under the same number", { ...record, started: "1" }],
    ["that is torn", '{"pid": 1, "sta']
  ])("%s is no system", (_, left) => {
    writeFileSync(runFileIn(work), typeof left === "string" ? left : JSON.stringify(left))
    expect(runningOn(work)).toBeUndefined()
  })
})

describe("errors in words", () => {
  it("of the embedded server keep what was expected, what was found and what to do apart", () => {
    const failure = new NatsServerFailed({
      reason: "died",
      expected: "a server",
      found: "none",
      next: "Start again."
    })
    expect(explain(new SystemStopped({ part: "nats-server", cause: failure }))).toEqual({
      what: "The event log's server (nats-server) does not run",
      why: "expected a server, found none",
      next: "Start again.",
      exit: "failed"
    })
  })

  it("say of a damaged log what to do, from whichever part found it", () => {
    const damage = new DamagedLog({
      expected: 3,
      found: 5,
      message: "expected sequence 3, found 5: restore from a backup"
    })
    expect(explain(new SystemStopped({ part: "actor", cause: damage }))).toEqual({
      what: "Expected sequence 3, found 5: restore from a backup",
      exit: "failed"
    })
  })

  it("show a fault of ours without its stack", () => {
    const explained = explain(Cause.squash(Cause.die(new TypeError("x is not a function"))))
    expect(explained).toEqual({ what: "X is not a function", exit: "failed" })
    expect(explain(new OperatorFailed({ what: "A", why: "b", next: "C.", exit: "usage" })).exit).toBe("usage")
  })
})

describe("events as lines", () => {
  const origin = {
    sequence: 12,
    id: "e",
    time: Date.UTC(2024, 2, 1, 21, 5),
    boundary: "c0example0",
    source: "/wadjet/a/whatsapp",
    cause: undefined,
    correlation: undefined,
    traceparent: undefined
  }
  const event: RecordedOf<"message.received"> = {
    ...origin,
    type: "message.received",
    data: {
      chat: ChatId.make("c0example0"),
      message: MessageKey.make("a".repeat(40)),
      sender: PersonId.make("p0example0"),
      gateway: "sandbox",
      arrival: "live",
      sentAt: 0,
      links: [],
      said: "s1:k:secret" as Sealed<Said>,
      who: "s1:k:secret" as Sealed<Who>
    }
  }

  it("show no personal data, and no more of a hash than is needed", () => {
    expect(eventLine(event, 1_000)).toBe(
      "    #12  2024-03-01 21:05:00  message.received    chat: c0example0; message: aaaaaaaa; " +
        "sender: p0example0; gateway: sandbox; arrival: live; sentAt: 1970-01-01 00:00:00; links: 0"
    )
    expect(JSON.stringify(eventJson(event, () => "(sealed)"))).not.toContain("secret")
  })

  it("hold nothing that the terminal would obey", () => {
    const parked: RecordedOf<"actor.parked"> = {
      ...origin,
      type: "actor.parked",
      data: {
        actor: "scan",
        sequence: 7,
        event: "message.received",
        boundary: "c0example0",
        reason: "found \x1b[31mred\x1b[0m\u202E",
        attempts: 1
      }
    }
    expect(eventLine(parked, 1_000)).toContain("reason: found \uFFFD[31mred\uFFFD[0m")
    expect(eventLine(parked, 1_000)).not.toMatch(/[\p{Cc}\u202E]/u)
  })

  it("fit the terminal", () => expect(eventLine(event, 40)).toHaveLength(40))
})

describe("being ready", () => {
  const ready = {
    command: "./wadjet",
    version: "0.1.0",
    pid: 7,
    dataFolder: "/srv/wadjet",
    page: "http://127.0.0.1:7411",
    server: "embedded",
    serverVersion: "2.15.1",
    natsUrl: "nats://127.0.0.1:4222",
    last: 1_234,
    seconds: 0.512,
    parts: [],
    setUpLink: "http://127.0.0.1:7411/#pass=p",
    firstKey: { text: "wadjet_k", link: "http://127.0.0.1:7411/#key=wadjet_k" }
  } as const

  it("tells a newcomer where to go, and how to get in while nobody can; a program gets the owner's key", () => {
    const first = readyLines(ready).join("\n")
    expect(first).toContain("ready in 0.51 s")
    expect(first).toContain("./wadjet ingest")
    expect(first).toContain("1,234 events, nats-server 2.15.1")
    expect(first).toContain("sync_interval: always: acknowledged means on disk")
    expect(first).toContain("http://127.0.0.1:7411/#pass=p")
    expect(first).not.toContain("wadjet_k")
    expect(readyLines({ ...ready, setUpLink: undefined }).join("\n")).not.toContain("#")
    expect(readyJson(ready)).toMatchObject({
      ready: true,
      setUpLink: "http://127.0.0.1:7411/#pass=p",
      ownerKey: "wadjet_k",
      log: { last: 1_234 }
    })
    const known = readyJson({ ...ready, firstKey: undefined, setUpLink: undefined })
    expect(known).not.toHaveProperty("ownerKey")
    expect(known).not.toHaveProperty("setUpLink")
  })

  it("claims nothing about a server that runs elsewhere", () => {
    expect(readyLines({ ...ready, server: "external" }).join("\n")).not.toContain(
      "acknowledged means on disk\n"
    )
  })
})

describe("output", () => {
  const streams = (isTTY: boolean) => {
    const make = () => Object.assign(new PassThrough(), { isTTY, columns: 20 })
    return { out: make(), err: make() }
  }
  const text = (stream: PassThrough) => String(stream.read() ?? "")

  it("shows progress in place on a terminal, and takes it away before a line", () => {
    const { err, out } = streams(true)
    const output = outputTo(out, err, false)
    Effect.runSync(output.status("a progress that is too long for it"))
    Effect.runSync(output.note("done"))
    expect(text(err)).toBe("\r\x1b[2Ka progress that is \r\x1b[2Kdone\n")
    expect(output.colour).toBe(true)
  })

  it("shows no progress where nobody watches", () => {
    const { err, out } = streams(false)
    const output = outputTo(out, err, false)
    Effect.runSync(Effect.andThen(output.status("half"), output.line("result")))
    expect([text(out), text(err), output.colour]).toEqual(["result\n", "", false])
  })

  it("waits for a reader that is slow, and not for one that is gone", async () => {
    const slow = new PassThrough({ highWaterMark: 8 })
    const output = outputTo(slow, new PassThrough(), true)
    let done = false
    const writing = Effect.runPromise(output.line("longer than the pipe")).then(() => (done = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(false)
    slow.resume()
    await writing
    slow.destroy()
    await Effect.runPromise(output.line("into the void"))
  })

  it("goes on when the reader takes everything at once, wherever it is that others have their turn", async () => {
    for (let steps = 3; steps < 20; steps++) {
      const quick = new PassThrough({ highWaterMark: 8 })
      const read: Array<string> = []
      quick.on("data", (data) => read.push(String(data)))
      const output = outputTo(quick, new PassThrough(), true)
      const lines = Effect.forEach(["one long line", "another long line"], output.line, { discard: true })
      await Effect.runPromise(Effect.provideService(lines, References.MaxOpsBeforeYield, steps))
      expect(read.join("")).toBe("one long line\nanother long line\n")
    }
  })

  it("says how far something is, and how long it takes", () => {
    expect(progressBar(1_650, 5_000, "messages")).toBe(
      "[███████                 ]  33 %  1,650 of 5,000 messages"
    )
    expect(progressBar(0, 0, "links")).toContain("100 %")
    expect([4, 200, 7_500].map(duration)).toEqual(["4 s", "3 min 20 s", "2 h 5 min"])
  })
})
