/** Making a job: what is said, to whom, and when; with its next times before it is made. */
import { get, getAll, post } from "./api.js"
import { askIn, button, choice, input, labelled, problemPlace } from "./asking.js"
import { byId, element } from "./dom.js"

const problem = "job-problem"
const previewed = 5

/** Whom it is for: what is asked for, and how it is shown. */
let recipients = []
/** Another job whose words and recipients a copy takes. */
let copied

const repeats = [
  ["", "once"],
  ["FREQ=DAILY", "every day"],
  ["FREQ=WEEKLY", "every week"],
  ["FREQ=MONTHLY", "every month"],
  ["FREQ=YEARLY", "every year"],
  ["other", "by a rule"]
]

const missed = [
  ["unless-late", "send it if it is less late than that"],
  ["skip", "leave it out"],
  ["send-all", "send all of them"]
]

const textArea = () => element("textarea", { attributes: { rows: "3", maxlength: "20000", required: "" } })

/** One message of the job: its words, and how long after the one before it. */
const part = () => {
  const delay = input("", { type: "number", min: "0", max: "86400", value: "0" })
  delay.removeAttribute("id")
  const made = element(
    "div",
    { class: "job-part" },
    labelled("What is said; {{contact.name|there}} becomes the name", textArea(), "wide"),
    labelled("Seconds after the one before", delay)
  )
  made.append(
    button("Remove message", () => {
      if (byId("job-parts").childElementCount > 1) made.remove()
    })
  )
  return made
}

const drawRecipients = () =>
  byId("job-recipients").replaceChildren(
    ...recipients.map(({ shown }, index) =>
      element(
        "li",
        {},
        `${shown} `,
        button(
          "Remove",
          () => {
            recipients = recipients.filter((_, at) => at !== index)
            drawRecipients()
          },
          shown
        )
      )
    )
  )

const addRecipient = (asked, shown) => {
  if (!recipients.some((it) => it.shown === shown)) recipients = [...recipients, { asked, shown }]
  drawRecipients()
}

/** A number, or a tag behind a `#`. */
const addTyped = () => {
  const field = byId("job-typed")
  const text = field.value.trim()
  if (text === "") return
  if (text.startsWith("#")) addRecipient({ tag: text.slice(1).trim() }, text)
  else {
    const number = text.replaceAll(/[\s()./-]/g, "")
    addRecipient({ number }, number)
  }
  field.value = ""
}

/** Chats and contacts that can be chosen; whoever may not read them types numbers. */
export const refreshChoices = async () => {
  const [chats, contacts] = await Promise.all([
    getAll("/v1/chats").catch(() => []),
    get("/v1/contacts?limit=200").catch(() => ({ items: [] }))
  ])
  const field = byId("job-known")
  const before = field.value
  const option = (value, words) => element("option", { attributes: { value } }, words)
  field.replaceChildren(
    option("", "choose"),
    ...contacts.items.flatMap(({ card, contact }) =>
      card === null ? [] : [option(`contact:${contact}`, card.name)]
    ),
    ...chats.map(({ chat, name }) => option(`chat:${chat}`, name ?? chat))
  )
  field.value = before
}

const addKnown = () => {
  const field = byId("job-known")
  const [kind, id] = field.value.split(":")
  if (id !== undefined) addRecipient({ [kind]: id }, field.selectedOptions[0].textContent)
  field.value = ""
}

const timing = () => {
  const repeat = byId("job-repeat").value
  const rule = repeat === "other" ? byId("job-rule").value.trim() : repeat
  const start = byId("job-start").value
  return {
    zone: byId("job-zone").value.trim(),
    ...(start === "" ? {} : { start: start.length === 16 ? `${start}:00` : start }),
    ...(rule === "" ? {} : { rule })
  }
}

const messages = () =>
  [...byId("job-parts").children].map((it) => ({
    text: it.querySelector("textarea").value,
    delaySeconds: Number(it.querySelector("input").value)
  }))

const wanted = () => ({
  title: byId("job-name").value.trim(),
  messages: messages(),
  timing: timing(),
  recipients: recipients.map(({ asked }) => asked),
  policies: {
    missed: byId("job-missed").value,
    lateMinutes: Number(byId("job-late").value),
    spreadSeconds: Number(byId("job-spread").value) * 60,
    retries: Number(byId("job-retries").value)
  }
})

const clear = () => {
  copied = undefined
  recipients = []
  byId("job-form").reset()
  byId("job-zone").value = ownZone()
  byId("job-parts").replaceChildren(part())
  byId("job-preview").replaceChildren()
  byId("job-copied").textContent = ""
  showKinds()
  drawRecipients()
}

/** A copy says the same to the same people: of it only title and times are asked. */
const showKinds = () => {
  byId("job-own").hidden = copied !== undefined
  for (const field of byId("job-own").querySelectorAll("textarea")) field.required = copied === undefined
  byId("job-rule-part").hidden = byId("job-repeat").value !== "other"
}

/** Begins a copy of a job in the form. */
export const fillJobForm = ({ job, timing: { rule, start, zone }, title }) => {
  clear()
  copied = job
  byId("job-copied").textContent = `A copy of “${title ?? job}”: the same words to the same people.`
  byId("job-name").value = title ?? ""
  byId("job-zone").value = zone
  byId("job-start").value = start ?? ""
  byId("job-repeat").value =
    rule === undefined ? "" : repeats.some(([value]) => value === rule) ? rule : "other"
  byId("job-rule").value = rule ?? ""
  showKinds()
  byId("job-name").focus()
}

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

const preview = async (lineOf) => {
  const answer = await askIn(problem, () => post("/v1/preview", { timing: timing(), count: previewed }))
  const lines = (answer?.occurrences ?? []).map(lineOf)
  byId("job-preview").replaceChildren(
    ...(answer !== undefined && lines.length === 0 ? [element("li", {}, "No time is still to come.")] : lines)
  )
}

const make = async (event, onMade) => {
  event.preventDefault()
  addTyped()
  const { timing: times, title, ...rest } = wanted()
  const made = await askIn(problem, () =>
    copied === undefined
      ? post("/v1/jobs", { ...rest, timing: times, title })
      : post(`/v1/jobs/${copied}/duplicate`, { timing: times, title })
  )
  if (made === undefined) return
  clear()
  await onMade(made)
}

const toWhom = () => {
  const known = choice("job-known", [["", "choose"]])
  known.addEventListener("change", addKnown)
  const typed = input("job-typed", { placeholder: "+49 170 0000000 or #family" })
  typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return
    event.preventDefault()
    addTyped()
  })
  return element(
    "div",
    { class: "override-form" },
    labelled("A chat or contact", known),
    labelled("A number, or a tag behind #", typed, "wide"),
    button("Add recipient", addTyped)
  )
}

const when = (lineOf) => {
  const repeat = choice("job-repeat", repeats)
  repeat.addEventListener("change", showKinds)
  const rule = labelled(
    "RRULE or cron",
    input("job-rule", { spellcheck: "false", placeholder: "0 9 * * MON" }),
    "wide"
  )
  rule.id = "job-rule-part"
  return element(
    "div",
    { class: "override-form" },
    labelled("Local time", input("job-start", { type: "datetime-local", step: "1" })),
    labelled("Time zone", input("job-zone", { required: "", spellcheck: "false" })),
    labelled("Repeats", repeat),
    rule,
    button("Preview", () => preview(lineOf))
  )
}

const policies = () =>
  element(
    "div",
    { class: "override-form" },
    labelled("If its time passed while nothing ran", choice("job-missed", missed)),
    labelled(
      "Minutes it may be late",
      input("job-late", { type: "number", min: "1", max: "44640", value: "15" })
    ),
    labelled(
      "Times to try again what was refused",
      input("job-retries", { type: "number", min: "0", max: "10", value: "0" })
    ),
    labelled(
      "Minutes over which recipients are spread",
      input("job-spread", { type: "number", min: "0", max: "1440", value: "0" })
    )
  )

/** The form, as a section. `onMade` is told of each job that is made. */
export const startJobForm = (lineOf, onMade) => {
  const own = element(
    "div",
    { class: "job-own", attributes: { id: "job-own" } },
    element("div", { class: "job-parts", attributes: { id: "job-parts" } }, part()),
    button("Add a message", () => byId("job-parts").append(part())),
    toWhom(),
    element("ol", { class: "job-times", attributes: { id: "job-recipients", "aria-label": "Recipients" } }),
    policies()
  )
  const cancelling = button("Clear", clear)
  const form = element(
    "form",
    {
      class: "job-form",
      attributes: { id: "job-form", autocomplete: "off" },
      on: { submit: (event) => void make(event, onMade) }
    },
    element("p", { class: "quiet", attributes: { id: "job-copied", role: "status" } }),
    labelled("Title", input("job-name", { required: "", maxlength: "200" })),
    own,
    when(lineOf),
    element("ol", { class: "job-times", attributes: { id: "job-preview", "aria-live": "polite" } }),
    problemPlace(problem),
    element(
      "p",
      { class: "override-form" },
      element("button", { class: "strong", attributes: { type: "submit" } }, "Make the job"),
      cancelling
    )
  )
  queueMicrotask(clear)
  return element(
    "section",
    { class: "card", attributes: { "aria-labelledby": "job-form-title" } },
    element("h2", { attributes: { id: "job-form-title" } }, "A new job"),
    form
  )
}
