/** Asking one source: its memory, its circuit, its quota, its retries and its deadline, in this order. */
import { Clock, Deferred, Effect, Exit, Random } from "effect"
import type { FetchFailed } from "../../../infra/guarded-client/fetch-failed.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { Outlook } from "../outside.ts"
import { countOutside } from "../outside-counts.ts"
import { makeAnswerCache } from "./answer-cache.ts"
import { makeHurried } from "./hurried.ts"
import { asking, type Circuit, closed, failed, gaveUp, mayAsk, refusedForGood } from "./circuit-breaker.ts"
import type { SourceState } from "../../../contracts/source.ts"
import type { Quota, QuotaLedger } from "./quota-ledger.ts"
import { type Said, SourceFailed, type Source } from "./source.ts"

export interface AskLimits {
  /** For all attempts together: what comes later is missing, and comes with the next look. */
  readonly deadlineMillis: number
  readonly attemptsMax: number
  /** Before the second attempt, and twice as long before the third; each somewhere between half and all of it. */
  readonly backoffMillis: number
}

const askLimits: AskLimits = { deadlineMillis: 2_800, attemptsMax: 3, backoffMillis: 200 }

/** A source that has enough without saying for how long. */
const enoughMillis = 60_000

const missing = (source: string, reason: string): Outlook => ({ evidence: [], missing: [{ source, reason }] })

const outlookOf = (source: string, { evidence, unknown }: Said): Outlook =>
  unknown === undefined ? { evidence, missing: [] } : { ...missing(source, unknown), evidence }

const timeOf = (millis: number): string =>
  `${new Date(millis).toISOString().slice(0, 16).replace("T", " ")} UTC`

/** What became of a service. */
export interface SourceNews {
  readonly source: string
  readonly state: SourceState
  readonly at: number
  readonly reason?: string
  /** When it is asked again. */
  readonly until?: number
}

/** Half of each quota: the other half is for links that are new. */
const sparing = (quotas: ReadonlyArray<Quota>): ReadonlyArray<Quota> =>
  quotas.map((quota) => ({ ...quota, most: Math.floor(quota.most / 2) }))

type Fault = SourceFailed | FetchFailed

const transient = new Set<Fault["fault"]>(["unavailable", "unresolved", "unreachable", "timeout"])

const words: Readonly<Record<Fault["fault"], string>> = {
  unavailable: "it is out of order",
  "over-quota": "it has been asked enough",
  "key-refused": "it does not accept the key",
  malformed: "its answer could not be read",
  refused: "its address is refused by the guard",
  "no-such-name": "its name is not in the DNS",
  unresolved: "the name servers did not answer",
  unreachable: "it could not be reached",
  tls: "its certificate is not trusted",
  timeout: "it did not answer in time"
}

/**
 * Asks a source about a URL. What it does not say is missing evidence, with the reason; it never fails. Who asks
 * `sparingly` leaves half of every quota to those who do not.
 */
export type AskSource = (url: string, asking?: "sparingly") => Effect.Effect<Outlook>

/** Makes the way to ask one source, with a memory and a circuit of its own. */
export const askSource = (
  source: Source,
  client: GuardedClientService,
  ledger: QuotaLedger,
  { attemptsMax, backoffMillis, deadlineMillis } = askLimits,
  /** Is told after every answer, and whenever there will be none for a while. */
  tell: (news: SourceNews) => void = () => {},
  count = countOutside
): AskSource => {
  const { name, quotas, subjectOf = (url: string) => url } = source
  const cache = makeAnswerCache()
  // Of two who were asked the same in a hurry, the slower one's connection is there for the next question.
  const asked: GuardedClientService = source.asksTheSite
    ? client
    : { ...client, ask: (one) => client.ask({ ...one, keepsConnection: true }) }
  // Where every question counts, and where a link's own server is asked, nothing is asked twice.
  const hurried =
    quotas.length > 0 || source.asksTheSite ? <A, E>(ask: Effect.Effect<A, E>) => ask : makeHurried()
  const underWay = new Map<string, Deferred.Deferred<Outlook | undefined>>()
  let circuit: Circuit = closed
  let isKnownOpen: boolean | undefined
  let lastFault = ""
  const become = (next: Circuit) => {
    circuit = next
    const isOpen = next.openUntil !== 0
    if (isOpen !== isKnownOpen) count({ count: "circuit", source: name, isOpen })
    isKnownOpen = isOpen
  }

  const spared = sparing(quotas)
  // Whoever spends, a quota that is used up stays so until it opens: nobody looks into the ledger before.
  const busy = { sparingly: { from: 0, until: 0 }, plainly: { from: 0, until: 0 } }
  const busyUntil = (asking: "sparingly" | undefined, now: number): number | undefined => {
    const { from, until } = busy[asking ?? "plainly"]
    return from <= now && now < until ? until : undefined
  }

  /** Takes one request, or says why there is none. */
  const spend = (asking: "sparingly" | undefined, now: number): string | undefined => {
    const until = busyUntil(asking, now) ?? ledger.spend(name, asking === "sparingly" ? spared : quotas, now)
    if (until === undefined) return undefined
    busy[asking ?? "plainly"] = { from: now, until }
    if (asking === "sparingly") return "what is left of its quota is kept for links that are new"
    tell({ source: name, state: "quota-used-up", reason: words["over-quota"], until, at: now })
    return `its quota is used up until ${timeOf(until)}`
  }

  const moreFor = (asking: "sparingly" | undefined): Effect.Effect<boolean> =>
    asking === "sparingly"
      ? Effect.succeed(false)
      : Effect.map(Clock.currentTimeMillis, (now) => ledger.spend(name, quotas, now) === undefined)

  const attempt = Effect.fnUntraced(function* (url: string, asking: "sparingly" | undefined) {
    const now = yield* Clock.currentTimeMillis
    const refused = spend(asking, now)
    if (refused !== undefined) return yield* new SourceFailed({ fault: "over-quota", message: refused })
    return yield* hurried(source.ask(asked, url, moreFor(asking)))
  })

  const tried: (url: string, left: number, asking: "sparingly" | undefined) => Effect.Effect<Said, Fault> =
    Effect.fnUntraced(function* (url: string, left: number, asking: "sparingly" | undefined) {
      const answer = yield* Effect.result(attempt(url, asking))
      if (answer._tag === "Success") return answer.success
      if (left <= 1 || !transient.has(answer.failure.fault)) return yield* answer.failure
      const wait = backoffMillis * 2 ** (attemptsMax - left)
      yield* Effect.sleep(wait / 2 + (yield* Random.next) * (wait / 2))
      return yield* tried(url, left - 1, asking)
    })

  const learn = (fault: Fault, now: number): void => {
    // A quota is the ledger's business, and says nothing about the service.
    if (fault.fault === "over-quota") return become(gaveUp(circuit))
    return become(fault.fault === "key-refused" ? refusedForGood(now) : failed(circuit, now))
  }

  const ask = Effect.fnUntraced(function* (url: string, sparingly: "sparingly" | undefined) {
    become(asking(circuit))
    const answer = yield* tried(url, attemptsMax, sparingly).pipe(
      Effect.timeoutOrElse({
        duration: deadlineMillis,
        orElse: () => Effect.fail(new SourceFailed({ fault: "unavailable", message: words.timeout }))
      }),
      Effect.result,
      Effect.onInterrupt(() => Effect.sync(() => become(gaveUp(circuit))))
    )
    const now = yield* Clock.currentTimeMillis
    if (answer._tag === "Success") {
      become(closed)
      tell({ source: name, state: "answering", at: now })
      cache.remember(subjectOf(url), answer.success, now)
      return outlookOf(name, answer.success)
    }
    const fault = answer.failure
    if (fault._tag === "SourceFailed" && fault.retryAfterSeconds !== undefined)
      ledger.block(name, now + fault.retryAfterSeconds * 1_000)
    else if (fault._tag === "SourceFailed" && fault.fault === "over-quota" && fault.message === "")
      ledger.block(name, now + enoughMillis)
    learn(fault, now)
    lastFault = fault._tag === "SourceFailed" && fault.message !== "" ? fault.message : words[fault.fault]
    const { openUntil: until } = circuit
    const state = fault.fault === "key-refused" ? "key-refused" : "left-alone"
    if (until > now) tell({ source: name, state, reason: lastFault, until, at: now })
    return missing(name, lastFault)
  })

  const askAlone = Effect.fnUntraced(function* (url: string, sparingly: "sparingly" | undefined) {
    const began = yield* Clock.currentTimeMillis
    const outlook = yield* ask(url, sparingly)
    const outcome = outlook.missing.length > 0 ? "missing" : outlook.evidence.length > 0 ? "listed" : "clean"
    const seconds = ((yield* Clock.currentTimeMillis) - began) / 1_000
    count({ count: "asked", source: name, outcome, seconds })
    return outlook
  })

  /** Of those who ask the same at the same time one asks, and all have the answer. */
  const askTogether = Effect.fnUntraced(function* (url: string, sparingly: "sparingly" | undefined) {
    const question = `${sparingly ?? ""} ${subjectOf(url)}`
    for (let other = underWay.get(question); other !== undefined; other = underWay.get(question)) {
      const outlook = yield* Deferred.await(other)
      // Without one the other was broken off.
      if (outlook !== undefined) return outlook
    }
    const answered = Deferred.makeUnsafe<Outlook | undefined>()
    underWay.set(question, answered)
    return yield* askAlone(url, sparingly).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          underWay.delete(question)
          Deferred.doneUnsafe(answered, Exit.succeed(Exit.isSuccess(exit) ? exit.value : undefined))
        })
      )
    )
  })

  return Effect.fnUntraced(function* (url: string, sparingly?: "sparingly") {
    const began = yield* Clock.currentTimeMillis
    const known = cache.find(subjectOf(url), began) ?? source.known?.(url, began)
    if (known !== undefined) return outlookOf(name, known)
    if (!mayAsk(circuit, began))
      return missing(name, `${lastFault}, and it is left alone until ${timeOf(circuit.openUntil)}`)
    if (busyUntil(sparingly, began) !== undefined) {
      lastFault = spend(sparingly, began) ?? lastFault
      count({ count: "asked", source: name, outcome: "missing", seconds: 0 })
      return missing(name, lastFault)
    }
    return yield* askTogether(url, sparingly)
  })
}
