/** Programs elsewhere that are told of events: who, how far, and what came of the latest attempts. */
import { get, patch, post, remove } from "./api.js"
import { askIn, button, dateAndTime, input, labelled, problemPlace, table } from "./asking.js"
import { byId, element } from "./dom.js"
import { isShown } from "./views.js"

/** Whose attempts are shown, if any are. */
let looked

const reasons = {
  asked: "switched off",
  failing: "switched off: it failed for days",
  gone: "switched off: it said 410"
}

const stateOf = (it) => {
  if (!it.on) return reasons[it.reason] ?? reasons.asked
  if (it.failures === 0) return "on"
  const next = it.nextAt === null ? "" : `, next attempt ${dateAndTime(it.nextAt)}`
  return `fails since ${dateAndTime(it.failingSince)} with event ${it.waiting ?? "?"}${next}`
}

const toldOf = ({ contexts, events, words }) =>
  `${[...contexts, ...events].join(", ") || "everything"}${words ? ", with words" : ""}`

/** Runs, and reads the list anew; what was refused is said above it. */
const doing = async (run) => {
  const answer = await askIn("webhooks-problem", run)
  if (answer !== undefined) await refreshWebhooks()
  return answer
}

/** A secret is shown until the dialog is closed, and kept nowhere. */
const showSecret = ({ formerSecretUntil, secret, url }) => {
  const dialog = byId("why")
  const close = button("I have kept it", () => dialog.close())
  dialog.addEventListener("close", () => dialog.replaceChildren(), { once: true })
  dialog.replaceChildren(
    element("h2", { attributes: { id: "why-title" } }, "The secret of this webhook"),
    element("p", {}, `What is sent to ${url} is signed with it. It is shown this once.`),
    element("p", {}, element("code", { class: "secret", attributes: { id: "webhook-secret" } }, secret)),
    formerSecretUntil === null
      ? ""
      : element(
          "p",
          { class: "quiet" },
          `Until ${dateAndTime(formerSecretUntil)} it is signed with the former one as well.`
        ),
    close
  )
  if (!dialog.open) dialog.showModal()
}

const replaceSecret = async ({ webhook }) => {
  const answer = await doing(() => post(`/v1/webhooks/${webhook}/secret`, {}))
  if (answer !== undefined) showSecret(answer)
}

/** What was asked for once, of what has to be asked for twice: it cannot be taken back. */
let asked

const sureButton = (key, label, question, run, about) => {
  const made = button(
    asked === key ? question : label,
    () => {
      if (asked === key) {
        asked = undefined
        return run()
      }
      asked = key
      made.textContent = question
      made.setAttribute("aria-label", `${question} ${about}`)
    },
    about
  )
  return made
}

const cameOf = ({ delivered, fault, status }) =>
  delivered ? `taken, ${status}` : `not taken: ${status ?? fault ?? "no answer"}`

const deliveryRow = (it) =>
  element(
    "tr",
    {
      data: {
        delivered: String(it.delivered),
        sequence: it.sequence === null ? undefined : String(it.sequence)
      }
    },
    element("td", {}, dateAndTime(it.at)),
    element("td", {}, it.sequence === null ? it.type : `#${it.sequence} ${it.type}`),
    element("td", {}, element("span", { class: "mark" }, cameOf(it))),
    element("td", {}, `${it.millis} ms`),
    element("td", { class: "pattern" }, it.id),
    element(
      "td",
      {},
      it.sequence === null
        ? undefined
        : button("Send again", () => retry(it.sequence), `event ${it.sequence}`)
    )
  )

const drawDeliveries = async () => {
  const place = byId("webhooks-deliveries")
  place.hidden = looked === undefined
  if (looked === undefined) return
  const { url, webhook } = looked
  const answer = await askIn("webhooks-problem", () => get(`/v1/webhooks/${webhook}/deliveries`))
  if (answer === undefined || looked?.webhook !== webhook) return
  byId("webhooks-deliveries-title").textContent = `The latest attempts to tell ${url ?? webhook}`
  byId("webhooks-deliveries-rows").replaceChildren(...answer.items.map(deliveryRow))
  byId("webhooks-deliveries-empty").hidden = answer.items.length > 0
}

const retry = (sequence) => doing(() => post(`/v1/webhooks/${looked.webhook}/retry`, { sequence }))

const tryOut = async (it) => {
  looked = it
  await doing(() => post(`/v1/webhooks/${it.webhook}/test`, {}))
}

const look = async (it) => {
  looked = it
  await drawDeliveries()
  byId("webhooks-deliveries").scrollIntoView({ block: "nearest" })
}

const gone = async ({ webhook }) => {
  if (looked?.webhook === webhook) looked = undefined
  await doing(() => remove(`/v1/webhooks/${webhook}`))
}

const row = (it) => {
  const name = it.label ?? it.url ?? it.webhook
  const fails = it.on && it.failures > 0
  return element(
    "tr",
    { data: { webhook: it.webhook, state: !it.on ? "off" : fails ? "fails" : "on" } },
    element(
      "td",
      { class: "pattern" },
      it.url ?? "sealed under another keyring",
      it.label === null ? undefined : element("p", { class: "quiet" }, it.label)
    ),
    element("td", {}, toldOf(it)),
    element("td", {}, element("span", { class: "mark" }, stateOf(it))),
    element("td", {}, `#${it.sequence}`),
    element(
      "td",
      { class: "deeds" },
      button("Attempts", () => look(it), name),
      button("Try it out", () => tryOut(it), name),
      button(
        it.on ? "Switch off" : "Switch on",
        () => doing(() => patch(`/v1/webhooks/${it.webhook}`, { on: !it.on })),
        name
      ),
      sureButton(
        `${it.webhook} secret`,
        "Another secret",
        "Really another secret?",
        () => replaceSecret(it),
        name
      ),
      sureButton(`${it.webhook} remove`, "Remove", "Really remove it?", () => gone(it), name)
    )
  )
}

/** Reads webhooks anew, while they are shown. */
export const refreshWebhooks = async () => {
  if (!isShown("webhooks")) return
  const answer = await askIn("webhooks-problem", () => get("/v1/webhooks"))
  if (answer === undefined) return
  byId("webhooks-rows").replaceChildren(...answer.items.map(row))
  byId("webhooks-empty").hidden = answer.items.length > 0
  if (looked !== undefined) looked = answer.items.find(({ webhook }) => webhook === looked.webhook)
  await drawDeliveries()
}

const namesIn = (id) =>
  byId(id)
    .value.split(/[\s,]+/)
    .filter((name) => name !== "")

const add = async (form) => {
  const [events, contexts] = [namesIn("webhook-events"), namesIn("webhook-contexts")]
  const [label, from] = [byId("webhook-label").value.trim(), byId("webhook-from").value.trim()]
  const answer = await doing(() =>
    post("/v1/webhooks", {
      url: byId("webhook-url").value.trim(),
      events,
      contexts,
      words: byId("webhook-words").checked,
      ...(label === "" ? {} : { label }),
      ...(from === "" ? {} : { from: Number(from) })
    })
  )
  if (answer === undefined) return
  form.reset()
  showSecret(answer)
}

const form = () => {
  const made = element(
    "form",
    { class: "override-form", attributes: { id: "webhook-form", autocomplete: "off" } },
    labelled(
      "URL",
      input("webhook-url", { type: "url", required: "", placeholder: "https://hooks.example.com/wadjet" }),
      "wide"
    ),
    labelled("Events", input("webhook-events", { placeholder: "verdict.decided", spellcheck: "false" })),
    labelled("Contexts", input("webhook-contexts", { placeholder: "outbox", spellcheck: "false" })),
    labelled("For what", input("webhook-label", { maxlength: "100" })),
    labelled("From event", input("webhook-from", { type: "number", min: "1", placeholder: "what is new" })),
    labelled("names, words and URLs, too", input("webhook-words", { type: "checkbox" }), "check"),
    element("button", { class: "strong", attributes: { type: "submit" } }, "Add")
  )
  made.addEventListener("submit", (event) => {
    event.preventDefault()
    void add(made)
  })
  return made
}

const card = (id, title, ...children) =>
  element(
    "section",
    { class: "card", attributes: { "aria-labelledby": `${id}-title` } },
    element("h2", { attributes: { id: `${id}-title` } }, title),
    ...children
  )

/** Makes the view. */
export const startWebhooks = () => {
  const deliveries = card(
    "webhooks-deliveries",
    "The latest attempts",
    table("webhooks-deliveries-rows", ["When", "What", "What came of it", "It took", "webhook-id", ""]),
    element(
      "p",
      { class: "empty", attributes: { id: "webhooks-deliveries-empty" } },
      "Nothing was sent yet."
    ),
    button("Close", () => {
      looked = undefined
      byId("webhooks-deliveries").hidden = true
    })
  )
  deliveries.id = "webhooks-deliveries"
  deliveries.hidden = true
  byId("webhooks").append(
    card(
      "webhooks",
      "Programs that are told of events",
      element(
        "p",
        { class: "quiet" },
        "Each event is one signed request, in order, until it is taken. Everything is told where neither events nor contexts are named."
      ),
      form(),
      problemPlace("webhooks-problem"),
      table("webhooks-rows", ["Where", "Is told", "How it is", "Told up to", ""]),
      element("p", { class: "empty", attributes: { id: "webhooks-empty" } }, "Nobody is told anything yet.")
    ),
    deliveries
  )
}
