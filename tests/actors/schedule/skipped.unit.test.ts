import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { ChangeJob, PauseJob, PutJob, ResumeJob, SkipJob } from "../../../contracts/schedule-commands.ts"
import type { AskedJob } from "../../../contracts/schedule-commands.ts"
import { type Agenda, hour, jobId, makeAgenda, minute, zonesAt } from "./agenda.ts"

const by = "operator"
const start = Date.parse("2026-01-01T00:00:00Z")
const day = 24 * hour

const daily = { timing: { zone: "Ocean/Here", start: "2026-01-01T09:00:00", rule: "FREQ=DAILY" } }

/** A greeting every day at nine, which nothing keeps from being sent late, and of which the first is left out. */
const skipped = Effect.gen(function* () {
  const agenda = yield* makeAgenda()
  agenda.hasZones(zonesAt(2, "a"))
  yield* agenda.restarts
  const asked = yield* agenda.wanted({ ...daily, policies: { missed: "send-all" } })
  yield* agenda.ask(PutJob, { job: jobId(1), asked, origin: "older-scheduler", by })
  const { next } = yield* agenda.ask(SkipJob, { job: jobId(1), by })
  expect(next).toBe(start + day + 7 * hour)
  return { agenda, asked }
})

const retitled = (asked: AskedJob, title: string): AskedJob => ({ ...asked, title })

/** What may be done with a job without anybody meaning its times. */
const deeds = {
  changes: (agenda: Agenda, asked: AskedJob, turn: number) =>
    agenda.ask(ChangeJob, { job: jobId(1), asked: retitled(asked, `changed ${turn}`), by }),
  puts: (agenda: Agenda, asked: AskedJob, turn: number) =>
    agenda.ask(PutJob, {
      job: jobId(1),
      asked: retitled(asked, `put ${turn}`),
      origin: "older-scheduler",
      by
    }),
  pauses: (agenda: Agenda) =>
    Effect.andThen(agenda.ask(PauseJob, { job: jobId(1), by }), agenda.ask(ResumeJob, { job: jobId(1), by })),
  learnsZones: (agenda: Agenda, _asked: AskedJob, turn: number) =>
    Effect.suspend(() => {
      agenda.hasZones(zonesAt((turn % 3) + 1, `b${turn}`))
      return Effect.andThen(agenda.restarts, agenda.passes(minute))
    })
} as const
type Deed = keyof typeof deeds

/** The local times that were sent by the end of the second day, which each database has by eight. */
const sentAfter = (done: ReadonlyArray<Deed>) =>
  Effect.gen(function* () {
    const { agenda, asked } = yield* skipped
    for (const [turn, deed] of done.entries()) yield* deeds[deed](agenda, asked, turn)
    for (const until of [12 * hour, day + 12 * hour]) {
      yield* agenda.goesDown
      yield* agenda.setsClock(start + until)
      yield* agenda.comesUp
      yield* agenda.passes(minute)
    }
    const { fresh, kept } = yield* agenda.digests
    expect(fresh).toBe(kept)
    return agenda.named("schedule.fired").map(({ data }) => data.dealtWith)
  })

const world = Layer.mergeAll(TestClock.layer(), Logger.layer([]))

describe("an occurrence that was left out because somebody asked for it", () => {
  it("is not sent, whatever is done with its job, and the one after it is, once", async () => {
    const anyDeeds = fc.array(fc.constantFrom<Deed>("changes", "puts", "pauses", "learnsZones"), {
      minLength: 1,
      maxLength: 4
    })
    await fc.assert(
      fc.asyncProperty(anyDeeds, async (done) => {
        const sent = await Effect.runPromise(sentAfter(done).pipe(Effect.scoped, Effect.provide(world)))
        expect(sent).toEqual(["2026-01-02T09:00:00"])
      }),
      {
        numRuns: 8,
        examples: [
          [["changes"]],
          [["puts"]],
          [["pauses"]],
          [["changes", "changes"]],
          [["pauses", "learnsZones"]]
        ]
      }
    )
  }, 120_000)

  it.effect("is forgotten where the job gets other times", () =>
    Effect.gen(function* () {
      const { agenda, asked } = yield* skipped
      const timing = { ...daily.timing, start: "2026-01-01T08:30:00" }
      const { next } = yield* agenda.ask(ChangeJob, { job: jobId(1), asked: { ...asked, timing }, by })
      expect(next).toBe(start + 6.5 * hour)
      yield* agenda.ask(PauseJob, { job: jobId(1), by })
      expect((yield* agenda.ask(ResumeJob, { job: jobId(1), by })).next).toBe(next)
    })
  )

  it.effect("as the only one is not planned again by a change of its words", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const asked = yield* agenda.wanted()
      yield* agenda.create(1)
      yield* agenda.ask(SkipJob, { job: jobId(1), by })
      const change = { job: jobId(1), asked: retitled(asked, "changed"), by }
      expect(yield* Effect.flip(agenda.ask(ChangeJob, change))).toMatchObject({ reason: "invalid" })
    })
  )
})
