import { mkdirSync } from "node:fs"
import { rename } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { beforeAll } from "vitest"
import { directoryPlace } from "../../../actors/backup/places/directory-place.ts"
import type { Identity, Recipient } from "../../../actors/backup/segment/seal.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { post } from "../../faults/one-system.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { someIdentity } from "./segment/some-messages.ts"
import { allShipped, copiedAt, directoryAddress, startCopying, status, storedAt, until } from "./world.ts"

let identity: Identity
let recipient: Recipient

beforeAll(async () => {
  const own = await someIdentity()
  identity = own.identity
  recipient = own.recipient
})

/** The sealed words of every message in the log. */
const receivedIn = Effect.gen(function* () {
  const log = yield* EventLog
  const events = yield* Effect.forEach(
    Array.from({ length: yield* log.last }, (_, index) => index + 1),
    (sequence) => log.get(sequence)
  )
  return events.flatMap((event) => (event?.type === "message.received" ? [event.data] : []))
})

const folders = Effect.gen(function* () {
  const data = yield* temporaryFolder
  const backup = join(yield* temporaryFolder, "backup")
  mkdirSync(backup)
  return { data, backup }
})

const say = (id: string) => post("Family", "Ada", { id, text: `see https://${id}.example/` })

describe("backups", () => {
  it.live(
    "hold every event as the log does, the keys that it is sealed under, and come to rest",
    () =>
      Effect.gen(function* () {
        const { backup, data } = yield* folders
        const base = yield* startCopying(data, {
          places: [directoryAddress(backup)],
          recipients: [recipient]
        })
        yield* Effect.gen(function* () {
          for (let index = 0; index < 20; index++) yield* say(`m${index}`)
          const place = directoryPlace("disk", backup)
          const isAbout = ({ subject }: { readonly subject: string }) => subject.includes(".backup.")
          const held = yield* copiedAt(place, identity, (all) => all.filter(isAbout).length >= 2)
          const { account } = yield* Keyring
          // With these keys, and no others, the words of every message open.
          const keyring = yield* storedAt(place, account, "keyring", identity)
          const copy = Context.get(yield* Layer.build(sqliteKeyring(keyring)), Keyring)
          const received = yield* receivedIn
          expect(received.length).toBe(20)
          for (const { said } of received) expect(JSON.stringify(copy.open(said))).toContain("see https://m")
          // What is said of a copy is copied too, and that is the end of it.
          expect(held.filter(isAbout).length).toBe(2)
          expect((yield* status).places).toMatchObject([
            { state: "shipping", fenced: true, unshippedSince: null, reason: null }
          ])
        }).pipe(Effect.provideContext(base))
      }),
    300_000
  )

  it.live(
    "go on where they were after another start, and store nothing twice",
    () =>
      Effect.gen(function* () {
        const { backup, data } = yield* folders
        const copying = { places: [directoryAddress(backup)], recipients: [recipient] }
        for (const round of [1, 2, 3])
          yield* Effect.gen(function* () {
            const base = yield* startCopying(data, copying)
            yield* Effect.gen(function* () {
              yield* say(`round${round}`)
              yield* copiedAt(directoryPlace("disk", backup), identity)
            }).pipe(Effect.provideContext(base))
          }).pipe(Effect.scoped)
      }),
    300_000
  )

  it.live(
    "write nothing where another installation with the same data has written",
    () =>
      Effect.gen(function* () {
        const { backup, data } = yield* folders
        const copying = { places: [directoryAddress(backup)], recipients: [recipient] }
        const run = <A, E>(
          inside: Effect.Effect<A, E, Effect.Services<typeof allShipped> | EventLog | Keyring>
        ) =>
          Effect.scoped(
            Effect.flatMap(startCopying(data, copying), (base) => Effect.provideContext(inside, base))
          )
        yield* run(Effect.andThen(say("both"), allShipped))
        // The other one goes on from the same data, to the same place.
        const other = `${data}-other`
        yield* Effect.promise(async () => {
          const { cp } = await import("node:fs/promises")
          await cp(data, other, { recursive: true })
        })
        yield* run(Effect.andThen(say("one"), allShipped))
        yield* Effect.promise(async () => {
          await rename(data, `${data}-one`)
          await rename(other, data)
        })
        const place = directoryPlace("disk", backup)
        const before = yield* place.list("")
        yield* run(
          Effect.gen(function* () {
            const seen = yield* until(({ places: [disk] }) => disk!.state === "blocked")
            expect(seen.places[0]?.reason).toContain("another installation")
          })
        )
        expect(yield* place.list("")).toEqual(before)
      }),
    300_000
  )

  it.live(
    "move a last segment that is damaged out of the way, say so, and store its events again",
    () =>
      Effect.gen(function* () {
        const { backup, data } = yield* folders
        const copying = { places: [directoryAddress(backup)], recipients: [recipient] }
        const place = directoryPlace("disk", backup)
        yield* Effect.flatMap(startCopying(data, copying), (base) =>
          Effect.provideContext(Effect.andThen(say("m"), copiedAt(place, identity)), base)
        ).pipe(Effect.scoped)
        const segments = (yield* place.list("")).filter(({ key }) => key.includes("/log/"))
        const { key } = segments.at(-1)!
        const whole = (yield* place.get(key))!
        const broken = Buffer.from(whole)
        broken[broken.length - 1]! ^= 1
        yield* place.replace(key, broken)
        yield* Effect.flatMap(startCopying(data, copying), (base) =>
          Effect.gen(function* () {
            yield* say("n")
            yield* copiedAt(place, identity)
            const { places } = yield* until(({ places: [disk] }) => disk!.state === "shipping")
            expect(places[0]?.problems.join()).toContain("found them damaged")
          }).pipe(Effect.provideContext(base))
        ).pipe(Effect.scoped)
        // What nobody can read is no copy; it is kept beside for whoever wants to look.
        const aside = (yield* place.list("")).filter((it) => it.key.includes("/damaged/"))
        expect(aside).toHaveLength(1)
        expect((yield* place.get(aside[0]!.key))!.equals(broken)).toBe(true)
      }),
    300_000
  )

  it.live(
    "go on when a disk that was not there is mounted",
    () =>
      Effect.gen(function* () {
        const { backup, data } = yield* folders
        yield* Effect.promise(() => rename(backup, `${backup}-away`))
        const base = yield* startCopying(data, {
          places: [directoryAddress(backup)],
          recipients: [recipient]
        })
        yield* Effect.gen(function* () {
          yield* say("m")
          yield* until(({ places: [disk] }) => disk!.state === "failing" && disk!.unshippedSince !== null)
          yield* Effect.promise(() => rename(`${backup}-away`, backup))
          yield* copiedAt(directoryPlace("disk", backup), identity)
        }).pipe(Effect.provideContext(base))
      }),
    300_000
  )
})
