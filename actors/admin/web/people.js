/** Everybody's accounts, and the keys of programs: for owners. */
import { get, patch, post, remove } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"

const roles = ["viewer", "moderator", "scheduler", "operator", "owner"]

const day = (millis) => new Date(millis).toLocaleDateString()

let refresh = async () => {}

const asking = (run) => async (event) => {
  event?.preventDefault()
  sayProblem(byId("people-problem"), undefined)
  byId("people-secret").hidden = true
  await run().catch((error) => sayProblem(byId("people-problem"), error.message))
}

/** Something that is shown this once. */
const showSecret = (about, text) => {
  byId("people-secret").replaceChildren(about, " ", element("code", {}, text))
  byId("people-secret").hidden = false
}

const button = (text, run) =>
  element("button", { class: "plain", attributes: { type: "button" }, on: { click: asking(run) } }, text)

const roleChoice = (chosen) =>
  roles.map((role) =>
    element("option", { attributes: { value: role, ...(role === chosen ? { selected: "" } : {}) } }, role)
  )

const change = (user, wanted) => async () => {
  await patch(`/v1/accounts/${user}`, wanted).finally(refresh)
}

const personRow = (own) => (it) => {
  const choice = element(
    "select",
    { attributes: { "aria-label": `Role of ${it.name}` } },
    ...roleChoice(it.role)
  )
  choice.addEventListener(
    "change",
    asking(() => change(it.user, { role: choice.value })())
  )
  return element(
    "tr",
    { data: { status: it.closedAt === null ? "active" : "removed" } },
    element("td", {}, `${it.name}${it.user === own ? " (you)" : ""}${it.code ? ", with codes" : ""}`),
    element("td", {}, choice),
    element("td", { class: "quiet" }, day(it.createdAt)),
    element(
      "td",
      { class: "buttons" },
      it.closedAt === null
        ? button("Shut out", change(it.user, { closed: true }))
        : button("Let in again", change(it.user, { closed: false })),
      button("New password", async () => {
        const { link } = await post(`/v1/accounts/${it.user}/reset`, {})
        showSecret(`With this link ${it.name} chooses another password, within a day:`, link)
      })
    )
  )
}

const keyState = (it) => {
  if (it.revokedAt !== null) return `revoked ${day(it.revokedAt)}`
  if (it.expiresAt === null) return "in force"
  return it.expiresAt <= Date.now() ? `expired ${day(it.expiresAt)}` : `until ${day(it.expiresAt)}`
}

const keyRow = (it) =>
  element(
    "tr",
    { data: { status: it.revokedAt === null ? "active" : "removed" } },
    element("td", {}, it.label ?? it.key.slice(0, 8)),
    element("td", {}, it.role),
    element(
      "td",
      {},
      `${it.scopes?.join(", ") ?? "everything"}${it.perMinute === null ? "" : `, ${it.perMinute} a minute`}`
    ),
    element("td", {}, keyState(it)),
    element(
      "td",
      { class: "quiet" },
      it.lastUsedAt === null ? "never" : new Date(it.lastUsedAt).toLocaleString()
    ),
    element(
      "td",
      { class: "buttons" },
      it.revokedAt === null
        ? button("Revoke", async () => {
            await remove(`/v1/keys/${it.key}`)
            await refresh()
          })
        : undefined
    )
  )

/** Reads people and keys anew. `own` is who looks at them; undefined with a key. */
export const refreshPeople = async (own) => {
  const [people, keys] = await Promise.all([get("/v1/accounts"), get("/v1/keys")])
  byId("people-rows").replaceChildren(...people.items.map(personRow(own)))
  byId("keys-rows").replaceChildren(...keys.items.map(keyRow))
}

const invite = async () => {
  const { link } = await post("/v1/passes", { role: byId("invite-role").value })
  showSecret("Hand this on. Whoever has it gets in, once, within a day:", link)
}

const makeKey = async () => {
  const valueOf = (id) => byId(id).value.trim()
  const [label, scopes, rate, until] = ["key-label", "key-scopes", "key-rate", "key-until"].map(valueOf)
  const { text } = await post("/v1/keys", {
    role: byId("key-role").value,
    ...(label === "" ? {} : { label }),
    ...(scopes === "" ? {} : { scopes: scopes.split(/[\s,]+/) }),
    ...(rate === "" ? {} : { perMinute: Number(rate) }),
    ...(until === "" ? {} : { expiresAt: new Date(until).getTime() })
  })
  byId("key-form").reset()
  await refresh()
  showSecret("The key, shown this once:", text)
}

/** @param {() => Promise<void>} onChanged */
export const startPeople = (onChanged) => {
  refresh = onChanged
  byId("invite-role").append(...roleChoice("viewer"))
  byId("key-role").append(...roleChoice("viewer"))
  byId("invite-form").addEventListener("submit", asking(invite))
  byId("key-form").addEventListener("submit", asking(makeKey))
}
