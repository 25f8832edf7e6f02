/** Asking one source: its memory, its circuit, its quota, its retries and its deadline, in this order. */
import { Clock, Effect, Random } from "effect"
import type { FetchFailed } from "../../../infra/guarded-client/fetch-failed.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import type { Outlook } from "../outside.ts"
import { makeAnswerCache } from "./answer-cache.ts"
import { asking, type Circuit, closed, failed, gaveUp, mayAsk, refusedForGood } from "./circuit-breaker.ts"
import type { QuotaLedger } from "./quota-ledger.ts"
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

/** Asks a source about a URL. What it does not say is missing evidence, with the reason; it never fails. */
export type AskSource = (url: string) => Effect.Effect<Outlook>

/** Makes the way to ask one source, with a memory and a circuit of its own. */
export const askSource = (
  source: Source,
  client: GuardedClientService,
  ledger: QuotaLedger,
  { attemptsMax, backoffMillis, deadlineMillis } = askLimits
): AskSource => {
  const { name, quotas, subjectOf = (url: string) => url } = source
  const cache = makeAnswerCache()
  let circuit: Circuit = closed
  let lastFault = ""
  const become = (next: Circuit) => {
    circuit = next
    metrics.sourceCircuit.set({ source: name }, next.openUntil === 0 ? 0 : 1)
  }

  const attempt = Effect.fnUntraced(function* (url: string) {
    const busyUntil = ledger.spend(name, quotas, yield* Clock.currentTimeMillis)
    if (busyUntil === undefined) return yield* source.ask(client, url)
    return yield* new SourceFailed({
      fault: "over-quota",
      message: `its quota is used up until ${timeOf(busyUntil)}`
    })
  })

  const tried: (url: string, left: number) => Effect.Effect<Said, Fault> = Effect.fnUntraced(function* (
    url: string,
    left: number
  ) {
    const answer = yield* Effect.result(attempt(url))
    if (answer._tag === "Success") return answer.success
    if (left <= 1 || !transient.has(answer.failure.fault)) return yield* answer.failure
    const wait = backoffMillis * 2 ** (attemptsMax - left)
    yield* Effect.sleep(wait / 2 + (yield* Random.next) * (wait / 2))
    return yield* tried(url, left - 1)
  })

  const learn = (fault: Fault, now: number): void => {
    // A quota is the ledger's business, and says nothing about the service.
    if (fault.fault === "over-quota") return become(gaveUp(circuit))
    return become(fault.fault === "key-refused" ? refusedForGood(now) : failed(circuit, now))
  }

  const ask = Effect.fnUntraced(function* (url: string) {
    become(asking(circuit))
    const answer = yield* tried(url, attemptsMax).pipe(
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
    return missing(name, lastFault)
  })

  return Effect.fnUntraced(function* (url: string) {
    const began = yield* Clock.currentTimeMillis
    const known = cache.find(subjectOf(url), began)
    if (known !== undefined) return outlookOf(name, known)
    if (!mayAsk(circuit, began))
      return missing(name, `${lastFault}, and it is left alone until ${timeOf(circuit.openUntil)}`)
    const outlook = yield* ask(url)
    const outcome = outlook.missing.length > 0 ? "missing" : outlook.evidence.length > 0 ? "listed" : "clean"
    metrics.sourceSeconds.observe(
      { source: name, outcome },
      ((yield* Clock.currentTimeMillis) - began) / 1_000
    )
    return outlook
  })
}
