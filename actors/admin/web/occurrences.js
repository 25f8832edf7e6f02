/** How the occurrences of a job went, and each of their recipients. */
import { get, getAll } from "./api.js"
import { askIn, button, dateAndTime } from "./asking.js"
import { element } from "./dom.js"

const shown = 10

/** The occurrence whose recipients are shown: they stay so while it goes on. */
let open

const missedWords = ({ count, madeUp }) => {
  if (count === 1) return "missed"
  return madeUp === 0 ? `${count} missed` : `${count} missed, ${madeUp} of them made up for`
}

const outcomeOf = (it) => {
  const { cancelled, failed, leftOut, messages, optedOut, sent, status, why } = it
  if (status === "missed") return missedWords(it)
  if (status === "skipped") return why === "requested" ? "skipped" : "skipped: the one before was being sent"
  const out = optedOut === 0 ? "" : `, ${optedOut} opted out`
  const waiting = status === "sending" ? messages - sent - failed - cancelled : 0
  const rest = waiting === 0 ? "" : `, ${waiting} still to leave`
  const over = leftOut === 0 ? "" : `, ${leftOut} left out: there are too many recipients`
  return `${sent} of ${messages} sent, ${failed} failed, ${cancelled} cancelled${rest}${out}${over}`
}

const messageLine = ({ chat, contact, level, part, reason, status }, names) =>
  element(
    "li",
    {},
    `${names.get(contact) ?? names.get(chat) ?? chat}, part ${part + 1}: ${level ?? status}`,
    reason === null ? undefined : ` (${reason})`
  )

/** Names of whoever it is for, as far as this key may read them. */
const namesOf = async () => {
  const [contacts, chats] = await Promise.all([
    get("/v1/contacts?limit=200").catch(() => ({ items: [] })),
    getAll("/v1/chats").catch(() => [])
  ])
  return new Map([
    ...contacts.items.map(({ card, contact }) => [contact, card?.name ?? undefined]),
    ...chats.map(({ chat, name }) => [chat, name ?? undefined])
  ])
}

const recipients = async ({ job, planned }, problem) => {
  const found = await askIn(problem, () => get(`/v1/jobs/${job}/occurrences/${planned}`))
  const names = await namesOf()
  return element("ol", { class: "job-times" }, ...(found?.messages ?? []).map((it) => messageLine(it, names)))
}

const line = (it, again, problem) => {
  const key = `${it.job}/${it.planned}`
  const isOpen = open === key && it.messages > 0
  const when = dateAndTime(it.planned)
  const progress = element("progress", {
    attributes: { max: String(Math.max(1, it.messages)), "aria-label": `Progress of ${when}` }
  })
  progress.value = it.sent + it.failed + it.cancelled
  const toggle = button(
    isOpen ? "Hide recipients" : "Recipients",
    () => {
      open = isOpen ? undefined : key
      return again()
    },
    when
  )
  toggle.setAttribute("aria-expanded", String(isOpen))
  const place = element("li", { data: { occurrence: key } }, `${when}: ${outcomeOf(it)} `)
  if (it.messages > 0) place.append(...(it.status === "sending" ? [progress, " "] : []), toggle)
  return isOpen ? recipients(it, problem).then((list) => (place.append(list), place)) : place
}

/** Shows the last occurrences of a job in a place. */
export const showOccurrences = async (job, place, problem) => {
  const found = await askIn(problem, () => get(`/v1/occurrences?job=${job}&limit=${shown}`))
  const items = found?.items ?? []
  const again = () => showOccurrences(job, place, problem)
  const lines = await Promise.all(items.map((it) => line(it, again, problem)))
  place.replaceChildren(
    items.length === 0
      ? element("p", { class: "empty" }, "It has not fired yet.")
      : element("ol", { class: "job-times" }, ...lines)
  )
}
