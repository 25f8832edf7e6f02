/** What a restore left open: on every view as long as something is held, with the decisions about it. */
import { get, post } from "./api.js"
import { askIn, button, dateAndTime } from "./asking.js"
import { byId, element } from "./dom.js"

/** As many as there is room for; the rest follow as these are decided about. */
const shownMax = 20

const states = {
  claimed: "it may have left",
  waiting: "it waited, and may have left since",
  later: "its time had not come"
}

const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`

let isOpen = false

/** Whether anything of a restore waits for a decision, or the quarantine was not ended. */
export const isQuarantined = () => isOpen

const decide = (decision, messages, jobs) =>
  askIn("quarantine-problem", async () => {
    await post("/v1/quarantine/decide", {
      decision,
      messages: messages.map(({ outbox }) => outbox),
      jobs: jobs.map(({ job }) => job)
    })
    await refreshQuarantine()
  })

/** Decides about all of it, page by page, and ends the quarantine. */
const decideAll = (decision) =>
  askIn("quarantine-problem", async () => {
    for (let held = await get("/v1/quarantine"); held.messages.length + held.jobs.length > 0;) {
      await post("/v1/quarantine/decide", {
        decision,
        messages: held.messages.map(({ outbox }) => outbox),
        jobs: held.jobs.map(({ job }) => job)
      })
      held = await get("/v1/quarantine")
    }
    await post("/v1/quarantine/end", {})
    await refreshQuarantine()
  })

const messageLine = (it) => {
  const about = `${it.priority} to ${it.chat}`
  return element(
    "li",
    { data: { outbox: it.outbox } },
    element("span", { class: "badge" }, it.priority),
    ` ${it.kind} to ${it.chat} (${it.gateway}): ${states[it.state]}. `,
    button("Send", () => decide("release", [it], []), about),
    button("Drop", () => decide("drop", [it], []), about)
  )
}

const jobLine = (it) => {
  const due = it.planned === null ? "" : `, due ${dateAndTime(it.planned)}`
  const unqueued = it.unqueued === 0 ? "" : `, ${counted(it.unqueued, "message")} not handed over`
  const refused = it.refused === 0 ? "" : `, ${counted(it.refused, "refused message")} not tried again`
  return element(
    "li",
    { data: { job: it.job } },
    element("span", { class: "badge" }, "job"),
    ` ${it.job}${due}${unqueued}${refused}: it may have fired. `,
    button("Let it go on", () => decide("release", [], [it]), it.job),
    button("Leave out what was due", () => decide("drop", [], [it]), it.job)
  )
}

const aboutOf = ({ jobs, messages, nextJob, nextMessage, restored }) => {
  const more = nextJob !== null || nextMessage !== null ? "more than " : ""
  const held = [
    ...(messages.length === 0 ? [] : [counted(messages.length, "message")]),
    ...(jobs.length === 0 ? [] : [counted(jobs.length, "job")])
  ]
  const from =
    restored === null
      ? "A restore left this open."
      : `Restored from ${restored.place} up to event ${restored.upTo}, ${dateAndTime(restored.at)}.`
  const waits =
    held.length === 0
      ? "Nothing waits for a decision; until you end this, what comes of older messages is held."
      : `Held, for some of it may have left already: ${more}${held.join(" and ")}. Sent, each goes out under the id that it had, and on WhatsApp nobody can tell whether somebody has it already.`
  return `${from} ${waits} New messages are warned about as ever.`
}

/** Shows what is held, and nothing where there is no quarantine. */
export const refreshQuarantine = async () => {
  const held = await get("/v1/quarantine")
  const { jobs, messages, restored } = held
  isOpen = restored !== null || jobs.length > 0
  byId("quarantine").hidden = !isOpen
  if (!isOpen) return
  byId("quarantine-about").textContent = aboutOf(held)
  const lines = [...messages.map(messageLine), ...jobs.map(jobLine)]
  byId("quarantine-list").replaceChildren(...lines.slice(0, shownMax))
  const hidden = lines.length - shownMax
  byId("quarantine-more").textContent = hidden > 0 ? `and ${hidden} more` : ""
  const [send, drop, end] = ["release", "drop", "end"].map((what) => byId(`quarantine-${what}`))
  send.hidden = lines.length === 0
  drop.hidden = lines.length === 0
  end.hidden = lines.length > 0
}

/** Nothing of a log that is another one now. */
export const hideQuarantine = () => {
  isOpen = false
  byId("quarantine").hidden = true
}

/** Has the buttons do what they say. */
export const startQuarantine = () => {
  byId("quarantine-release").addEventListener("click", () => void decideAll("release"))
  byId("quarantine-drop").addEventListener("click", () => void decideAll("drop"))
  byId("quarantine-end").addEventListener("click", () => void decideAll("drop"))
}
