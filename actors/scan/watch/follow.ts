/** What becomes of lists and services, as facts: what runs beside the watch while it holds its lease. */
import { Clock, Effect, Latch, Schedule } from "effect"
import { eventId, type LinkId } from "../../../contracts/ids.ts"
import {
  FeedFailed,
  FeedMatched,
  FeedRefreshed,
  FeedWithdrawn,
  matchedLinksMax
} from "../../../contracts/feed.ts"
import { SourceChanged } from "../../../contracts/source.ts"
import type { ActError, Beside, Self } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { Follower, Refreshed } from "../feeds/feed-news.ts"
import type { SourceNews } from "../sources/ask-source.ts"
import { restingOnLists } from "./kept.ts"
import type { Published } from "./known.ts"
import { concerned, everyLink, matchesAmong } from "./matches.ts"
import { feeds, sources } from "./origins.ts"
import type { Eyes } from "./perform.ts"
import { beginReading, lookAtWatched, type Reading, type Watching } from "./reading.ts"
import type { Relay } from "./relay.ts"

/** Facts about lists and services are said one after the other. */
const lane = "origins"
/** A quota that is back sooner is no news, but how it is always. */
const quotaMillis = 300_000
/** Lists that are fetched one after the other are read for the same links. */
const watchingMillis = 120_000
/** The log did not answer: within this time it mostly does again, and the next refresh brings what is missing. */
const sayAgain = Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 6 }))

type Say<A> = (self: Self<Published>) => Effect.Effect<A, ActError, Keyring>

const matchedFacts = (source: string, at: number, links: ReadonlyArray<LinkId>) =>
  Array.from({ length: Math.ceil(links.length / matchedLinksMax) }, (_, index) =>
    FeedMatched({
      source,
      at,
      matches: links.slice(index * matchedLinksMax, (index + 1) * matchedLinksMax)
    })
  )

const refreshedFact = (news: Refreshed) => {
  const { at, added, digest, etag, from, gone, lastModified, listed, source } = news
  return FeedRefreshed({
    source,
    from,
    listed,
    added,
    gone,
    digest,
    at,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified })
  })
}

const append = Effect.fnUntraced(function* (
  self: Self<Published>,
  source: string,
  at: number,
  facts: ReadonlyArray<Published>
) {
  const [first, ...rest] = facts
  if (first === undefined) return
  const cause = eventId("origin", source, at)
  const { sequence } = yield* self.append({ cause, correlation: cause }, first.type, [first, ...rest])
  yield* self.folded(sequence)
})

/** What a list that changed may concern: by what is new on it, and by what is gone. */
function* changed(state: StateReader, { gone }: Refreshed, reading: Reading | undefined, now: number) {
  if (gone > 0) yield restingOnLists(state)
  if (reading !== undefined) yield* concerned(state, reading, now)
}

/** A list as it is now: what the log has to know of it, and the links that it concerns. */
const tellRefreshed = (eyes: Eyes, news: Refreshed, reading: Reading | undefined): Say<void> =>
  Effect.fnUntraced(function* (self) {
    const told = self.state.get(feeds, news.source)
    const now = yield* Clock.currentTimeMillis
    // What another process fetched, or this one told nobody of, is not among what is new now.
    const isKnown = told?.digest === news.before
    const groups = isKnown ? changed(self.state, news, reading, now) : everyLink(self.state, now)
    const isNews = told === undefined || told.digest !== news.digest || told.failed !== undefined
    // Where the log had been told of this one already, links may have been looked at by the one before it.
    const links = isNews || !isKnown ? yield* matchesAmong(self, groups, eyes.lists) : []
    yield* append(self, news.source, news.at, [
      ...matchedFacts(news.source, news.at, links),
      ...(isNews ? [refreshedFact(news)] : [])
    ])
  })

const tellFailed = (source: string, reason: string, at: number): Say<void> =>
  Effect.fnUntraced(function* (self) {
    if (self.state.get(feeds, source)?.failed === reason) return
    yield* append(self, source, at, [FeedFailed({ source, reason, at })])
  })

/** Lists that are wanted no more: what stood on them alone is looked at again. */
const tellWithdrawn = (eyes: Eyes, wanted: ReadonlySet<string>): Say<void> =>
  Effect.fnUntraced(function* (self) {
    const gone = self.state.walk(feeds, "").flatMap(([source]) => (wanted.has(source) ? [] : [source]))
    if (gone.length === 0) return
    const at = yield* Clock.currentTimeMillis
    const links = yield* matchesAmong(self, [restingOnLists(self.state)], eyes.lists)
    for (const [index, source] of gone.entries())
      yield* append(self, source, at, [
        ...(index === 0 ? matchedFacts(source, at, links) : []),
        FeedWithdrawn({ source, at })
      ])
  })

const isNews = ({ at, state, until }: SourceNews): boolean =>
  state !== "quota-used-up" || until === undefined || until - at >= quotaMillis

const tellSource = (news: SourceNews): Say<void> =>
  Effect.fnUntraced(function* (self) {
    if (self.state.get(sources, news.source) === news.state || !isNews(news)) return
    yield* append(self, news.source, news.at, [SourceChanged(news)])
  })

/**
 * Follows lists and services for as long as it runs. What cannot be said now is said with the next refresh: the log
 * knows by digests which list it was told of.
 */
export const follow = (eyes: Eyes, relay: Relay) =>
  Effect.fnUntraced(function* (own: Beside<Published>) {
    const keyring = yield* Keyring
    const clock = yield* Clock.Clock
    const say = (what: Say<void>) =>
      own
        .within(
          lane,
          Effect.suspend(() => what(own.begin()))
        )
        .pipe(
          Effect.retry({ schedule: sayAgain, while: ({ _tag }) => _tag !== "LeaseLost" }),
          Effect.catch((error) =>
            Effect.logWarning("what became of a list or a service could not be recorded yet", {
              error: error.message
            })
          ),
          Effect.provideService(Keyring, keyring)
        )
    const readings = new Map<string, Reading>()
    let watching: Watching | undefined
    const follower: Follower = {
      reading: async (source) => {
        const now = clock.currentTimeMillisUnsafe()
        if (watching === undefined || now - watching.at > watchingMillis)
          watching = await lookAtWatched(own.state, now)
        const reading = beginReading(watching, keyring)
        readings.set(source, reading)
        return reading.tell
      },
      refreshed: (news) =>
        Effect.suspend(() => {
          const reading = readings.get(news.source)
          readings.delete(news.source)
          return say(tellRefreshed(eyes, news, reading))
        }),
      failed: (source, reason, at) =>
        Effect.suspend(() => {
          readings.delete(source)
          return say(tellFailed(source, reason, at))
        })
    }
    if (relay.wanted !== undefined) yield* say(tellWithdrawn(eyes, relay.wanted))
    const arrived = Latch.makeUnsafe(false)
    yield* relay.attach(follower, () => void arrived.openUnsafe())
    return yield* Effect.forever(
      Effect.gen(function* () {
        yield* arrived.await
        arrived.closeUnsafe()
        for (const news of relay.take()) yield* say(tellSource(news))
      })
    )
  })
