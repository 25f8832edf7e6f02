/** Whether the system can do its work: what `/readyz` answers, check by check. */
import { statfs } from "node:fs/promises"
import { Clock, Effect } from "effect"
import type { HealthCheck, HealthReport } from "../../contracts/http/system.ts"
import type { SessionState } from "../../contracts/session.ts"
import { diskFreeMinBytes } from "../../infra/disk/room.ts"
import type { EventLogService } from "../../infra/event-log/event-log.ts"
import type { Projector } from "../../projections/start-projector.ts"
import { sessionWorks, sessionWords } from "./session-words.ts"

/** An answer takes less than a millisecond; a log that needs this long cannot keep a verdict fast. */
const logAnswerSeconds = 2
/**
 * A commit takes some tens of milliseconds, also while a long past is caught up with; who has committed nothing for this
 * long, though there is something to fold, stands still. An orchestrator's probe has no more than 5 seconds.
 */
const commitSeconds = 2
/** Some seconds of folding: what is behind by more is not what a person wants to look at. */
const lagEventsMax = 100_000

export interface Vitals {
  readonly log: EventLogService
  /** Absent where the read models are folded in another process. */
  readonly projector: Pick<Projector, "building" | "position" | "reached"> | undefined
  readonly dataFolder: string
  /** What the server does before it acknowledges, as far as anyone can know. */
  readonly durability: { readonly ok: boolean; readonly detail: string }
  /** Absent where this system does not connect to WhatsApp. */
  readonly session?: Effect.Effect<SessionState | null, { readonly message: string }> | undefined
}

const check = (name: string, ok: boolean, detail: string): HealthCheck => ({ name, ok, detail })

/** The check, and where the log ends as far as it said so. */
const logCheck = ({ log }: Vitals) =>
  log.last.pipe(
    Effect.timeoutOrElse({
      duration: `${logAnswerSeconds} seconds`,
      orElse: () => Effect.fail({ message: `no answer within ${logAnswerSeconds} s` })
    }),
    Effect.map((last) => ({ last, found: check("log", true, `answers, ${last} events`) })),
    Effect.catch(({ message }) => Effect.succeed({ last: undefined, found: check("log", false, message) }))
  )

/**
 * How far it is behind is what the log holds less what is folded: one that stands still says nothing of itself. While
 * other read models are folded beside those that answer, these may stand still, and are asked as they are.
 */
const projectorCheck = Effect.fnUntraced(function* ({ projector }: Vitals, last: number | undefined) {
  if (projector === undefined) return []
  const at = projector.position()
  if (last === undefined)
    return [check("projector", true, `at sequence ${at}; where the log ends is not known`)]
  const behind = Math.max(0, last - at)
  const moves =
    behind === 0 ||
    projector.building() !== undefined ||
    (yield* projector
      .reached(at + 1)
      .pipe(
        Effect.as(true),
        Effect.timeoutOrElse({ duration: `${commitSeconds} seconds`, orElse: () => Effect.succeed(false) })
      ))
  const standing = `${behind} events behind, at sequence ${at}`
  return [
    check(
      "projector",
      moves && behind <= lagEventsMax,
      moves ? standing : `stands still: ${standing}, nothing folded for ${commitSeconds} s`
    )
  ]
})

const sessionCheck = ({ session }: Vitals) =>
  session === undefined
    ? Effect.succeed([])
    : session.pipe(
        Effect.timeoutOrElse({
          duration: `${logAnswerSeconds} seconds`,
          orElse: () => Effect.fail({ message: `no answer within ${logAnswerSeconds} s` })
        }),
        Effect.flatMap((state) =>
          state === null
            ? Effect.succeed([])
            : Effect.map(Clock.currentTimeMillis, (now) => [
                check("whatsapp", sessionWorks(state, now), sessionWords(state))
              ])
        ),
        Effect.catch((error) => Effect.succeed([check("whatsapp", false, error.message)]))
      )

/** A number of bytes as a person reads it. */
export const bytesText = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${(bytes / 2 ** 20).toFixed(0)} MiB`

const diskCheck = ({ dataFolder }: Vitals) =>
  Effect.tryPromise(() => statfs(dataFolder)).pipe(
    Effect.map(({ bavail, bsize }) => {
      const free = bavail * bsize
      return check("disk", free >= diskFreeMinBytes, `${bytesText(free)} free for ${dataFolder}`)
    }),
    Effect.catch((error) => Effect.succeed(check("disk", false, String(error.cause))))
  )

/** Makes the report. It never fails: what cannot be found out is a check that does not hold. */
export const healthOf = (vitals: Vitals): Effect.Effect<HealthReport> =>
  Effect.gen(function* () {
    const { found: log, last } = yield* logCheck(vitals)
    const disk = yield* diskCheck(vitals)
    const durability = check("durability", vitals.durability.ok, vitals.durability.detail)
    const session = yield* sessionCheck(vitals)
    const projector = yield* projectorCheck(vitals, last)
    const checks = [log, durability, ...projector, disk, ...session]
    return { ready: checks.every(({ ok }) => ok), checks }
  })
