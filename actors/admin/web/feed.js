/** The live feed: every event of the log, the newest first, in a line each and whole on demand. */
import { byId, element } from "./dom.js"
import { summaryOf, timeOfDay } from "./words.js"

/** Older rows are let go; the log itself keeps everything. */
const rowsMax = 400
const contexts = [
  "session",
  "message",
  "scan",
  "verdict",
  "outbox",
  "policy",
  "schedule",
  "contact",
  "feed",
  "source",
  "backup",
  "account",
  "erasure",
  "actor",
  "projection"
]

const hidden = new Set()
/** Events that wait while the feed is paused. */
let held = []
let paused = false
let chain
let told = 0

const isWanted = (row) =>
  !hidden.has(row.dataset.context) &&
  (chain === undefined || row.dataset.correlation === chain || row.dataset.event === chain)

const apply = () => {
  for (const row of byId("events").children) row.hidden = !isWanted(row)
}

const sayCount = () => {
  byId("feed-count").textContent =
    paused && held.length > 0 ? `${held.length} new, held back` : `${told} seen`
}

/** A line about an event, with its levels set off. */
export const aboutOf = (event) =>
  summaryOf(event).map((part) =>
    typeof part === "string" ? part : element("strong", { data: { level: part.level } }, part.level)
  )

const provenance = (event) => {
  const facts = {
    id: event.id,
    cause: event.cause,
    correlation: event.correlation,
    by: event.source,
    boundary: event.boundary,
    time: new Date(event.time).toISOString()
  }
  const pairs = Object.entries(facts).filter(([, value]) => value !== undefined)
  return element(
    "dl",
    { class: "provenance" },
    ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])
  )
}

const followChain = (correlation) => {
  chain = correlation
  byId("chain").hidden = correlation === undefined
  apply()
}

const json = (value) => element("pre", {}, JSON.stringify(value, null, 2))

/** Where an event comes from, and all that it says. */
export const factsOf = (event) =>
  event.type === "unreadable" ? [json(event)] : [provenance(event), json(event.data)]

/** What is inside a row is made when it is opened for the first time. */
const inside = (event) => {
  if (event.type === "unreadable") return element("div", { class: "inside" }, ...factsOf(event))
  const correlation = event.correlation ?? event.id
  const only = element(
    "button",
    { class: "plain", attributes: { type: "button" }, on: { click: () => followChain(correlation) } },
    "Show only this chain"
  )
  return element("div", { class: "inside" }, ...factsOf(event), only)
}

const row = (event) => {
  const details = element(
    "details",
    {},
    element(
      "summary",
      {},
      element(
        "time",
        { attributes: { datetime: new Date(event.time ?? 0).toISOString() } },
        event.time === undefined ? "" : timeOfDay(event.time)
      ),
      element("span", { class: "sequence" }, `#${event.sequence}`),
      element("span", { class: "name" }, event.type),
      element("span", { class: "about" }, ...aboutOf(event))
    )
  )
  details.addEventListener("toggle", () => details.append(inside(event)), { once: true })
  const data = {
    context: event.context ?? "actor",
    sequence: String(event.sequence),
    correlation: event.correlation,
    event: event.id
  }
  return element("li", { data }, details)
}

const put = (event) => {
  const list = byId("events")
  const made = row(event)
  made.hidden = !isWanted(made)
  list.prepend(made)
  while (list.children.length > rowsMax) list.lastElementChild.remove()
  byId("feed-empty").hidden = true
  told += 1
}

/** Takes an event: shows it, or holds it back while paused. */
export const feedEvent = (event) => {
  if (!paused) put(event)
  else held = [...held.slice(-rowsMax + 1), event]
  sayCount()
}

/** Forgets everything: the log is another one. */
export const clearFeed = () => {
  byId("events").replaceChildren()
  byId("feed-empty").hidden = false
  held = []
  told = 0
  followChain(undefined)
  sayCount()
}

const togglePause = (button) => {
  paused = !paused
  button.setAttribute("aria-pressed", String(paused))
  button.textContent = paused ? "Go on" : "Pause"
  if (!paused) {
    held.forEach(put)
    held = []
  }
  sayCount()
}

const filterButton = (context) => {
  const button = element(
    "button",
    { class: "plain", data: { context }, attributes: { type: "button", "aria-pressed": "true" } },
    context
  )
  button.addEventListener("click", () => {
    if (hidden.has(context)) hidden.delete(context)
    else hidden.add(context)
    button.setAttribute("aria-pressed", String(!hidden.has(context)))
    apply()
  })
  return button
}

/** Prepares filters and the pause button. */
export const startFeed = () => {
  byId("filters").replaceChildren(...contexts.map(filterButton))
  const pause = byId("pause")
  pause.addEventListener("click", () => togglePause(pause))
  byId("chain-off").addEventListener("click", () => followChain(undefined))
  sayCount()
}
