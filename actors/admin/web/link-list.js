/** Every link that was posted, what it is held to be by its newest scan, and why. */
import { get } from "./api.js"
import { askIn, button, choice, dateAndTime, labelled, problemPlace, table } from "./asking.js"
import { byId, element } from "./dom.js"
import { showWhy } from "./why.js"
import { defang } from "./words.js"

/** Rows of a page; the rest is asked for. */
const pageRows = 50

let rows = []
let next = null

const nameOf = ({ link, url }) => (url === null ? `${link.slice(0, 12)}… (may not be shown)` : defang(url))

const row = (it) =>
  element(
    "tr",
    { data: { link: it.link } },
    element("td", { class: "pattern" }, nameOf(it)),
    element(
      "td",
      {},
      element(
        "span",
        { class: "badge", data: { level: it.level ?? undefined } },
        it.level ?? "not scanned yet"
      )
    ),
    element("td", {}, it.score === null ? "" : `${it.score} dB`),
    element("td", {}, String(it.sightings)),
    element("td", { class: "quiet" }, dateAndTime(it.firstAt)),
    element("td", { class: "quiet" }, dateAndTime(it.lastAt)),
    element("td", {}, it.scan === null ? undefined : button("Why", () => showWhy(it.link), nameOf(it)))
  )

const draw = () => {
  byId("links-rows").replaceChildren(...rows.map(row))
  byId("links-empty").hidden = rows.length > 0
  byId("links-more").hidden = next === null
}

/** The newest question counts: an older answer that comes later is dropped. */
let questions = 0

const load = async (cursor) => {
  questions += 1
  const mine = questions
  const level = byId("links-level").value
  const wanted = new URLSearchParams({ limit: String(pageRows), sort: byId("links-sort").value })
  if (level !== "") wanted.set("level", level)
  if (cursor !== undefined) wanted.set("cursor", String(cursor))
  const answer = await askIn("links-problem", () => get(`/v1/links?${wanted}`))
  if (answer === undefined || mine !== questions) return
  rows = cursor === undefined ? answer.items : [...rows, ...answer.items]
  next = answer.next
  draw()
}

/** Reads the list anew. */
export const refreshLinks = () => load()

/** Makes the view. */
export const startLinks = () => {
  const level = choice("links-level", [
    ["", "any"],
    ["malicious", "malicious"],
    ["suspicious", "suspicious"],
    ["benign", "benign"]
  ])
  const sort = choice("links-sort", [
    ["newest", "posted last for the first time"],
    ["oldest", "posted first"]
  ])
  for (const field of [level, sort]) field.addEventListener("change", () => void load())
  const more = button("More", () => load(next))
  more.id = "links-more"
  more.hidden = true
  byId("links").append(
    element(
      "section",
      { class: "card", attributes: { "aria-labelledby": "links-title" } },
      element("h2", { attributes: { id: "links-title" } }, "Links"),
      element(
        "p",
        { class: "quiet" },
        "By their newest scan, whatever is allowed or denied in a chat. Messages are those that a link came in."
      ),
      element("div", { class: "override-form" }, labelled("Level", level), labelled("First", sort)),
      problemPlace("links-problem"),
      table("links-rows", ["Link", "Level", "Score", "Messages", "First", "Last", ""]),
      element("p", { class: "empty", attributes: { id: "links-empty" } }, "No such link was posted."),
      more
    )
  )
}
