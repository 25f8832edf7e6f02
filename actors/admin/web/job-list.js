/** Jobs: what is to be said and when, how it goes, and what can be done about it. */
import { post } from "./api.js"
import { askIn, button, dateAndTime, problemPlace, table } from "./asking.js"
import { byId, element, mediaMark } from "./dom.js"
import { fillJobForm, refreshChoices, startJobForm } from "./job-form.js"
import { showOccurrences } from "./occurrences.js"
import { pagedList } from "./paged-list.js"
import { isShown } from "./views.js"

const problem = "jobs-problem"
const previewed = 5

let chosen

const titleOf = ({ job, title }) => title ?? job

const said = (text) => (byId("jobs-said").textContent = text)

const list = pagedList({
  name: "jobs",
  path: "/v1/jobs",
  draw: async (rows) => {
    draw(rows)
    await showChosen()
  }
})

/** Reads everything that is shown anew, once the read models hold a sequence. */
export const refreshJobs = async (after) => {
  if (!isShown("schedule")) return
  await list.load(after)
  await refreshChoices()
}

/** Asks for one thing about a job, and says what came of it. */
const acting = (it, action, words) => async () => {
  const answer = await askIn(problem, () =>
    post(`/v1/jobs/${it.job}/${action}`, action === "skip" ? {} : undefined)
  )
  if (answer === undefined) return
  said(`${titleOf(it)}: ${words(answer)}`)
  await list.load(answer.sequence)
}

const cancelledWords = ({ left, of }) =>
  of === 0 ? "cancelled; nothing of it was under way." : `cancelled; ${left} of ${of} had already left.`

const firedWords = ({ messages, named: [first] }) => {
  if (first === undefined) return "fires, to nobody: none of its recipients may get it."
  return messages === 1
    ? `fires: 1 message, ${first.whatsApp}.`
    : `fires: ${messages} messages, the first ${first.whatsApp}.`
}

const actionsOf = (it) => {
  const { job, next: at, status } = it
  const about = titleOf(it)
  const show = button(
    "Show",
    () => {
      chosen = job
      return showChosen()
    },
    about
  )
  const copy = button("Copy", () => fillJobForm(it), about)
  const cancel = button("Cancel", acting(it, "cancel", cancelledWords), about)
  if (status === "cancelled") return [show, copy]
  // What it was fired for beside its own times may still be under way.
  if (status === "completed") return [show, cancel, copy]
  return [
    show,
    status === "paused"
      ? button(
          "Resume",
          acting(it, "resume", (answer) => `fires again, next ${whenOf(answer.next)}.`),
          about
        )
      : button(
          "Pause",
          acting(it, "pause", () => "fires no more until it is resumed."),
          about
        ),
    button("Fire now", acting(it, "fire", firedWords), about),
    at === null
      ? undefined
      : button(
          "Skip next",
          acting(it, "skip", ({ skipped }) => `leaves out ${dateAndTime(skipped)}.`),
          about
        ),
    cancel,
    copy
  ]
}

const whenOf = (millis) => (millis === null ? "never" : dateAndTime(millis))

const row = (it) =>
  element(
    "tr",
    { data: { job: it.job, status: it.status } },
    element("td", {}, titleOf(it)),
    element("td", {}, it.status),
    element("td", {}, it.status === "active" ? whenOf(it.next) : "—"),
    element("td", { class: "quiet" }, it.timing.rule ?? "once", ` (${it.timing.zone})`),
    element("td", {}, element("div", { class: "actions" }, ...actionsOf(it)))
  )

const draw = (rows) => {
  // What has the focus keeps it, although its row is drawn anew.
  const focused = document.activeElement?.closest("#jobs-rows button")?.getAttribute("aria-label")
  byId("jobs-rows").replaceChildren(...rows.map(row))
  for (const it of byId("jobs-rows").querySelectorAll("button"))
    if (it.getAttribute("aria-label") === focused) it.focus()
}

/** What was left out of what is to come is before the next. */
const from = ({ next }) => (next > Date.now() ? { from: next } : {})

/** The words of a job, its next times with what is odd about them, and how its last ones went. */
const showChosen = async () => {
  const it = list.rows().find(({ job }) => job === chosen)
  byId("job-part").hidden = it === undefined
  if (it === undefined) return
  byId("job-title").textContent = titleOf(it)
  byId("job-words").replaceChildren(
    ...(it.messages ?? []).map(({ delaySeconds, media, text }) =>
      element("li", {}, delaySeconds > 0 ? `after ${delaySeconds} s: ` : "", mediaMark(media), text)
    )
  )
  const preview =
    it.status === "active" || it.status === "paused"
      ? await askIn(problem, () => post("/v1/preview", { timing: it.timing, ...from(it), count: previewed }))
      : { occurrences: [] }
  byId("job-next").replaceChildren(...(preview?.occurrences ?? []).map(occurrenceLine))
  await showOccurrences(it.job, byId("job-past"), problem)
}

/** A time on the clock of the job's zone, and what is odd about it. */
export const occurrenceLine = ({ at, local, note }) =>
  element(
    "li",
    {},
    `${local.replace("T", " ")} there, ${dateAndTime(at)} here`,
    note === undefined ? undefined : element("em", {}, ` — ${note}`)
  )

/** Makes what the view shows. */
export const startJobs = () => {
  const more = button("More", list.more)
  more.id = "jobs-more"
  const part = element(
    "section",
    { class: "card", attributes: { id: "job-part", "aria-labelledby": "job-title" } },
    element("h2", { attributes: { id: "job-title" } }),
    element("ol", { class: "job-words", attributes: { id: "job-words" } }),
    element("h3", {}, "Next"),
    element("ol", { class: "job-times", attributes: { id: "job-next" } }),
    element("h3", {}, "So far"),
    element("div", { attributes: { id: "job-past" } })
  )
  part.hidden = true
  byId("schedule").replaceChildren(
    element(
      "section",
      { class: "card", attributes: { "aria-labelledby": "jobs-title" } },
      element("h2", { attributes: { id: "jobs-title" } }, "Jobs"),
      element("p", { class: "quiet", attributes: { id: "jobs-said", role: "status" } }),
      problemPlace(problem),
      table("jobs-rows", ["Title", "State", "Next", "When", ""]),
      element("p", { class: "empty", attributes: { id: "jobs-empty" } }, "There is no job yet."),
      more
    ),
    part,
    startJobForm(occurrenceLine, async (made) => {
      chosen = made.job
      await list.load(made.sequence)
    })
  )
}
