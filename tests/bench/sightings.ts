/** Links posted by the clock, and what the log has of each of them when. */
import { Worker } from "node:worker_threads"
import { Clock, Effect, Redacted } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { IngestMessages } from "../../contracts/commands.ts"
import type { Level } from "../../contracts/level.ts"
import type { MissingEvidence } from "../../contracts/scan.ts"
import { commandSubject } from "../../contracts/subjects.ts"
import { encodeRequest } from "../../infra/command-bus/wire.ts"
import type { EventLogService } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import type { NatsAddress } from "../../infra/nats/connection.ts"
import type { Post, PosterPlace } from "./poster.ts"

/** What came of a link; times are milliseconds from when it was due to be posted. */
export interface Seen {
  readonly redirects: boolean
  /** Whether a service has it on its list. */
  readonly listed: boolean
  /** Its first verdict, the one that is not changed any more, and the last result of a scan. */
  readonly first: number
  readonly standing: number
  readonly last: number
  /** What the last result says is missing. */
  readonly missing: ReadonlyArray<MissingEvidence>
}

interface Watched {
  readonly posted: number
  readonly redirects: boolean
  readonly listed: boolean
  first?: number
  standing?: number
  level?: Level
  last?: number
  missing: ReadonlyArray<MissingEvidence>
  isFinal: boolean
}

/** Nothing takes longer than this; what does is lost, and the benchmark says so. */
const waitSecondsMax = 60
const lookAgainMillis = 100
/** Everything is encoded by then. */
const beginsInMillis = 500

/** Of the clock that all threads share. */
const monotonicMillis = () => Number(process.hrtime.bigint()) / 1e6

/** One in so many links sends on; one in so many is on a list. */
const redirectsEvery = 5
const listedEvery = 20

export const makeSightings = () => {
  const byMessage = new Map<string, Watched>()
  const byLink = new Map<string, Watched>()
  const note = (fact: AnyFact): void => {
    const now = monotonicMillis()
    if (fact.type === "message.received") {
      const watched = byMessage.get(fact.data.said.whatsAppId)
      const [link] = fact.data.links
      if (watched !== undefined && link !== undefined) byLink.set(link.link, watched)
      return
    }
    if (fact.type !== "verdict.decided" && fact.type !== "scan.completed") return
    const watched = byLink.get(fact.data.link)
    if (watched === undefined) return
    const took = now - watched.posted
    if (fact.type === "verdict.decided") {
      watched.first ??= took
      if (watched.level !== fact.data.level) watched.standing = took
      watched.level = fact.data.level
      return
    }
    watched.last = took
    watched.missing = fact.data.missing
    watched.isFinal = !fact.data.missing.some(({ reason }) => reason === "it is being asked")
  }
  return {
    /** Sees what is appended, and takes nothing from its pace. */
    log: (inner: EventLogService): EventLogService => ({
      ...inner,
      append: (entries, provenance) =>
        Effect.tap(inner.append(entries, provenance), () =>
          Effect.sync(() => entries.forEach(({ fact }) => note(fact)))
        )
    }),
    post: (id: string, watched: Pick<Watched, "posted" | "redirects" | "listed">): void =>
      void byMessage.set(id, { ...watched, missing: [], isFinal: false }),
    of: (named: string): ReadonlyArray<Watched> =>
      [...byMessage].flatMap(([id, watched]) => (id.startsWith(`${named} `) ? [watched] : []))
  }
}

export type Sightings = ReturnType<typeof makeSightings>

/** A link of a domain that was never seen before. */
const freshLink = (named: string, number: number) => {
  const listed = number % listedEvery === 7
  const label = listed ? "listed" : "garden"
  const site = `https://${named}-${label}-${number}.com`
  const redirects = number % redirectsEvery === 0
  const url = redirects
    ? `https://short-${named}-${number}.com/to?${encodeURIComponent(`${site}/news`)}`
    : `${site}/news`
  return { url, listed, redirects }
}

const isDone = (watched: Watched): watched is Watched & Seen =>
  watched.isFinal &&
  watched.first !== undefined &&
  watched.last !== undefined &&
  watched.standing !== undefined

/**
 * Whoever posts is none of the system: a thread and a connection of its own. Without it the measured threads would do what
 * they do not do in life.
 */
export const openPoster = Effect.fnUntraced(function* ({ password, url, user }: NatsAddress) {
  const place: PosterPlace = { url, user, pass: Redacted.value(password) }
  const worker = yield* Effect.acquireRelease(
    Effect.sync(() => new Worker(new URL("./poster.ts", import.meta.url), { workerData: place })),
    (worker) => Effect.promise(() => worker.terminate())
  )
  yield* Effect.promise(() => new Promise((resolve) => void worker.once("message", resolve)))
  worker.on("message", (fault: string) => console.error(fault))
  return { post: (posts: ReadonlyArray<Post>): void => worker.postMessage(posts) }
})

export type Poster = Effect.Success<ReturnType<typeof openPoster>>

const postOf = Effect.fnUntraced(function* (id: string, number: number, url: string, due: number) {
  const { account } = yield* Keyring
  const text = yield* encodeRequest(
    IngestMessages,
    {
      gateway: "sandbox",
      chatName: `Chat ${number % 10}`,
      messages: [
        { id, author: `Member ${number % 50}`, sentAt: yield* Clock.currentTimeMillis, text: `look ${url}` }
      ]
    },
    id
  )
  const subject = commandSubject(account, IngestMessages.context, IngestMessages.verb)
  return { due, subject, text } satisfies Post
})

/**
 * Posts links one message each, whether or not the ones before are through: waiting for them would hide delays. Answers
 * when the last result of each is in the log.
 */
export const postLinks = Effect.fn("postLinks")(function* (
  sightings: Sightings,
  poster: Poster,
  { count, named, perSecond }: { readonly count: number; readonly named: string; readonly perSecond: number }
) {
  const started = monotonicMillis() + beginsInMillis
  const posts: Array<Post> = []
  for (let number = 0; number < count; number++) {
    const due = started + (number * 1_000) / perSecond
    const id = `${named} ${number}`
    const { url, ...kind } = freshLink(named, number)
    sightings.post(id, { posted: due, ...kind })
    posts.push(yield* postOf(id, number, url, due))
  }
  poster.post(posts)
  yield* Effect.sleep(beginsInMillis + (count * 1_000) / perSecond)
  const until = (yield* Clock.currentTimeMillis) + waitSecondsMax * 1_000
  while (!sightings.of(named).every(isDone)) {
    if ((yield* Clock.currentTimeMillis) > until) {
      const open = sightings.of(named).filter((watched) => !isDone(watched)).length
      return yield* Effect.die(new Error(`expected a last result of every link, found ${open} without one`))
    }
    yield* Effect.sleep(lookAgainMillis)
  }
  return sightings.of(named).filter(isDone)
})
