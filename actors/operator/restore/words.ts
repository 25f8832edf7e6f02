/** What a person is told of a restore, before it and after. Pure. */
import type { RestoredLog } from "../../backup/restore/restore-log.ts"
import { counted } from "../words.ts"

const moment = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+Z$/u, "Z")

const stateLine = ({ upTo, upToTime }: RestoredLog): string =>
  upToTime === null ? `event ${upTo}` : `event ${upTo}, ${moment(upToTime)}`

/** A copy that was read. */
export interface Reading extends RestoredLog {
  /** The last event that it holds anything of. */
  readonly held: number
  /** Stores that cannot be had from it, and that the log can do without. */
  readonly damagedStores: ReadonlyArray<{ readonly store: string; readonly message: string }>
}

const kindsShown = 8

const storeLines = ({ damagedStores }: Reading): ReadonlyArray<string> =>
  damagedStores.map(
    ({ message, store }) =>
      `Damaged: the copy of the ${store}: ${message}. It is left out; another place may have it.`
  )

/** What came after the point, and is not restored. */
const afterLines = ({ after, forgotten }: RestoredLog): ReadonlyArray<string> => {
  if (after.events === 0) return []
  const kinds = Object.entries(after.kinds)
  const shown = kinds.slice(0, kindsShown).map(([kind, count]) => `${count.toLocaleString("en")} ${kind}`)
  const more = kinds.length > kindsShown ? `, and ${kinds.length - kindsShown} kinds more` : ""
  const span =
    after.from === null || after.to === null ? "" : `, ${moment(after.from)} to ${moment(after.to)}`
  return [
    `Behind it: ${counted(after.events, "event")} that the copy holds and that are left out${span}: ${shown.join(", ")}${more}.`,
    ...(forgotten === 0
      ? []
      : [
          `Whoever was forgotten then stays forgotten: ${counted(forgotten, "erasure")} ${forgotten === 1 ? "is" : "are"} kept.`
        ])
  ]
}

/** What is damaged, and what it costs: everything behind it, for what stands there cannot be told to belong to it. */
const brokenLines = ({ broken, held, upTo }: Reading): ReadonlyArray<string> => {
  if (broken === null) return []
  const whole = Math.max(upTo, broken.from - 1)
  const lost = Math.max(0, held - whole)
  const events = lost <= 1 ? `Event ${whole + 1}` : `Events ${whole + 1} to ${held}`
  return [
    `Damaged: ${broken.key} (${broken.part}): ${broken.message}.`,
    `${lost === 0 ? `Events from ${broken.from} on` : events} cannot be restored from here${lost === 0 ? "" : ` (${lost.toLocaleString("en")})`}; everything up to ${whole} is whole. Another place may hold more: name it with --from, and look with \`wadjet verify\`.`
  ]
}

const openLines = ({ open }: RestoredLog): ReadonlyArray<string> => {
  const held = [
    ...(open.claimed === 0 ? [] : [`${counted(open.claimed, "message")} that may have left`]),
    ...(open.waiting === 0 ? [] : [`${counted(open.waiting, "message")} that waited`]),
    ...(open.due === 0 ? [] : [`${counted(open.due, "job")} with an occurrence that has come due`])
  ]
  return held.length === 0
    ? [
        "Nothing that was to be sent is open at that point; what was queued in the moments that were lost is held, should it come up again."
      ]
    : [`In quarantine, until you decide: ${held.join(", ")}.`]
}

/** What a restore would bring back, and what it would not. */
export const previewLines = (log: Reading): ReadonlyArray<string> => [
  log.upTo === 0 ? "Nothing would be restored." : `Would be restored: everything up to ${stateLine(log)}.`,
  ...afterLines(log),
  ...brokenLines(log),
  ...storeLines(log),
  ...openLines(log),
  "Nothing was changed."
]

export interface Outcome extends Reading {
  readonly generation: string
  readonly seconds: number
  readonly session: "kept" | "restored" | "none"
  readonly accounts: boolean
  readonly aside: string | undefined
}

const sessionLine: Readonly<Record<Outcome["session"], string>> = {
  kept: "The number stays linked by the session that stands here.",
  restored:
    "The session is an hour old at most. If WhatsApp does not take it, or messages cannot be read, link the number again with `wadjet link`.",
  none: "The number has to be linked again: `wadjet link`. (A session that is older than its counterpart cannot read what it is sent; --session brings it back all the same.)"
}

/** What was restored, and what to do next. */
export const outcomeLines = (it: Outcome): ReadonlyArray<string> => [
  `Restored: everything up to ${stateLine(it)}, in ${it.seconds.toFixed(1)} s (${Math.round(it.upTo / Math.max(it.seconds, 0.001)).toLocaleString("en")} events a second). It is generation ${it.generation}.`,
  ...afterLines(it),
  ...brokenLines(it),
  ...storeLines(it),
  ...(it.unscanned.length === 0
    ? []
    : [
        `${counted(it.unscanned.length, "input")} that the scanner had not done ${it.unscanned.length === 1 ? "is" : "are"} given to it again.`
      ]),
  ...openLines(it),
  ...(it.accounts ? [] : ["The copy holds no accounts: the first start makes a new key."]),
  sessionLine[it.session],
  ...(it.aside === undefined ? [] : [`What stood here before is in ${it.aside}.`]),
  "Next: `wadjet run`, then `wadjet quarantine list`. Nothing that may have left before is sent until you have decided."
]
