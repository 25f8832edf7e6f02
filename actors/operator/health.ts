/** Whether the system can do its work: what `/readyz` answers, check by check. */
import { statfs } from "node:fs/promises"
import { Clock, Effect } from "effect"
import type { HealthCheck, HealthReport } from "../../contracts/http/system.ts"
import type { SessionState } from "../../contracts/session.ts"
import type { EventLogService } from "../../infra/event-log/event-log.ts"
import type { Projector } from "../../projections/start-projector.ts"
import { sessionWorks, sessionWords } from "./session-words.ts"

/** An answer takes less than a millisecond; a log that needs this long cannot keep a verdict fast. */
const logAnswerSeconds = 2
/** Some seconds of folding: what is behind by more is not what a person wants to look at. */
const lagEventsMax = 100_000
/** The system ends before the disk is full (`watch-disk.ts`); with this much left there is time to do something about it. */
export const diskFreeMinBytes = 256 * 1024 * 1024

export interface Vitals {
  readonly log: EventLogService
  /** Absent where the read models are folded in another process. */
  readonly projector: Pick<Projector, "lag" | "position"> | undefined
  readonly dataFolder: string
  /** What the server does before it acknowledges, as far as anyone can know. */
  readonly durability: { readonly ok: boolean; readonly detail: string }
  /** Absent where this system does not connect to WhatsApp. */
  readonly session?: Effect.Effect<SessionState | null, { readonly message: string }> | undefined
}

const check = (name: string, ok: boolean, detail: string): HealthCheck => ({ name, ok, detail })

const logCheck = ({ log }: Vitals) =>
  log.last.pipe(
    Effect.map((last) => check("log", true, `answers, ${last} events`)),
    Effect.timeoutOrElse({
      duration: `${logAnswerSeconds} seconds`,
      orElse: () => Effect.succeed(check("log", false, `no answer within ${logAnswerSeconds} s`))
    }),
    Effect.catch((error) => Effect.succeed(check("log", false, error.message)))
  )

const projectorCheck = ({ projector }: Vitals): ReadonlyArray<HealthCheck> => {
  if (projector === undefined) return []
  const lag = projector.lag()
  return [
    check("projector", lag <= lagEventsMax, `${lag} events behind, at sequence ${projector.position()}`)
  ]
}

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
    const log = yield* logCheck(vitals)
    const disk = yield* diskCheck(vitals)
    const durability = check("durability", vitals.durability.ok, vitals.durability.detail)
    const session = yield* sessionCheck(vitals)
    const checks = [log, durability, ...projectorCheck(vitals), disk, ...session]
    return { ready: checks.every(({ ok }) => ok), checks }
  })
