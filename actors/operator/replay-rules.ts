/** `wadjet replay --rules`: everything that was scanned, weighed again by other rules. The log is read, and nothing else is done. */
import { Clock, Effect, type Option, Stream } from "effect"
import type { LinkId } from "../../contracts/ids.ts"
import type { Found } from "../../contracts/scan.ts"
import { EventLog, type LogEvent } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { brandsOfOperator } from "../scan/brand-index.ts"
import { classic } from "../scan/rules/classic.ts"
import { makeComparison, type Rescored, rescore } from "../scan/rules/replay.ts"
import type { RuleSet } from "../scan/rules/rule-set.ts"
import { Host } from "./host.ts"
import { isFrom, isUpTo, type LogPlace, placeOf } from "./log-place.ts"
import { Output } from "./output.ts"
import { duration, progressBar } from "./progress.ts"
import { openLog } from "./reach.ts"
import { changedLines, comparisonLines, rescoredLine } from "./replay-words.ts"
import { ruleSetFor } from "./rule-set-choice.ts"
import { counted } from "./words.ts"

export interface ReplayRulesInput {
  readonly rules: string
  readonly from: Option.Option<string>
  readonly to: Option.Option<string>
  readonly compare: boolean
  readonly open: boolean
  readonly json: boolean
}

/** Links whose level changes, shown in a report; a program gets all of them. */
const changedShownMax = 50
/** As many as the projector folds at once: fewer cost more turns, more are no faster. */
const batchMax = 5_000

type ScanEvent = Extract<LogEvent, { readonly type: "scan.completed" }>

const recordedOf = ({ data, sequence }: ScanEvent, url: string | undefined): Rescored["was"] => ({
  sequence,
  link: data.link,
  level: data.level,
  score: data.score,
  ruleSet: data.ruleSet,
  evidence: data.evidence,
  missing: data.missing,
  revises: data.revises,
  ...(url === undefined ? {} : { url })
})

/** A result weighed again, for a program. */
export const rescoredJson = ({ now, was }: Rescored) => ({
  sequence: was.sequence,
  link: was.link,
  ...(was.url === undefined ? {} : { url: was.url }),
  revises: was.revises ?? null,
  was: { ruleSet: was.ruleSet, level: was.level, score: was.score, evidence: was.evidence },
  now: {
    ruleSet: now.ruleSet,
    level: now.level,
    score: now.score,
    evidence: now.reasons.map(({ kind, source, weight }) => ({ source, kind, weight }))
  },
  missing: was.missing
})

interface Range {
  readonly from: LogPlace | undefined
  readonly to: LogPlace | undefined
  readonly last: number
}

/** The scans of a part of the log, in order. */
const scansIn = Effect.fnUntraced(function* (
  { from, last, to }: Range,
  seen: (upTo: number) => Effect.Effect<void>
) {
  const log = yield* EventLog
  const end = to !== undefined && "sequence" in to ? Math.min(to.sequence, last) : last
  const first = from !== undefined && "sequence" in from ? Math.max(1, from.sequence) : 1
  if (first > end) return { events: 0, scans: Stream.empty }
  const scans = log.read({ from: first, events: ["scan.completed"], batchMax }).pipe(
    Stream.takeUntil(({ pending, upTo }) => pending === 0 || upTo >= end),
    Stream.tap(({ upTo }) => seen(Math.min(upTo, end))),
    Stream.map(({ events }) =>
      events.filter(
        (event): event is ScanEvent =>
          event.type === "scan.completed" && isFrom(from, event) && isUpTo(to, event) && event.sequence <= end
      )
    )
  )
  return { events: end - first + 1, scans }
})

const notesOf = (rules: RuleSet, open: boolean): ReadonlyArray<string> =>
  rules === classic && !open
    ? [
        "The older scanner's own limits (endings, extensions, lengths) are close to today's and not the same; with --open its signals are taken from each URL."
      ]
    : []

const replay = Effect.fnUntraced(function* (input: ReplayRulesInput) {
  const { compare, json, open } = input
  const output = yield* Output
  const rules = yield* ruleSetFor(input.rules)
  const from = yield* placeOf("from", input.from)
  const to = yield* placeOf("to", input.to)
  const config = yield* Host.config
  const brands = brandsOfOperator(config.brands)
  const { context } = yield* openLog(config)
  const keyring = yield* Effect.provideContext(Keyring, context)
  const { last } = yield* Effect.provideContext(EventLog, context)
  const end = yield* last
  const clock = yield* Clock.Clock
  const started = clock.currentTimeMillisUnsafe()
  const seconds = () => Math.max(1, clock.currentTimeMillisUnsafe() - started) / 1_000
  const comparison = makeComparison(rules)
  const changed = new Map<LinkId, Rescored>()

  const seen = (upTo: number) => {
    const left = duration(((end - upTo) * seconds()) / Math.max(1, upTo))
    return output.status(`${progressBar(upTo, end, "events")}, ${left} left`)
  }
  const isShown = ({ now, was }: Rescored) => !compare || was.level !== now.level
  const keep = (rescored: Rescored) => {
    // What a link came to in the end is what counts: a later result takes the place of an earlier one.
    changed.delete(rescored.was.link)
    if (rescored.was.level !== rescored.now.level) changed.set(rescored.was.link, rescored)
    if (changed.size > changedShownMax) changed.delete(changed.keys().next().value!)
  }
  const show = (rescored: Rescored) => {
    if (json) return output.json(rescoredJson(rescored))
    return compare ? Effect.void : output.line(rescoredLine(rescored, rules, output.colour))
  }
  const take = Effect.fnUntraced(function* (events: ReadonlyArray<ScanEvent>) {
    for (const event of events) {
      const url = open ? (keyring.open<Found>(event.data.found)?.url ?? undefined) : undefined
      const rescored = rescore(rules, recordedOf(event, url), brands)
      comparison.add(rescored)
      if (compare) keep(rescored)
      if ((json || !compare) && isShown(rescored)) yield* show(rescored)
    }
  })
  const { events, scans } = yield* Effect.provideContext(scansIn({ from, to, last: end }, seen), context)
  yield* Stream.runForEach(scans, take)
  yield* output.status("")

  const found = comparison.result()
  const took = seconds()
  if (json)
    return yield* output.json({
      summary: { ruleSet: rules.version, events, seconds: took, ...found }
    })
  yield* output.note(
    `Weighed ${counted(found.results, "result")} again by ${rules.version}, in ${took.toFixed(2)} s. Nothing was asked, sent or stored.`
  )
  if (!compare) return
  const moved = [...changed.values()]
  const lines = [
    ...comparisonLines(found, rules),
    "",
    moved.length === 0 ? "No link changes its level." : "Links whose level changes, the last ones:",
    ...moved.toReversed().flatMap((rescored) => changedLines(rescored, output.colour)),
    ...(moved.length < changedShownMax ? [] : ["  With --json there are all of them."]),
    ...notesOf(rules, open)
  ]
  yield* Effect.forEach(lines, output.line, { discard: true })
})

/** Weighs what is in the log again, and shows each result, or how they compare with what was recorded. */
export const replayRules = Effect.fn("replayRules")(function* (input: ReplayRulesInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(replay(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
