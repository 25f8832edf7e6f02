/** Places for backups: how far each has come, when it was last found to be good, and what it is asked to do. */
import { get, post, Problem } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"

const tasks = [
  ["point", "Make a point"],
  ["verify", "Check"],
  ["scrub", "Scrub"]
]

const timeOf = (at) => (at === null ? "never" : new Date(at).toLocaleString())

const lacksOf = ({ unshippedSince, upTo }) => {
  if (unshippedSince === null) return `holds everything up to ${upTo ?? 0}`
  return `lacks the last ${Math.max(1, Math.round((Date.now() - unshippedSince) / 1_000))} s`
}

const checkOf = ({ goodAt, opened, seconds }) => {
  if (goodAt === null) return "not yet found to be good"
  return opened
    ? `${timeOf(goodAt)}, restored in ${seconds.toFixed(1)} s`
    : `${timeOf(goodAt)}, without its identity`
}

const doNow = async (place, task) => {
  try {
    await post(`/v1/backups/${place}/${task}`)
    sayProblem(byId("backups-problem"))
    byId("backups-asked").textContent = `${place} was asked to ${task}; what comes of it is shown here.`
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    sayProblem(byId("backups-problem"), error.message)
  }
}

const row = (it) =>
  element(
    "tr",
    { data: { place: it.place, state: it.problems.length > 0 ? "failing" : (it.state ?? undefined) } },
    element("td", {}, it.place),
    element("td", {}, it.reason === null ? (it.state ?? "not known") : `${it.state}: ${it.reason}`),
    element("td", {}, lacksOf(it)),
    element("td", {}, it.points === 0 ? "none" : `${it.points}, the newest ${timeOf(it.newestPointAt)}`),
    element("td", {}, checkOf(it)),
    element("td", {}, timeOf(it.scrubbedAt)),
    element("td", { class: it.problems.length > 0 ? "problem" : "quiet" }, it.problems.join("; ") || "none"),
    element(
      "td",
      {},
      ...tasks.map(([task, words]) =>
        element(
          "button",
          {
            class: "plain",
            attributes: { type: "button" },
            data: { task },
            on: { click: () => void doNow(it.place, task) }
          },
          words
        )
      )
    )
  )

/** Reads the places, once the read models hold an event where one is named. */
export const refreshBackups = async (after) => {
  const { items } = await get(after === undefined ? "/v1/backups" : `/v1/backups?after=${after}`)
  byId("backups-rows").replaceChildren(...items.map(row))
  byId("backups-empty").hidden = items.length > 0
  byId("backups-table").hidden = items.length === 0
}
