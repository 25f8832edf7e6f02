import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCommits } from "../../../actors/schedule/commits.ts"
import { defaultPolicies, JobCreated } from "../../../contracts/schedule.ts"
import { Conflict } from "../../../infra/event-log/event-log.ts"
import type { Caused, Self } from "../../../infra/actor/process-manager.ts"
import { until } from "../../infra/actor/world.ts"
import { hour, jobId, makeAgenda } from "./agenda.ts"

const reason = { cause: "test", correlation: "test" }
const factsOf = (job: number, count: number): ReadonlyArray<Caused<string>> =>
  Array.from({ length: count }, (_, part) => ({ cause: `job ${job}`, part: String(part), fact: `${job}` }))

/** Who appends: a commit that holds a contested job loses its race. */
const appender = (contested: ReadonlySet<string>) => {
  const tried: Array<ReadonlyArray<string>> = []
  const self = {
    appendEach: (_: unknown, facts: ReadonlyArray<Caused<string>>) => {
      tried.push([...new Set(facts.map(({ fact }) => fact))])
      return facts.some(({ fact }) => contested.has(fact))
        ? Effect.fail(new Conflict({ boundary: "schedule", expected: 1, actual: 2 }))
        : Effect.succeed({ sequence: 1, duplicate: false })
    }
  } as unknown as Self<string>
  return { self, tried }
}

describe("facts of many jobs", () => {
  it.effect("are committed by jobs as a whole, some hundred facts at a time", () =>
    Effect.gen(function* () {
      const { self, tried } = appender(new Set())
      const commit = makeCommits<string>()
      yield* commit(self, reason, [
        ...Array.from({ length: 400 }, (_, job) => factsOf(job, 2)),
        factsOf(400, 900)
      ])
      expect(tried.map(({ length }) => length)).toEqual([150, 150, 100, 1])
      yield* commit(self, reason, [])
      expect(tried).toHaveLength(4)
    })
  )

  it.effect("are stored though another commit loses a race, and the next ones are smaller for a while", () =>
    Effect.gen(function* () {
      const { self, tried } = appender(new Set(["7"]))
      const commit = makeCommits<string>()
      const all = Array.from({ length: 400 }, (_, job) => factsOf(job, 1))
      expect(yield* Effect.flip(commit(self, reason, all))).toMatchObject({ _tag: "Conflict" })
      expect(tried.map(({ length }) => length)).toEqual([200, 200])
      yield* Effect.flip(commit(self, reason, all.slice(0, 100)))
      expect(tried.slice(2).map(({ length }) => length)).toEqual([50, 50])
      yield* Effect.flip(commit(self, reason, all.slice(0, 24)))
      expect(tried.slice(4).map(({ length }) => length)).toEqual([12, 12])
    })
  )
})

describe("jobs that are due in one moment", () => {
  it.effect("fire and end, each once, however many they are", () =>
    Effect.gen(function* () {
      const many = 320
      const agenda = yield* makeAgenda()
      const next = (yield* agenda.now) + hour
      const chats = yield* Effect.forEach(Array.from({ length: 8 }), (_, index) =>
        agenda.chat(`chat ${index}`)
      )
      for (let number = 0; number < many; number++)
        yield* agenda.append(
          JobCreated({
            job: jobId(number),
            timing: { zone: "UTC", start: new Date(next).toISOString().slice(0, 19) },
            recipients: [{ to: "chat", chat: chats[number % chats.length]!, gateway: "sandbox" }],
            policies: defaultPolicies,
            parts: 1,
            next,
            zones: process.versions.tz ?? "unknown",
            by: "operator",
            words: { title: "Greeting", messages: [{ text: `hello ${number}`, delaySeconds: 0 }] }
          })
        )
      yield* agenda.setsClock(next)
      yield* until(
        "all of them have ended",
        () => agenda.received.length === many && agenda.work().size() === 0,
        20
      )
      expect(new Set(agenda.texts()).size).toBe(many)
      expect(agenda.received).toHaveLength(many)
      expect(agenda.named("schedule.completed")).toHaveLength(many)
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )
})
