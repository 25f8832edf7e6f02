/** What the API says of places for backups, on the whole system. */
import { expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import {
  BackupKeepingChanged,
  BackupPlaceChanged,
  BackupPointMade,
  BackupPruned,
  BackupScrubbed,
  BackupShipped,
  BackupVerified
} from "../../../contracts/backup.ts"
import { Backup } from "../../../contracts/http/backups.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { startLoopbackS3 } from "../../loopback-s3/server.ts"
import { someIdentity } from "../backup/segment/some-messages.ts"
import { copyingOf } from "../backup/world.ts"
import { call, eventually, ground, whole } from "./whole.ts"

const Backups = Schema.Struct({ items: Schema.Array(Backup) })
const here = { place: "disk", generation: "0123456789ab" }
const at = 1_767_225_600_000

/** A place that answers nothing: the log says nothing of it for as long as that is waited for. */
const silent = Effect.gen(function* () {
  const s3 = yield* startLoopbackS3()
  s3.trouble = () => "slow"
  const { recipient } = yield* Effect.promise(someIdentity)
  const places = [
    { name: "far", shown: s3.address.endpoint, everyMillis: 500, kind: "s3", ...s3.address } as const
  ]
  return copyingOf({ places, recipients: [recipient] })
})

it.live(
  "places for backups are shown with what the log says of them, and with nothing from their configuration on",
  () =>
    Effect.gen(function* () {
      const copying = yield* silent
      const { context, firstKey, url } = yield* whole(yield* ground, undefined, copying)
      const key = firstKey!.text
      const log = yield* Effect.provideContext(EventLog, context)
      const facts = [
        BackupPlaceChanged({ place: "disk", state: "shipping", at }),
        BackupShipped({ ...here, upTo: 7, segment: 7, segments: 3, bytes: 900, at }),
        BackupPointMade({ ...here, at, sequence: 5, files: 7, bytes: 4_000 }),
        BackupPointMade({ ...here, at: at + 1, sequence: 6, files: 7, bytes: 4_000 }),
        BackupPruned({ ...here, at: at + 2, dropped: [at], kept: 1, parts: 2 }),
        BackupVerified({
          ...here,
          at: at + 3,
          upTo: 7,
          opened: true,
          points: [],
          problems: [],
          seconds: 1.5
        }),
        BackupVerified({
          ...here,
          at: at + 4,
          upTo: 7,
          opened: true,
          points: [],
          problems: ["gone"],
          seconds: 2
        }),
        BackupScrubbed({
          ...here,
          at: at + 5,
          upTo: 7,
          segments: 3,
          log: ["a hole"],
          problems: [],
          mended: 0,
          seconds: 1
        }),
        BackupKeepingChanged({ ...here, at: at + 6, step: "point", state: "failing", reason: "no room" }),
        BackupKeepingChanged({ ...here, at: at + 6, step: "scrub", state: "failing", reason: "no answer" }),
        BackupKeepingChanged({ ...here, at: at + 7, step: "scrub", state: "working" })
      ] as const
      let last = 0
      for (const [index, fact] of facts.entries())
        last = (yield* log.append([{ id: `fact-${index}`, fact }], { actor: "backup" })).sequence
      yield* Effect.promise(async () => {
        const found = await call(`${url}/v1/backups?after=${last}`, key)
        expect(found.as(Backups)).toMatchObject({
          items: [
            {
              place: "disk",
              state: "shipping",
              upTo: 7,
              points: 1,
              newestPointAt: at + 1,
              goodAt: at + 3,
              verifiedAt: at + 4,
              seconds: 2,
              scrubbedAt: at + 5,
              begunAt: at,
              problems: ["gone", "a hole", "making a point: no room"]
            },
            {
              place: "far",
              address: copying.places[0]!.shown,
              generation: null,
              upTo: null,
              goodAt: null,
              points: 0
            }
          ]
        })
        await eventually(
          () => call(`${url}/metrics`, key),
          ({ text }) => text.includes('wadjet_backup_problems{place="disk"} 3')
        )
      })
    }).pipe(Effect.scoped)
)
