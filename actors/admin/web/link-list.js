/** Every link that was posted, what it is held to be by its newest scan, and why. */
import { askIn, button, choice, dateAndTime, labelled, problemPlace, table } from "./asking.js"
import { byId, element } from "./dom.js"
import { pagedList } from "./paged-list.js"
import { showWhy } from "./why.js"
import { defang } from "./words.js"

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

const draw = (rows) => {
  byId("links-rows").replaceChildren(...rows.map(row))
}

const list = pagedList({
  name: "links",
  path: "/v1/links",
  wanted: () => ({ sort: byId("links-sort").value, level: byId("links-level").value }),
  draw
})

/** Reads the list anew. */
export const refreshLinks = () => list.load()

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
  for (const field of [level, sort]) field.addEventListener("change", () => void list.load())
  const more = button("More", list.more)
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
