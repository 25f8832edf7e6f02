/** Our problems in the words of the older systems. */
import { Effect } from "effect"
import type {
  Behind,
  CrossSite,
  Forbidden,
  Forgotten,
  Impossible,
  InvalidRequest,
  NotFound,
  OutOfScope,
  TooLarge,
  TooMany,
  Unauthorized,
  Unavailable
} from "../../../contracts/http/problems.ts"

type Problem =
  | Behind
  | CrossSite
  | Forbidden
  | Forgotten
  | Impossible
  | InvalidRequest
  | NotFound
  | OutOfScope
  | TooLarge
  | TooMany
  | Unauthorized
  | Unavailable

/** What each problem is told as, from its sentence. */
type Told = { readonly [Tag in Problem["_tag"]]: (sentence: string) => unknown }

const scanner =
  <const Code extends string>(error: Code) =>
  (detail: string) => ({ error, detail })

const notThere = scanner("not_found")
const notValid = scanner("invalid_request")
const notNow = scanner("unavailable")
const notAllowed = scanner("forbidden")

export const toldByScanner = {
  Behind: notNow,
  CrossSite: notAllowed,
  Forbidden: notAllowed,
  Forgotten: notThere,
  Impossible: notValid,
  InvalidRequest: notValid,
  NotFound: notThere,
  OutOfScope: notAllowed,
  TooLarge: notValid,
  TooMany: scanner("too_many_requests"),
  Unauthorized: scanner("unauthorized"),
  Unavailable: notNow
} as const satisfies Told

const scheduler =
  <const Code extends string>(code: Code) =>
  (error: string) => ({ success: false as const, error, code })

const missing = scheduler("NOT_FOUND")
export const invalid = scheduler("VALIDATION_ERROR")
const silent = scheduler("INTERNAL_ERROR")
const barred = scheduler("FORBIDDEN")

export const toldByScheduler = {
  Behind: silent,
  CrossSite: barred,
  Forbidden: barred,
  Forgotten: missing,
  Impossible: invalid,
  InvalidRequest: invalid,
  NotFound: missing,
  OutOfScope: barred,
  TooLarge: invalid,
  TooMany: scheduler("RATE_LIMIT_EXCEEDED"),
  Unauthorized: scheduler("UNAUTHORIZED"),
  Unavailable: silent
} as const satisfies Told

type ToldAs<T extends Told, P extends Problem> = P extends Problem ? ReturnType<T[P["_tag"]]> : never

/** Has the problems of an answer be told like that. */
export const orTold =
  <T extends Told>(told: T) =>
  <A, P extends Problem, R>(work: Effect.Effect<A, P, R>): Effect.Effect<A, ToldAs<T, P>, R> =>
    Effect.mapError(work, (problem) => told[problem._tag](problem.detail ?? problem.title) as ToldAs<T, P>)
