/** Looking again: at what is due in a minute, and at once at what lists say something else of. */
import { Clock, Effect } from "effect"
import { type Again, ScanCompleted, ScanReleased } from "../../../contracts/scan.ts"
import { FeedFailed, FeedMatched, FeedRefreshed, FeedWithdrawn } from "../../../contracts/feed.ts"
import { SourceChanged } from "../../../contracts/source.ts"
import type { ActError, Performed, Self } from "../../../infra/actor/process-manager.ts"
import type { StateReader, Work } from "../../../infra/actor/state.ts"
import { linkSighting } from "../../../contracts/link/link-sighting.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { BrandIndex } from "../brand-index.ts"
import type { Lists } from "../lists.ts"
import type { Outside } from "../outside.ts"
import type { RecentScans } from "../recent-scans.ts"
import { resultOf, type Scanned } from "../result.ts"
import { anew, withLists } from "./anew.ts"
import { dueMark, dueOf, matchWork, parts } from "./kept.ts"
import { endOf, type Known, knownOf, type Published } from "./known.ts"
import { stepAt, steps } from "./schedule.ts"
import { by, type Watched } from "./watched.ts"

export const publishes = [
  ScanCompleted,
  ScanReleased,
  FeedRefreshed,
  FeedMatched,
  FeedFailed,
  FeedWithdrawn,
  SourceChanged
] as const

/** Links looked at side by side. Few of them ask outside, so that first looks find their quotas and their sockets. */
const sideBySide = 8
/** After as many as these the state is asked again for what is left. */
const linksAtOnce = 64

/** What looking needs. */
export interface Eyes {
  readonly outside: Outside
  readonly lists: Lists
  readonly recent: RecentScans
  /** Brands that may be imitated; left out, those that Wadjet knows from the start. */
  readonly brands?: BrandIndex
  /** It asks nobody and knows no lists, as during an import: what waits does so until somebody looks who can see. */
  readonly isBlind?: true
}

/** How long what waits is left alone where there is nobody to ask. */
const leftAloneMillis = 600_000

/** The links that wait for a piece of work, or the first of them. */
export const waitingFor = (state: StateReader, work: Pick<Work, "kind" | "key">): ReadonlyArray<Watched> => {
  const at = Number(work.key.slice(work.key.indexOf("/") + 1))
  if (work.kind === matchWork)
    return state
      .find(by.matched, at)
      .map(({ value }) => value)
      .filter(({ matched }) => matched === at)
  const found: Array<Watched> = []
  for (let part = 0; part < parts && found.length < linksAtOnce; part++)
    for (const { value } of state.find(by.due, dueMark(at, part))) if (dueOf(value) === at) found.push(value)
  return found
}

const say = Effect.fnUntraced(function* (
  { recent }: Eyes,
  self: Self<Published>,
  { about, reason, revises }: Known,
  again: Again,
  scanned: Pick<Scanned, "evidence" | "missing" | "hops"> & { readonly url: string }
) {
  const now = yield* Clock.currentTimeMillis
  const revising = revises === undefined ? {} : { revises }
  const owners = [about.chat, about.sender].filter((owner) => owner !== undefined)
  const leadsTo = endOf(scanned)
  const end =
    leadsTo === undefined ? {} : { end: linkSighting((yield* Keyring).linkKeys(owners).current, leadsTo) }
  const fact = resultOf({ ...about, ...scanned, ...revising, ...end, again }, now)
  const { sequence } = yield* self.append(reason, `again-${again}:${about.link}`, [fact])
  recent.remember(about.link, { sequence, validUntil: fact.data.validUntil, looked: true })
})

const lookAtLists = (eyes: Eyes, self: Self<Published>, known: Known) =>
  say(eyes, self, known, "listed", {
    url: known.url,
    ...withLists(known, eyes.lists),
    ...(known.hops === undefined ? {} : { hops: known.hops })
  })

const lookAgain = Effect.fnUntraced(function* (
  eyes: Eyes,
  self: Self<Published>,
  known: Known,
  again: Again
) {
  const { brands, lists, outside } = eyes
  const outlook = yield* outside.look(known.url, () => Effect.void, "sparingly")
  yield* say(eyes, self, known, again, { url: known.url, ...anew(known, outlook, outside, lists, brands) })
})

const lookAt = Effect.fnUntraced(function* (
  eyes: Eyes,
  self: Self<Published>,
  work: Work,
  watched: Watched
): Effect.fn.Return<void, ActError, Keyring> {
  const known = yield* knownOf(self, watched, eyes.brands)
  if (known === undefined) {
    const { cause, correlation } = work
    const released = ScanReleased({ link: watched.link })
    return void (yield* self.append({ cause, correlation }, `released:${watched.link}`, [released]))
  }
  if (work.kind === matchWork) return yield* lookAtLists(eyes, self, known)
  const { looks, newest } = watched
  const step = looks && newest && stepAt(looks, newest.level, yield* Clock.currentTimeMillis)
  if (step !== undefined) yield* lookAgain(eyes, self, known, steps[step]!.again)
})

const canSee = ({ isBlind, outside }: Eyes, { kind }: Work): boolean =>
  isBlind !== true && (kind === matchWork || outside.asks.length > 0)

export const performWith = (eyes: Eyes) =>
  Effect.fnUntraced(function* (
    work: Work,
    self: Self<Published>
  ): Effect.fn.Return<Performed, ActError, Keyring> {
    if (!canSee(eyes, work)) return { later: (yield* Clock.currentTimeMillis) + leftAloneMillis }
    yield* Effect.forEach(
      waitingFor(self.state, work).slice(0, linksAtOnce),
      (watched) => lookAt(eyes, self, work, watched),
      { concurrency: sideBySide, discard: true }
    )
    return undefined
  })
