import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { PassThrough, Readable } from "node:stream"
import { expect, it } from "@effect/vitest"
import { Effect, Option, Redacted, Schedule } from "effect"
import { archiveWadjet, type Watching } from "../../../../actors/operator/archive/archive.ts"
import { groupsOf } from "../../../../actors/operator/archive/groups.ts"
import type { Step } from "../../../../actors/operator/archive/make-archived.ts"
import { archive } from "../../../../actors/operator/doctor/archive-check.ts"
import { Host } from "../../../../actors/operator/host.ts"
import { Output, outputTo } from "../../../../actors/operator/output.ts"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { scrub } from "../../../../actors/backup/verify/scrub.ts"
import { readConfig } from "../../../../infra/config/settings.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { RawLog, rawJetStreamLog } from "../../../../infra/event-log/raw-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { Nats } from "../../../../infra/nats/connection.ts"
import { fetchedBinary } from "../../../../infra/nats-server/find.ts"
import { post, serve, startSystem } from "../../../faults/one-system.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { shownEvents } from "../../../infra/event-log/archived-subject.ts"
import { program } from "../../../infra/started-server.ts"
import { someIdentity } from "../../backup/segment/some-messages.ts"
import { allShipped, copyingOf, directoryAddress } from "../../backup/world.ts"
import { wadjet } from "../captured.ts"

/** Where commands find the program of their server. */
const provideServer = (dataFolder: string) => {
  const path = fetchedBinary(dataFolder)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(program(), path)
}

/** Waits until nothing is left to do, anywhere. */
const untilQuiet = (reached: (sequence: number) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    yield* allShipped
    const log = yield* EventLog
    const last = yield* log.last
    const groups = yield* groupsOf(yield* Nats, { generation: log.generation, last })
    yield* reached(last)
    const busy = groups.filter(({ inHand, waiting }) => inHand + waiting > 0).length
    if (busy > 0 || (yield* log.last) !== last) return yield* Effect.fail("busy" as const)
    return last
  }).pipe(Effect.retry(Schedule.spaced("50 millis")), Effect.timeout("120 seconds"))

const messages = 12

it.live(
  "a log goes into files up to an event and on from there, whatever cuts that off, and what is lost of the files comes back",
  () =>
    Effect.gen(function* () {
      const data = yield* temporaryFolder
      const place = join(yield* temporaryFolder, "backup")
      mkdirSync(place)
      provideServer(data)
      const { identity, recipient } = yield* Effect.promise(someIdentity)
      const environment = {
        WADJET_DATA: data,
        WADJET_BACKUP: `disk=${place}`,
        WADJET_BACKUP_RECIPIENTS: recipient,
        WADJET_BACKUP_IDENTITY: Redacted.value(identity)
      }
      const command = (...args: ReadonlyArray<string>) => Effect.promise(() => wadjet(args, environment))
      const copying = copyingOf({ places: [directoryAddress(place)], recipients: [recipient] })

      /** Runs everything, posts, and waits until it is quiet. */
      const run = (from: number, count: number) =>
        Effect.gen(function* () {
          const { base, projector } = yield* startSystem(data, [], {}, copying)
          return yield* Effect.gen(function* () {
            for (let id = from; id < from + count; id++)
              yield* post("Family", "Ada", { id: `m${id}`, text: `http://a${id}.example.com/` })
            const last = yield* untilQuiet(projector.reached)
            return { last, events: yield* shownEvents }
          }).pipe(Effect.provide(rawJetStreamLog), Effect.provideContext(base))
        }).pipe(Effect.scoped)
      const { events: before, last } = yield* run(0, messages)
      const keep = 5

      const none = yield* command("archive")
      expect([none.exit, none.err]).toEqual(["usage", expect.stringContaining("found neither")])
      const dry = yield* command("archive", "--keep", String(keep), "--dry-run")
      expect(dry.err).toBe("")
      expect(dry.out).toContain(`Into files: events 1 to ${last - keep}`)
      expect(dry.out).toContain(`holds events 1 to ${last - keep}: read, and the same event by event.`)
      expect(existsSync(join(data, "archive"))).toBe(false)

      // Cut off between its moves: nothing runs on half of it, and the next one ends it.
      const sink = () => new PassThrough({ highWaterMark: 1 << 26 })
      const host = Host.of({
        environment,
        pid: process.pid,
        home: "",
        command: "./wadjet",
        stdin: Readable.from([]),
        stdout: sink(),
        sinceStart: () => 0,
        stopAsked: Effect.never
      })
      const archiveWatched = (watching: Watching) =>
        archiveWadjet(
          { before: Option.none(), keep: Option.some(keep), dryRun: false, json: false },
          watching
        ).pipe(
          Effect.provideService(Host, host),
          Effect.provideService(Output, outputTo(sink(), sink(), true))
        )
      // A disk that does not keep what it is given: nothing is exchanged for that.
      const spoil = (step: Step) =>
        Effect.sync(() => {
          const folder = join(data, "archive")
          if (step === "compare") writeFileSync(join(folder, readdirSync(folder)[0]!), "something else")
        })
      const spoiled = yield* Effect.flip(archiveWatched({ onStep: spoil }))
      expect(spoiled.message).toContain(`expected events 1 to ${last - keep} as the log has it`)
      let moves = 0
      const onMove = () => {
        moves += 1
        if (moves === 2) throw new Error("killed")
      }
      const cut = yield* Effect.exit(archiveWatched({ onMove }))
      expect([cut._tag, moves]).toEqual(["Failure", 2])
      const refused = yield* command("rebuild")
      expect(refused.err).toContain("Finish it with `wadjet archive`")
      expect((yield* command("archive")).out).toContain("The archiving that was cut off is in its place now")
      expect(readdirSync(data).filter((name) => /archiving|before-archive/u.test(name))).toEqual([])

      const rebuilt = yield* command("rebuild", "--json")
      expect([rebuilt.err, JSON.parse(rebuilt.out)]).toMatchObject(["", { events: last, same: true }])
      const after = yield* run(messages, 2)
      expect(after.events.slice(0, last)).toEqual(before)
      expect(after.last).toBeGreaterThan(last)
      // What is personal in files is sealed, as it was in the stream: it goes with its key.
      expect(before.filter(({ data }) => data.includes("Ada"))).toEqual([])

      const preview = yield* command("restore", "--from", "disk", "--preview", "--json")
      expect(JSON.parse(preview.out)).toMatchObject({ upTo: after.last, damage: null })

      // A file that is lost is found, named, and brought back; so is the index, with the files that it named.
      const folder = join(data, "archive")
      const files = readdirSync(folder)
      const scrubbed = Effect.gen(function* () {
        const { base } = yield* serve(data)
        return yield* Effect.gen(function* () {
          const log = yield* EventLog
          const { account } = yield* Keyring
          const origin = { account, generation: log.generation }
          const options = { place: directoryPlace("disk", place), origin, recipients: [recipient] }
          return yield* scrub({ ...options, log, raw: yield* RawLog, shipped: null })
        }).pipe(Effect.provide(rawJetStreamLog), Effect.provideContext(base))
      }).pipe(Effect.scoped)
      expect(yield* scrubbed).toMatchObject({ log: [], problems: [] })
      writeFileSync(join(folder, files[0]!), "something else")
      expect((yield* scrubbed).log).toEqual([
        `events 1 to ${last - keep} (the file ${files[0]} of the archive) are missing in the log; disk holds what is missing`
      ])
      const examine = Effect.provideService(
        archive.look({
          config: yield* readConfig(environment),
          dataFolder: data,
          home: "",
          running: undefined
        }),
        Host,
        host
      )
      expect(yield* examine).toMatchObject({ level: "ok" })
      const mended = yield* command("mend", "--json")
      expect(JSON.parse(mended.out)).toEqual({
        last: after.last,
        filled: 0,
        inFiles: last - keep,
        aside: null
      })
      rmSync(join(folder, files[0]!))
      expect(yield* examine).toMatchObject({
        level: "fail",
        found: expect.stringContaining("1 file missing")
      })
      rmSync(join(data, "nats", "archive.json"))
      expect((yield* command("events", "tail")).err).toContain("wadjet mend")
      expect((yield* command("mend")).out).toContain("came back from disk into files of the archive")
      expect(yield* scrubbed).toMatchObject({ log: [], problems: [] })

      // Once more, further on.
      const further = yield* command("archive", "--before", String(last + 1), "--json")
      expect(JSON.parse(further.out)).toMatchObject({ archived: true, before: last - keep, upTo: last })
      const whole = yield* Effect.flatMap(serve(data), ({ base }) =>
        shownEvents.pipe(Effect.provide(rawJetStreamLog), Effect.provideContext(base))
      ).pipe(Effect.scoped)
      expect(whole).toEqual(after.events)
    }),
  300_000
)
