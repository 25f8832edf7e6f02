/** What a person is told of a restore, before it and after. Pure. */
import type { RestoredLog } from "../../backup/restore/restore-log.ts"
import { counted } from "../words.ts"

const moment = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+Z$/u, "Z")

const stateLine = ({ upTo, upToTime }: RestoredLog): string =>
  upToTime === null ? `event ${upTo}` : `event ${upTo}, ${moment(upToTime)}`

const kindsShown = 8

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

const brokenLines = ({ broken, upTo }: RestoredLog): ReadonlyArray<string> =>
  broken === null
    ? []
    : [
        `Damaged: ${broken.key} (${broken.part}): ${broken.message}.`,
        `Events from ${broken.from} on cannot be read here; everything up to ${Math.max(upTo, broken.from - 1)} is whole. Another place may hold more: name it with --from.`
      ]

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
export const previewLines = (log: RestoredLog): ReadonlyArray<string> => [
  `Would be restored: everything up to ${stateLine(log)}.`,
  ...afterLines(log),
  ...brokenLines(log),
  ...openLines(log)
]

export interface Outcome extends RestoredLog {
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
