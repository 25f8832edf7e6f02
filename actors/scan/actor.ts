/** The scanner: every link of every message gets a result, once for all who post it while it is valid. */
import { Clock, Deferred, Effect, Exit } from "effect"
import type { LinkId } from "../../contracts/ids.ts"
import type { LinkTarget } from "../../contracts/link/link-target.ts"
import { MessageEdited, MessageReceived, type Said } from "../../contracts/message.ts"
import { type MissingEvidence, ScanCompleted } from "../../contracts/scan.ts"
import type { Recorded } from "../../contracts/event.ts"
import { worker, type WorkerSelf } from "../../infra/actor/worker.ts"
import type { AppendError } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { builtInBrands } from "./brand-index.ts"
import { localEvidence, wrapperEvidence } from "./classify.ts"
import { type Lists, noLists } from "./lists.ts"
import { nothingOutside, type Outside } from "./outside.ts"
import { makeRecentScans } from "./recent-scans.ts"
import { resultOf } from "./result.ts"

/** Inputs in work at once: scans wait for the log's fsync, not for the processor. */
const concurrency = 16

type Posted = Recorded<typeof MessageReceived> | Recorded<typeof MessageEdited>
type Fact = Parameters<WorkerSelf<ReturnType<typeof ScanCompleted>>["append"]>[1]

/** Nobody is warned about the past: of an imported message the outside is not asked. */
const isPast = ({ data }: Posted): boolean => data.arrival === "imported" || data.gateway === "export"

/** Somebody wants it looked at again, whatever is known of it. */
const isRescan = ({ data }: Posted): boolean => "command" in data && data.command === "rescan"

/** What is not known yet of a link, or will not be. */
const missingOf = (
  awaited: ReadonlyArray<string>,
  { unasked }: Outside,
  lists: Lists,
  past: boolean
): ReadonlyArray<MissingEvidence> => [
  ...awaited.map((source) => ({
    source,
    reason: past ? "not asked about messages of the past" : "it is being asked"
  })),
  ...unasked,
  ...lists.missing()
]

/** What is known on this machine at once, weighed, as a fact that holds from the event's own time on. */
export const scanOf = (
  link: LinkId,
  { url, wrappers }: LinkTarget,
  event: Posted,
  outside: Outside,
  lists: Lists,
  now: number,
  brands = builtInBrands()
): Fact => {
  const known = outside.known?.(url, now) ?? []
  const awaited = outside.asks.filter((name) => !known.some(({ source }) => source === name))
  return resultOf(
    {
      link,
      url,
      chat: event.data.chat,
      sender: event.data.sender,
      evidence: [
        ...localEvidence(url, brands),
        ...wrapperEvidence(wrappers),
        ...lists.lookUp(url),
        ...known.flatMap(({ evidence }) => evidence)
      ],
      missing: missingOf(awaited, outside, lists, isPast(event)),
      ...(isPast(event) ? { past: true } : { awaits: awaited })
    },
    // So that a scan done again says the same.
    event.time
  )
}

/** A scan under way; it says in the end whether its result is in the log, and asks the outside afterwards or not. */
interface UnderWay {
  readonly isInLog: Deferred.Deferred<boolean>
  readonly looked: boolean
}

/**
 * Declares the scanner: the first result, of what is known here; `makeOutsideScan` has the second. It remembers
 * recent results for as long as they are valid; a replica that knows nothing scans again, and every fold takes the
 * second result for what it is. Brands are those of `brands`.
 */
export const makeScan = (
  outside = nothingOutside,
  recent = makeRecentScans(),
  lists = noLists,
  brands = builtInBrands()
) => {
  const underWay = new Map<LinkId, UnderWay>()

  const scanLink = Effect.fnUntraced(function* (
    link: LinkId,
    target: LinkTarget,
    event: Posted,
    self: WorkerSelf<Fact>
  ): Effect.fn.Return<void, AppendError> {
    const looked = outside.asks.length > 0 && !isPast(event)
    if (!isRescan(event) && recent.isValidFor(link, event, looked)) return
    const now = yield* Clock.currentTimeMillis
    // What keeps another message's scan from the log is no fault of this one, which then scans for itself.
    for (let other = underWay.get(link); other !== undefined; other = underWay.get(link))
      if ((yield* Deferred.await(other.isInLog)) && (other.looked || !looked)) return
    const isInLog = Deferred.makeUnsafe<boolean>()
    underWay.set(link, { isInLog, looked })
    const fact = scanOf(link, target, event, outside, lists, now, brands)
    const append = Effect.map(self.append(`scan:${link}`, fact), ({ sequence }) =>
      recent.remember(link, { sequence, validUntil: fact.data.validUntil, looked })
    )
    return yield* append.pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          underWay.delete(link)
          Deferred.doneUnsafe(isInLog, Exit.succeed(Exit.isSuccess(exit)))
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
