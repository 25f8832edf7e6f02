/** The scanner: every link of every message gets a result, once for all who post it while it is valid. */
import { Deferred, Effect, Exit } from "effect"
import type { LinkId } from "../../contracts/ids.ts"
import type { LinkTarget } from "../../contracts/link/link-target.ts"
import { MessageEdited, MessageReceived, type Said } from "../../contracts/message.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import type { Recorded } from "../../contracts/event.ts"
import { worker, type WorkerSelf } from "../../infra/actor/worker.ts"
import type { AppendError } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { localEvidence, wrapperEvidence } from "./classify.ts"
import { makeRecentScans } from "./recent-scans.ts"
import { score } from "./rules/rule-set.ts"
import { wadjet } from "./rules/wadjet.ts"

/** Inputs in work at once: scans wait for the log's fsync, not for the processor. */
const concurrency = 16

/** No list and no service is asked yet: that is missing evidence, and never a clean answer. */
const missing = [{ source: "reputation", reason: "no list or reputation service is configured" }]

type Posted = Recorded<typeof MessageReceived> | Recorded<typeof MessageEdited>
type Fact = Parameters<WorkerSelf<ReturnType<typeof ScanCompleted>>["append"]>[1]

/** What the URL itself gives away, weighed, as a fact that holds from `now` on. */
export const scanOf = (link: LinkId, { url, wrappers }: LinkTarget, event: Posted, now: number): Fact => {
  const result = score(wadjet, [...localEvidence(url), ...wrapperEvidence(wrappers)], missing)
  return ScanCompleted({
    link,
    chat: event.data.chat,
    sender: event.data.sender,
    level: result.level,
    score: result.score,
    ...(result.probability === undefined ? {} : { probability: result.probability }),
    ruleSet: result.ruleSet,
    evidence: result.reasons.map(({ source, kind, weight }) => ({ source, kind, weight })),
    missing: result.missing,
    validUntil: now + result.validSeconds * 1_000,
    found: { url, details: result.reasons.map((reason) => reason.detail ?? null) }
  })
}

/**
 * Declares the scanner. It remembers recent results for as long as they are valid; a replica that knows
 * nothing scans again, and every fold takes the second result for what it is.
 */
export const makeScan = () => {
  const recent = makeRecentScans()
  /** Scans under way; each says in the end whether its result is in the log. */
  const underWay = new Map<LinkId, Deferred.Deferred<boolean>>()

  const scanLink = Effect.fnUntraced(function* (
    link: LinkId,
    target: LinkTarget,
    event: Posted,
    self: WorkerSelf<Fact>
  ): Effect.fn.Return<void, AppendError> {
    if (recent.isValidFor(link, event)) return
    // What keeps another message's scan from the log is no fault of this one, which then scans for itself.
    for (let other = underWay.get(link); other !== undefined; other = underWay.get(link))
      if (yield* Deferred.await(other)) return
    const mine = Deferred.makeUnsafe<boolean>()
    underWay.set(link, mine)
    // From the event's own time on, so that a scan done again says the same.
    const fact = scanOf(link, target, event, event.time)
    const append = Effect.map(self.append(`scan:${link}`, fact), (appended) =>
      recent.remember(link, { sequence: appended.sequence, validUntil: fact.data.validUntil })
    )
    return yield* append.pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          underWay.delete(link)
          Deferred.doneUnsafe(mine, Exit.succeed(Exit.isSuccess(exit)))
        })
      )
    )
  })

  return worker({
    name: "scan",
    listens: [MessageReceived, MessageEdited],
    publishes: [ScanCompleted],
    concurrency,
    handle: Effect.fnUntraced(function* (event, self) {
      if (event.data.links.length === 0) return
      const keyring = yield* Keyring
      const said = keyring.open<Said>(event.data.said)
      // The words were forgotten before anyone read them: there is nothing left to scan.
      if (said === null) return
      const targets = new Map(
        said.links.map(({ link, url, wrappers = [] }) => [link, { url, wrappers }] as const)
      )
      yield* Effect.forEach(targets, ([link, target]) => scanLink(link, target, event, self), {
        discard: true,
        concurrency: 4
      })
    })
  })
}
