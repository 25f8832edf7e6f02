/** People who make jobs, and change their minds at about the moment at which they fire; they ask until answered. */
import { Clock, Deferred, Effect } from "effect"
import { Refused } from "../../../contracts/command.ts"
import { JobId } from "../../../contracts/ids.ts"
import { defaultPolicies } from "../../../contracts/schedule.ts"
import {
  type AskedJob,
  type AskedRecipient,
  CancelJob,
  ChangeJob,
  CreateJob
} from "../../../contracts/schedule-commands.ts"
import type { CommandBusService } from "../../../infra/command-bus/command-bus.ts"
import { mix } from "../points.ts"
import type { Receivers } from "./receivers.ts"

/** How long somebody waits when nobody answers. */
const askAgainMillis = 50
/** Moments of jobs are whole seconds: the next one that is at least so far away. */
const dueAfterMillis = 400
/** How far around where they aim people come to ask, and how they learn: they aim later after having been in time. */
const spreadMillis = 40
const stepMillis = 25
const aimMillisMax = 8_000

/** What somebody was told, and the place of the last message that had come to the other side by then. */
export type Told = { readonly job: JobId; readonly place: number } & (
  | { readonly asked: "cancel"; readonly left: number; readonly of: number }
  | { readonly asked: "cancel-too-late" }
  | { readonly asked: "change"; readonly sequence: number }
)

export const jobIdOf = (number: number): JobId =>
  JobId.make(`01941f29-7c00-7000-8000-${number.toString(16).padStart(12, "0")}`)

export const jobOf = (
  addresses: ReadonlyArray<AskedRecipient>,
  texts: ReadonlyArray<string>,
  moment: number
): AskedJob => {
  const [first, ...more] = texts.map((text) => ({ text, delaySeconds: 0 }))
  const [to, ...others] = addresses
  if (first === undefined || to === undefined)
    throw new Error("expected a message and a recipient, found none")
  return {
    title: `Greeting at ${moment}`,
    messages: [first, ...more],
    timing: { zone: "UTC", start: new Date(moment).toISOString().slice(0, 19) },
    recipients: [to, ...others],
    policies: defaultPolicies
  }
}

export const nextSecond = (now: number): number => Math.ceil((now + dueAfterMillis) / 1_000) * 1_000

/** When to come after the moment of a job, so that either side wins about as often as the other. */
const makeAim = (first: number) => {
  let aim = first
  return {
    millis: () => aim,
    learn: (wasInTime: boolean) => {
      aim = Math.max(-aimMillisMax, Math.min(aimMillisMax, aim + (wasInTime ? stepMillis : -stepMillis)))
    }
  }
}

export const makePeople = (
  bus: CommandBusService,
  { addresses, place }: Receivers,
  options: {
    readonly recipients: number
    readonly enough: (told: number) => boolean
    /** Whether a job fired before an event. */
    readonly firedBefore: (job: JobId, sequence: number) => Effect.Effect<boolean>
  }
) => {
  const told: Array<Told> = []
  const cancelling = makeAim(100)
  const changing = makeAim(0)
  let count = 0
  let cut = Deferred.makeUnsafe<void>()

  /** Asks under one request until somebody answers; a refusal that passes is no answer. */
  const ask = <A, E>(request: Effect.Effect<A, Refused | E>): Effect.Effect<A | Refused> =>
    Effect.gen(function* () {
      for (;;) {
        const answer = yield* Effect.raceFirst(
          Effect.match(request, {
            onFailure: (error) =>
              error instanceof Refused && error.reason !== "unavailable" ? error : undefined,
            onSuccess: (it): A | Refused => it
          }),
          Effect.as(Deferred.await(cut), undefined)
        )
        if (answer !== undefined) return answer
        yield* Effect.sleep(askAgainMillis)
      }
    })

  const changeMind = Effect.fnUntraced(function* (number: number) {
    const job = jobIdOf(number)
    const from = mix(number) % addresses.length
    const to = Array.from(
      { length: options.recipients },
      (_, index) => addresses[(from + index) % addresses.length]!
    )
    const moment = nextSecond(yield* Clock.currentTimeMillis)
    const made = yield* ask(
      bus.request(
        CreateJob,
        { job, asked: jobOf(to, [`hello ${number}`], moment), by: "operator" },
        `make-${number}`
      )
    )
    // Its moment had passed before anybody was there to take it.
    if (made instanceof Refused) return
    const changes = number % 3 === 2
    const aim = changes ? changing : cancelling
    const regret = moment + aim.millis() + (mix(number + 7) % (2 * spreadMillis)) - spreadMillis
    yield* Effect.sleep(Math.max(0, regret - (yield* Clock.currentTimeMillis)))
    if (changes) {
      const asked = jobOf(to, [`later ${number}`], moment + 365 * 86_400_000)
      const answer = yield* ask(bus.request(ChangeJob, { job, asked, by: "operator" }, `change-${number}`))
      if (answer instanceof Refused) return
      told.push({ job, asked: "change", sequence: answer.sequence, place: place() })
      aim.learn(!(yield* options.firedBefore(job, answer.sequence)))
      return
    }
    const answer = yield* ask(bus.request(CancelJob, { job, by: "operator" }, `cancel-${number}`))
    if (answer instanceof Refused) {
      aim.learn(false)
      if (answer.reason === "already-left") told.push({ job, asked: "cancel-too-late", place: place() })
      return
    }
    const { left, of } = answer
    aim.learn(left === 0)
    told.push({ job, asked: "cancel", left, of, place: place() })
  })

  return {
    told: told as ReadonlyArray<Told>,
    /** So many people at once, each one thing after the other, until it is enough. */
    run: (people: number) =>
      Effect.forEach(
        Array.from({ length: people }),
        () =>
          Effect.whileLoop({
            while: () => !options.enough(told.length),
            body: () => changeMind(count++),
            step: () => {}
          }),
        { concurrency: "unbounded", discard: true }
      ),
    /** Whoever waits for the one that died asks again. */
    disconnect: () => {
      Deferred.doneUnsafe(cut, Effect.void)
      cut = Deferred.makeUnsafe()
    }
  }
}
