/** `wadjet explain`: everything that the verdicts on a link rest on. Only looks; nothing is started, scanned or sent. */
import { Clock, Effect, type Option } from "effect"
import type { Explanation } from "../../contracts/http/links.ts"
import { LinkId } from "../../contracts/ids.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import type { ExplanationRows } from "../../projections/explanation.ts"
import { linkFinder } from "../../projections/find-link.ts"
import { explanationLines } from "./explain-words.ts"
import { openPastModels } from "./as-of.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { placeOf } from "./log-place.ts"
import { Output } from "./output.ts"
import { type OpenedModels, openModels } from "./reach-models.ts"
import { weighingOf } from "./weighing.ts"
import { printable } from "./words.ts"

/** What a person may give: as `wadjet events` shows it, or the link itself. */
type Named =
  | { readonly by: "event"; readonly sequence: number }
  | { readonly by: "hash"; readonly digits: string }
  | { readonly by: "url"; readonly url: string }

/** As many digits as `wadjet events` shows tell ids apart; fewer would be another's too soon. */
const digitsMin = 6

/** Reads `#42`, the first digits of an id, or a URL with or without its scheme. */
export const parseNamed = (text: string): Named | undefined => {
  const trimmed = text.trim()
  const event = /^#(\d{1,15})$/u.exec(trimmed)?.[1]
  if (event !== undefined) return { by: "event", sequence: Number(event) }
  if (new RegExp(`^[0-9a-f]{${digitsMin},40}$`, "u").test(trimmed)) return { by: "hash", digits: trimmed }
  const absolute = /^[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|$))/iu.test(trimmed) ? trimmed : `http://${trimmed}`
  const canonical = canonicalize(absolute)
  return "error" in canonical ? undefined : { by: "url", url: linkTarget(canonical.canonical).url }
}

const linksOf = ({ db, keyring }: OpenedModels, named: Named): ReadonlyArray<LinkId> => {
  const find = linkFinder(db)
  if (named.by === "event") return find.byEvent(named.sequence)
  if (named.by === "hash") return find.byHash(named.digits)
  return [LinkId.make(linkId(keyring.linkKeys([]).current, named.url))]
}

const unreadable = (text: string) =>
  new OperatorFailed({
    what: `It is not clear what "${printable(text)}" is`,
    why: `expected a link, an event such as #42, or ${digitsMin} digits or more of an id that \`wadjet events\` shows`,
    next: "Put a link in quotes where it holds & or ?.",
    exit: "usage"
  })

const unknown = (text: string, named: Named, { running, upTo }: OpenedModels) =>
  new OperatorFailed({
    what: `Nothing is known of "${printable(text)}"`,
    why: `no message up to event ${upTo} has such a link${
      named.by === "url"
        ? ", or it came before somebody was last forgotten: links have other ids since then"
        : ""
    }`,
    next: running
      ? "`wadjet events tail --context scan` shows what was scanned last, with the ids of the links; #42 stands for event 42."
      : "Nothing runs on this data folder: what came last is looked at when it starts. `wadjet scan` says what a link gives away by itself."
  })

const explained = (rows: ExplanationRows): Explanation => ({
  ...rows,
  scans: rows.scans.map((scan) => ({ ...scan, weighing: weighingOf(scan) }))
})

export interface ExplainInput {
  readonly link: string
  readonly asOf: Option.Option<string>
  readonly json: boolean
}

const explain = Effect.fnUntraced(function* ({ asOf, json, link: text }: ExplainInput) {
  const output = yield* Output
  const named = parseNamed(text)
  if (named === undefined) return yield* unreadable(text)
  const place = yield* placeOf("as-of", asOf)
  const config = yield* Host.config
  const opened = place === undefined ? yield* openModels(config) : yield* openPastModels(config, place)
  const now = yield* Clock.currentTimeMillis
  const found = linksOf(opened, named)
    .map((link) => opened.queries.explanation(link, now))
    .filter((rows) => rows !== undefined)
    .map(explained)
  if (found.length === 0) return yield* unknown(text, named, opened)
  if (json) return yield* Effect.forEach(found, output.json, { discard: true })
  const lines = found.flatMap((each, index) => [
    ...(index === 0 ? [] : ["", ""]),
    ...explanationLines(each, output.colour)
  ])
  yield* Effect.forEach(lines, output.line, { discard: true })
  if (place !== undefined) yield* output.note(`This is what was known at event ${opened.upTo}.`)
  else if (!opened.running)
    yield* output.note(`Nothing runs: this is what was known at event ${opened.upTo}.`)
})

/** Finds the link that is meant, or all links of a message, and shows everything about each. */
export const explainLink = Effect.fn("explainLink")(function* (input: ExplainInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(explain(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
