/** Who did what and when, with the event itself of each. */
import { askIn, button, dateAndTime, input, labelled, problemPlace, table } from "./asking.js"
import { byId, element } from "./dom.js"
import { aboutOf, factsOf } from "./feed.js"
import { pagedList } from "./paged-list.js"
import { oneEvent } from "./stream.js"

const shortened = (text) => {
  const [role, id] = text.split(":")
  return id === undefined ? role : `${role} ${id.slice(0, 8)}…`
}

/** The event as it stands in the log, in a dialog. */
const showEvent = async (sequence) => {
  const event = await askIn("audit-problem", () => oneEvent(sequence))
  if (event === undefined) return
  const dialog = byId("why")
  dialog.replaceChildren(
    element("h2", { attributes: { id: "why-title" } }, `#${sequence} ${event.type}`),
    element("p", {}, ...aboutOf(event)),
    ...factsOf(event),
    button("Close", () => dialog.close())
  )
  if (!dialog.open) dialog.showModal()
}

/** Narrows the list to whatever has this value, which is then to be seen in its field. */
const only = (id, value) => () => {
  byId(id).value = value
  return list.load()
}

const idCell = ({ chat, subject }) =>
  element(
    "td",
    { class: "pattern" },
    ...[chat, subject]
      .filter((it) => it !== null)
      .flatMap((it) => [button(it, only("audit-about", it), "show only what is about it"), " "])
  )

const row = (it) =>
  element(
    "tr",
    { data: { sequence: String(it.sequence), action: it.action } },
    element(
      "td",
      {},
      element("time", { attributes: { datetime: new Date(it.at).toISOString() } }, dateAndTime(it.at))
    ),
    element(
      "td",
      { attributes: { title: it.by } },
      button(shortened(it.by), only("audit-by", it.by), "show only theirs")
    ),
    element("td", {}, button(it.action, only("audit-action", it.action), "show only these")),
    idCell(it),
    element(
      "td",
      {},
      button(`#${it.sequence}`, () => showEvent(it.sequence), "show the event")
    )
  )

const draw = (rows) => {
  byId("audit-rows").replaceChildren(...rows.map(row))
}

const valueOf = (id) => byId(id).value.trim()

/** A chat has a field of its own; every other id is of what something was done to. */
const aboutWhat = (id) => (/^c[a-z0-9]{6,31}$/.test(id) ? { chat: id } : { subject: id })

const wanted = () => {
  const moment = (id) => (valueOf(id) === "" ? "" : String(new Date(valueOf(id)).getTime()))
  return {
    by: valueOf("audit-by"),
    action: valueOf("audit-action"),
    ...aboutWhat(valueOf("audit-about")),
    since: moment("audit-since"),
    until: moment("audit-until")
  }
}

const list = pagedList({ name: "audit", path: "/v1/audit", wanted, draw })

/** Reads the list anew. */
export const refreshAudit = () => list.load()

const form = () => {
  const made = element(
    "form",
    { class: "override-form", attributes: { id: "audit-form", autocomplete: "off" } },
    labelled("By", input("audit-by", { placeholder: "operator, owner:0194…", spellcheck: "false" })),
    labelled("Event", input("audit-action", { placeholder: "policy.muted", spellcheck: "false" })),
    labelled("About", input("audit-about", { placeholder: "an id", spellcheck: "false" }), "wide"),
    labelled("Not before", input("audit-since", { type: "datetime-local" })),
    labelled("Before", input("audit-until", { type: "datetime-local" })),
    element("button", { class: "strong", attributes: { type: "submit" } }, "Show"),
    button("Show all", () => {
      made.reset()
      return list.load()
    })
  )
  made.addEventListener("submit", (event) => {
    event.preventDefault()
    void list.load()
  })
  return made
}

/** Makes the view. */
export const startAudit = () => {
  const more = button("More", list.more)
  more.id = "audit-more"
  more.hidden = true
  byId("audit").append(
    element(
      "section",
      { class: "card", attributes: { "aria-labelledby": "audit-title" } },
      element("h2", { attributes: { id: "audit-title" } }, "Who did what"),
      element(
        "p",
        { class: "quiet" },
        "Every fact that names its author: on this page, by a program's key, on the command line, or by a command in a chat."
      ),
      form(),
      problemPlace("audit-problem"),
      table("audit-rows", ["When", "Who", "What", "About", "Event"]),
      element("p", { class: "empty", attributes: { id: "audit-empty" } }, "Nobody did any such thing."),
      more
    )
  )
}
