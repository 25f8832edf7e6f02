/** What happened in each hour or day. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { EpochMillis } from "../ids.ts"
import { Level } from "../level.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after } from "./lists.ts"
import { Behind, InvalidRequest, Unavailable } from "./problems.ts"

const { Int, NullOr } = Schema

/** The most hours or days of one answer. */
export const statisticsStepsMax = 1_000

/**
 * Milliseconds below which at most half, and nineteen of twenty, took; they are read off a few bounds, of which the last
 * is an hour.
 */
const Took = Schema.Struct({ count: Int, p50: NullOr(Int), p95: NullOr(Int) })

/**
 * An hour or a day of UTC. `links` are counted in each message, `verdicts` are first ones, said or not; `verdictAfter` and
 * `warnedAfter` are from the message, `late` is from when a job was due to its firing.
 */
export const StatisticsStep = Schema.Struct({
  start: EpochMillis,
  messages: Int,
  links: Int,
  scans: Schema.Record(Level, Int),
  scansAgain: Int,
  verdicts: Schema.Record(Level, Int),
  suppressed: Int,
  revised: Int,
  withdrawn: Int,
  sent: Int,
  failed: Int,
  cancelled: Int,
  fired: Int,
  missed: Int,
  verdictAfter: Took,
  warnedAfter: Took,
  late: Took
})

const get = HttpApiEndpoint.get("get", "/v1/statistics", {
  query: {
    from: Schema.optionalKey(EpochMillis),
    to: Schema.optionalKey(EpochMillis),
    step: Schema.optionalKey(
      Schema.Literals(["hour", "day"]).annotate({ description: "`hour` when absent. Days are those of UTC." })
    ),
    ...after
  },
  success: Schema.Struct({
    step: Schema.Literals(["hour", "day"]),
    from: EpochMillis,
    to: EpochMillis,
    /** Those in which anything happened, the first first; the others are left out. */
    steps: Schema.Array(StatisticsStep)
  }),
  error: [InvalidRequest, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const statistics = HttpApiGroup.make("statistics").add(get).middleware(Authorization)
