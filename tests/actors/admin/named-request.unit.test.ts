/** What is answered to requests that are asked again, without the actors behind them. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openAccounts } from "../../../actors/admin/accounts.ts"
import { answeredOnce } from "../../../actors/admin/named-request.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"

const logOf = (generation: string) => ({ generation }) as EventLogService

it.effect("a named request is carried out once, and is carried out again on another log", () =>
  Effect.gen(function* () {
    const accounts = yield* openAccounts(":memory:")
    const named = { request: "named", asked: "a contact" }
    let carriedOut = 0
    const ask = (generation: string) => {
      const work = Effect.sync(() => ({ generation, sequence: (carriedOut += 1) }))
      return answeredOnce(accounts, named, work).pipe(Effect.provideService(EventLog, logOf(generation)))
    }
    const first = { generation: "one", sequence: 1 }
    expect([yield* ask("one"), yield* ask("one")]).toEqual([first, first])
    const after = { generation: "two", sequence: 2 }
    expect([yield* ask("two"), yield* ask("two")]).toEqual([after, after])
  })
)

it.effect("a request that failed is carried out when it is asked again", () =>
  Effect.gen(function* () {
    const accounts = yield* openAccounts(":memory:")
    const named = { request: "named", asked: "a contact" }
    const log = Effect.provideService(EventLog, logOf("one"))
    expect(yield* Effect.flip(log(answeredOnce(accounts, named, Effect.fail("unanswered"))))).toBe(
      "unanswered"
    )
    const work = Effect.succeed({ generation: "one", sequence: 3 })
    expect(yield* log(answeredOnce(accounts, named, work))).toMatchObject({ sequence: 3 })
  })
)
