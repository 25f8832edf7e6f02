/** Why a link is held to be what it is: its newest scan, reason by reason, in decibans. */
import { get } from "./api.js"
import { byId, element } from "./dom.js"
import { defang } from "./words.js"

const row = ({ detail, kind, source, weight }) => {
  const words = detail === null ? `${source}: ${kind}` : `${source}: ${kind} (${defang(detail)})`
  const side = weight > 0 ? "against" : "for"
  return element(
    "tr",
    {},
    element("td", {}, words),
    element("td", { class: `weight ${side}` }, `${weight > 0 ? "+" : ""}${weight} dB`)
  )
}

/** What is not evidence: most links are harmless, and what says the same thing twice counts once. */
const beginning = (rest) =>
  element(
    "tr",
    {},
    element("td", { class: "quiet" }, "where every link begins, and what is said twice"),
    element("td", { class: "weight quiet" }, `${rest > 0 ? "+" : ""}${Math.round(rest * 10) / 10} dB`)
  )

const missing = ({ reason, source }) =>
  element("p", { class: "quiet" }, `Not asked: ${source}, ${reason}. That speaks neither for nor against it.`)

const describe = ({ level, probability, score }) =>
  probability === null
    ? `Held to be ${level}, at ${score} dB.`
    : `Held to be ${level}, at ${score} dB: ${(probability * 100).toFixed(1)} of 100 such links would be dangerous.`

const sure = ({ range }) =>
  range === null
    ? []
    : [
        element(
          "p",
          { class: "quiet" },
          `If that were known, the score could be from ${range.least} to ${range.most} dB.`
        )
      ]

const explained = (scan) => {
  const rest = scan.score - scan.reasons.reduce((sum, { weight }) => sum + weight, 0)
  return [
    element("h2", { attributes: { id: "why-title" } }, scan.url === null ? "This link" : defang(scan.url)),
    element("p", {}, describe(scan)),
    element("table", {}, element("tbody", {}, ...scan.reasons.map(row), beginning(rest))),
    ...scan.missing.map(missing),
    ...sure(scan),
    element("p", { class: "quiet" }, `Rule set ${scan.ruleSet}, scanned as event ${scan.sequence}.`)
  ]
}

const unanswered = (error) => [
  element("h2", { attributes: { id: "why-title" } }, "It cannot be said now"),
  element("p", { class: "problem", attributes: { role: "alert" } }, error.message)
]

/** Shows why a link is held to be what it is, or why that cannot be said. */
export const showWhy = async (link) => {
  const dialog = byId("why")
  const close = element(
    "button",
    { class: "plain", attributes: { type: "button" }, on: { click: () => dialog.close() } },
    "Close"
  )
  const content = await get(`/v1/verdicts/${link}/explain`).then(
    ({ scans: [scan] }) => explained(scan),
    unanswered
  )
  dialog.replaceChildren(...content, close)
  if (!dialog.open) dialog.showModal()
}
