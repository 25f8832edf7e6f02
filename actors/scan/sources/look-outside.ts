/** One look at a link from outside: every source about it while it is followed, and about where it leads. */
import { Cause, Effect, Fiber } from "effect"
import { speaksFor } from "../both-ends.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import type { Followed } from "../expand/expand.ts"
import type { Outlook, Outside } from "../outside.ts"
import type { AskSource } from "./ask-source.ts"

/** A source as it is asked. */
export interface Way {
  readonly name: string
  readonly ask: AskSource
  /** Whether the service counts what it is asked: such a one is not asked about places that a link only passes. */
  readonly counts: boolean
}

export interface Looking {
  readonly followed: Followed
  readonly ways: ReadonlyArray<Way>
  /** What others are told in place of a URL; undefined where they are told nothing. */
  readonly toldOf: (url: string) => string | undefined
}

/** As long as people who read along wait for a warning; what is learnt later revises the result. */
const soFarMillis = 2_800

const isLate = (source: string) => ({ source, reason: "it did not answer in time" })

const isUntold = (source: string): Outlook => ({
  evidence: [],
  missing: [{ source, reason: "it is not asked about what is not on the public internet" }]
})

/** What several say of one link; the same thing said twice is one thing. */
export const joined = (outlooks: ReadonlyArray<Outlook>): Pick<Outlook, "evidence" | "missing"> => {
  const evidence = new Map<string, Evidence>()
  for (const each of outlooks.flatMap((outlook) => outlook.evidence)) {
    const name = evidenceName(each)
    if (!evidence.has(name)) evidence.set(name, each)
  }
  const missing = new Map(outlooks.flatMap((outlook) => outlook.missing).map((it) => [it.source, it]))
  return { evidence: [...evidence.values()], missing: [...missing.values()] }
}

/** What was said of one of the two ends of a link, by the names of those who said it. */
type SaidBy = Map<string, Outlook>

/** What speaks for a link counts only where it is said of both of its ends. */
const ofOneEnd = (some: ReadonlyArray<Outlook>, others: ReadonlyArray<Outlook>): ReadonlyArray<Outlook> => {
  const names = new Set(others.flatMap(({ evidence }) => evidence).map(evidenceName))
  return some.map((outlook) => ({
    ...outlook,
    evidence: outlook.evidence.filter((each) => !speaksFor(each) || names.has(evidenceName(each)))
  }))
}

/**
 * Looks. The trail and the sources are asked side by side; where the link leads, the sources are asked about that as soon
 * as it is known, before it has answered itself.
 */
export const lookOutside = Effect.fnUntraced(function* <E>(
  { followed, toldOf, ways }: Looking,
  url: string,
  heard: (evidence: ReadonlyArray<Evidence>) => Effect.Effect<void, E>,
  asking: "sparingly" | undefined,
  soFar: (outlook: Outlook) => Effect.Effect<void, E> = () => Effect.void
): Effect.fn.Return<Outlook, E> {
  const saidOfLink: SaidBy = new Map()
  const so: {
    trail?: Outlook
    /** The place that it was last seen to lead to, about which the sources are being asked. */
    passing?: { readonly url: string; readonly said: SaidBy; readonly asking: Fiber.Fiber<void, E> }
    saidOfEnd: SaidBy
  } = { saidOfEnd: new Map() }

  const askAll = (at: string, said: SaidBy, some: ReadonlyArray<Way>): Effect.Effect<void, E> => {
    const told = toldOf(at)
    const askOne = Effect.fnUntraced(function* ({ ask, name }: Way) {
      const outlook = told === undefined ? isUntold(name) : yield* ask(told, asking)
      said.set(name, outlook)
      if (outlook.evidence.length > 0) yield* heard(outlook.evidence)
    })
    return Effect.forEach(some, askOne, { concurrency: "unbounded", discard: true })
  }

  const toward = Effect.fnUntraced(function* (next: string) {
    if (so.passing !== undefined) yield* Fiber.interrupt(so.passing.asking)
    const said: SaidBy = new Map()
    const uncounted = ways.filter(({ counts }) => !counts)
    so.passing = { url: next, said, asking: yield* Effect.forkChild(askAll(next, said, uncounted)) }
  })

  const toTheEnd = Effect.gen(function* () {
    const trail = yield* followed.look(url, heard, asking, undefined, toward)
    so.trail = trail
    const { end } = trail
    if (end === undefined) return
    const { passing } = so
    if (passing?.url !== end) return yield* askAll(end, so.saidOfEnd, ways)
    so.saidOfEnd = passing.said
    const counting = ways.filter(({ counts }) => counts)
    yield* Effect.all([Fiber.join(passing.asking), askAll(end, passing.said, counting)], {
      concurrency: "unbounded",
      discard: true
    })
  })

  const known = (): Outlook => {
    const way = so.trail ?? { evidence: [], missing: followed.asks.map(isLate) }
    const of = (said: SaidBy) =>
      ways.map(({ name }): Outlook => said.get(name) ?? { evidence: [], missing: [isLate(name)] })
    const ofLink = of(saidOfLink)
    if (way.end === undefined) return { ...way, ...joined([way, ...ofLink]) }
    const ofEnd = of(so.saidOfEnd)
    return { ...way, ...joined([way, ...ofOneEnd(ofLink, ofEnd), ...ofOneEnd(ofEnd, ofLink)]) }
  }

  // What it says must be in the log, or fail, before the look ends.
  const inTime = yield* Effect.sleep(soFarMillis).pipe(
    Effect.andThen(Effect.uninterruptible(Effect.suspend(() => soFar(known())))),
    Effect.forkChild
  )
  yield* Effect.all([toTheEnd, askAll(url, saidOfLink, ways)], { concurrency: "unbounded", discard: true })
  yield* Fiber.interrupt(inTime)
  const exit = yield* Fiber.await(inTime)
  if (exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause))
    return yield* Effect.failCause(exit.cause)
  return known()
})

/** The part of `Outside` that looks. */
export const lookWith =
  (looking: Looking): Outside["look"] =>
  (url, heard, asking, soFar) =>
    lookOutside(looking, url, heard, asking, soFar)
