/** Places for backups: how far each has come, when it was last found to be good, and what it is asked to do. */
import { get, post, Problem } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"

const tasks = [
  ["point", "Make a point"],
  ["verify", "Check"],
  ["scrub", "Scrub"]
]
/** What is copied so late would be lost with the machine: somebody should look. */
const lateMillis = 60_000
/** What is being copied is no event: while something is lacking, or not known, it is looked at again. */
const lookAgainMillis = 2_000
/** A place that nobody found to be good for so long is alerted of, too. */
const unprovenMillis = 26 * 3_600_000

const timeOf = (at) => (at === null ? "never" : new Date(at).toLocaleString())

const lacksOf = ({ unshippedSince, upTo }) => {
  if (unshippedSince === null)
    return upTo === null ? "is asked what it holds" : `holds everything up to ${upTo}`
  return `lacks the last ${Math.max(1, Math.round((Date.now() - unshippedSince) / 1_000))} s`
}

const checkOf = ({ goodAt, opened, seconds }) => {
  if (goodAt === null) return "not yet found to be good"
  return opened
    ? `${timeOf(goodAt)}, restored in ${seconds.toFixed(1)} s`
    : `${timeOf(goodAt)}, without its identity`
}

const isLate = ({ unshippedSince }) => unshippedSince !== null && Date.now() - unshippedSince > lateMillis
const unprovenSince = ({ begunAt, goodAt }) => goodAt ?? begunAt
const isUnproven = (it) => unprovenSince(it) !== null && Date.now() - unprovenSince(it) > unprovenMillis

/** What is wrong with a place, in the order in which it matters. */
const wrongOf = (it) => [
  ...(it.state === null || it.state === "shipping" ? [] : [`it is ${it.state}: ${it.reason ?? "no reason"}`]),
  ...it.problems,
  ...(isLate(it) ? [`it ${lacksOf(it)}`] : []),
  ...(isUnproven(it) ? [`nobody found it to be good since ${timeOf(unprovenSince(it))}`] : [])
]

const stateOf = (it) => {
  if (wrongOf(it).length > 0) return "wrong"
  return it.goodAt === null ? "unproven" : "good"
}

const whereOf = ({ address, everyMillis, fenced }) => {
  if (address === null) return undefined
  const every = `, every ${everyMillis / 1_000} s at most`
  return `${address}${every}${fenced === false ? "; it keeps no conditions" : ""}`
}

/** Asks for something to be done there, and says what came of asking. */
const doing = async (asked, words) => {
  try {
    const answer = await asked()
    sayProblem(byId("backups-problem"))
    byId("backups-asked").textContent = words
    return answer
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    sayProblem(byId("backups-problem"), error.message)
    return undefined
  }
}

const doNow = (place, task) =>
  doing(
    () => post(`/v1/backups/${place}/${task}`),
    `${place} was asked to ${task}; what comes of it is shown here.`
  )

/** Which points stay at a place and why, and which go the next time, without deleting any. */
const showPoints = async ({ keep, place }) => {
  const found = await doing(() => post(`/v1/backups/${place}/prune`, { dryRun: true }), "")
  if (found === undefined) return
  byId("backups-points-title").textContent = `What ${place} keeps, and why`
  byId("backups-points-words").textContent = [
    `By ${keep ?? "the settings"}: ${found.keep.length} stay, ${found.drop.length} go within the hour.`,
    ...(found.withheld === null ? [] : [`Nothing is deleted: ${found.withheld}.`])
  ].join(" ")
  byId("backups-points-list").replaceChildren(
    ...found.keep.map(({ at, reasons }) => element("li", {}, `${timeOf(at)}: ${reasons.join(", ")}`)),
    ...found.drop.map((at) => element("li", { class: "quiet" }, `${timeOf(at)}: goes`))
  )
  byId("backups-points").hidden = false
}

byId("backups-points-close").addEventListener("click", () => {
  byId("backups-points").hidden = true
})

const button = (words, data, click) =>
  element("button", { class: "plain", attributes: { type: "button" }, data, on: { click } }, words)

const row = (it) => {
  const wrong = wrongOf(it)
  const where = whereOf(it)
  return element(
    "tr",
    { data: { place: it.place, state: stateOf(it) } },
    element("th", { attributes: { scope: "row" } }, it.place),
    element("td", {}, element("span", { class: "mark" }, it.state ?? "not known")),
    element("td", {}, lacksOf(it)),
    element("td", {}, it.points === 0 ? "none" : `${it.points}, the newest ${timeOf(it.newestPointAt)}`),
    element("td", {}, checkOf(it)),
    element("td", {}, timeOf(it.scrubbedAt)),
    element(
      "td",
      {},
      element("p", { class: wrong.length > 0 ? "problem" : "quiet" }, wrong.join("; ") || "none"),
      where === undefined ? undefined : element("p", { class: "quiet" }, where)
    ),
    element(
      "td",
      { class: "deeds" },
      ...tasks.map(([task, words]) => button(words, { task }, () => void doNow(it.place, task))),
      button("What is kept", { task: "kept" }, () => void showPoints(it))
    )
  )
}

/** One sentence above all of it, so that nobody has to read the table to know whether to. */
const verdictOf = (items) => {
  const wrong = items.filter((it) => stateOf(it) === "wrong")
  if (wrong.length > 0)
    return ["wrong", `Look at ${wrong.map(({ place }) => place).join(", ")}: ${wrongOf(wrong[0])[0]}`]
  const unproven = items.filter((it) => stateOf(it) === "unproven")
  return unproven.length > 0
    ? ["unproven", `Not yet found to be good: ${unproven.map(({ place }) => place).join(", ")}`]
    : ["good", "Every place holds the log, and was found to be good."]
}

let lookingAgain

const lookAgain = (items) => {
  clearTimeout(lookingAgain)
  const isSettled = ({ unshippedSince, upTo }) => unshippedSince === null && upTo !== null
  if (byId("backups").hidden || items.every(isSettled)) return
  lookingAgain = setTimeout(() => void refreshBackups().catch(() => undefined), lookAgainMillis)
}

/** Reads the places, once the read models hold an event where one is named. */
export const refreshBackups = async (after) => {
  const { items } = await get(after === undefined ? "/v1/backups" : `/v1/backups?after=${after}`)
  byId("backups-rows").replaceChildren(...items.map(row))
  byId("backups-empty").hidden = items.length > 0
  byId("backups-table").hidden = items.length === 0
  lookAgain(items)
  const verdict = byId("backups-verdict")
  verdict.hidden = items.length === 0
  if (items.length === 0) return
  const [state, words] = verdictOf(items)
  verdict.dataset.state = state
  verdict.textContent = words
}
