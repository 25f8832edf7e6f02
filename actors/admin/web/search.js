/** Looking for words, and what happened in the last hours and days. */
import { get } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"
import { defang } from "./words.js"

const kindWords = { link: "link", reason: "why a link", chat: "chat", contact: "contact", job: "job" }

/** What was asked for last: an answer to what was typed before is not shown. */
let asked = ""

const line = ({ id, kind, mark, text }) =>
  element(
    "li",
    { data: { hit: kind } },
    element("span", { class: "badge", attributes: { title: id } }, kindWords[kind]),
    " ",
    ...(mark === null
      ? [defang(text)]
      : [
          defang(text.slice(0, mark.start)),
          element("mark", {}, defang(text.slice(mark.start, mark.end))),
          defang(text.slice(mark.end))
        ])
  )

/** What is so old that it was not looked at is not taken for what is not there. */
const passedOver = (since) =>
  since === null
    ? ""
    : ` Links that were scanned before ${new Date(since).toLocaleDateString()} are not searched: only the newest 200,000 results are.`

const search = async (event) => {
  event.preventDefault()
  const words = byId("search-words").value.trim()
  asked = words
  if (words === "") return byId("search-list").replaceChildren()
  try {
    const { complete, hits, linksSince, next } = await get(`/v1/search?q=${encodeURIComponent(words)}`)
    if (asked !== words) return undefined
    sayProblem(byId("search-problem"))
    byId("search-list").replaceChildren(...hits.map(line))
    const found =
      hits.length === 0
        ? "Nothing has these words."
        : `${hits.length}${next === null ? "" : " and more"} found.`
    byId("search-about").textContent = `${
      complete ? found : `${found} Not everything is looked through yet: search again.`
    }${passedOver(linksSince)}`
  } catch (error) {
    sayProblem(byId("search-problem"), error.message)
  }
  return undefined
}

const seconds = ({ p95 }) => (p95 === null ? "–" : p95 < 1_000 ? `${p95} ms` : `${p95 / 1_000} s`)

const row = (step) => (it) =>
  element(
    "tr",
    {},
    ...[
      new Date(it.start)
        .toISOString()
        .slice(0, step === "day" ? 10 : 16)
        .replace("T", " "),
      it.messages,
      it.links,
      it.verdicts.suspicious,
      it.verdicts.malicious,
      it.sent,
      seconds(it.verdictAfter),
      seconds(it.warnedAfter)
    ].map((text) => element("td", {}, String(text)))
  )

const showStep = async (step) => {
  const { steps } = await get(`/v1/statistics?step=${step}`)
  byId(`statistics-${step}`).replaceChildren(...steps.toReversed().map(row(step)))
}

export const refreshStatistics = () => Promise.all([showStep("hour"), showStep("day")])

export const startSearch = () => byId("search-form").addEventListener("submit", (event) => void search(event))
