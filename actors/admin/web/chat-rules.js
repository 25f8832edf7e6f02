/** How chats are treated: settings with their sources, mute and consent, of all chats or of one. */
import { get, getAll, patch, post, Problem, put } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"
import { settingRow } from "./setting.js"
import { isShown } from "./views.js"

const allChats = ""
let chosen = allChats
let chats = []

const pathOf = (rest) => (chosen === allChats ? `/v1${rest}` : `/v1/chats/${chosen}${rest}`)
const atOnce = (after) => (after === undefined ? "" : `?after=${after}`)

export const nameOf = ({ chat, name }) => name ?? chat

/** What is asked for is shown once it is stored; what is refused is said where it was asked. */
const ask = async (run) => {
  try {
    const { sequence } = await run()
    await refreshChatRules(sequence === 0 ? undefined : sequence)
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

const askIn = (place, run) => async () => sayProblem(byId(place), await ask(run))

const change = (wanted) => ask(() => patch(pathOf("/settings"), { change: wanted }))

const action = (label, run) =>
  element(
    "button",
    { class: "plain", attributes: { type: "button" }, on: { click: () => void run() } },
    label
  )

const dateAndTime = (millis) => new Date(millis).toLocaleString()

const hourMillis = 3_600_000
const mute = (hours) =>
  askIn("mute-problem", () => post(`/v1/chats/${chosen}/mute`, { until: Date.now() + hours * hourMillis }))

const muteParts = ({ mutedUntil }) =>
  mutedUntil !== null && mutedUntil > Date.now()
    ? [
        `Muted until ${dateAndTime(mutedUntil)}. `,
        action(
          "Unmute",
          askIn("mute-problem", () => post(`/v1/chats/${chosen}/unmute`, {}))
        )
      ]
    : [
        "Not muted. ",
        action("Mute for an hour", mute(1)),
        " ",
        action("for 8 hours", mute(8)),
        " ",
        action("for a week", mute(168))
      ]

const consentOfAll = ({ items: said, next, required }) => [
  element(
    "p",
    {},
    required
      ? "Chats are read only once they agreed. "
      : "Chats are read unless they withdrew their consent. ",
    action(
      required ? "Read without asking" : "Ask for consent",
      askIn("consent-problem", () => put("/v1/consent", { required: !required }))
    )
  ),
  element(
    "p",
    { class: "quiet" },
    `${next === null ? "" : "More than "}${said.length === 1 ? "1 chat" : `${said.length} chats`} said anything about it.`
  )
]

const consentOfChat = ({ by, given, isRead, optOuts, since }) => [
  element(
    "p",
    {},
    isRead ? "What is said here is read. " : "What is said here is not read. ",
    given === null
      ? "The chat said nothing about it. "
      : `Consent was ${given ? "given" : "withdrawn"} ${dateAndTime(since)} by ${by}. `,
    given === true
      ? undefined
      : action(
          "Give consent",
          askIn("consent-problem", () => put(pathOf("/consent"), { given: true }))
        ),
    " ",
    given === false
      ? undefined
      : action(
          "Withdraw consent",
          askIn("consent-problem", () => put(pathOf("/consent"), { given: false }))
        )
  ),
  element(
    "ul",
    { class: "opt-outs" },
    ...optOuts.map(({ person, since: at }) =>
      element(
        "li",
        {},
        `${person} opted out ${dateAndTime(at)}. `,
        action(
          "Read again",
          askIn("consent-problem", () => put(pathOf(`/opt-outs/${person}`), { out: false }))
        )
      )
    )
  )
]

/** Nobody loses what they type because something else happened. */
const isTyping = () => {
  const field = document.activeElement
  return field?.matches("#settings-list input") === true && field.value !== field.defaultShown
}

const drawChoice = () => {
  const choice = byId("chat-choice")
  const options = [{ chat: allChats, name: "All chats" }, ...chats]
  choice.replaceChildren(
    ...options.map((it) => element("option", { attributes: { value: it.chat } }, nameOf(it)))
  )
  choice.value = chosen
}

const drawSettings = (settings) => {
  if (isTyping()) return
  const own = chosen === allChats ? "all-chats" : "this-chat"
  byId("settings-list").replaceChildren(...settings.map((it) => settingRow(it, own, change)))
  for (const field of byId("settings-list").querySelectorAll("input")) field.defaultShown = field.value
}

/** Reads everything about the chosen chat anew, once the read models hold a sequence. */
export const refreshChatRules = async (after) => {
  if (!isShown("chats")) return
  const mine = chosen
  const [list, { settings }, consent] = await Promise.all([
    getAll(`/v1/chats${atOnce(after)}`),
    get(`${pathOf("/settings")}${atOnce(after)}`),
    get(`${pathOf("/consent")}${atOnce(after)}`)
  ])
  if (mine !== chosen) return
  chats = list
  drawChoice()
  drawSettings(settings)
  const chat = chats.find((it) => it.chat === chosen)
  byId("mute-part").hidden = chat === undefined
  if (chat !== undefined) byId("mute-state").replaceChildren(...muteParts(chat))
  byId("consent-state").replaceChildren(
    ...(chosen === allChats ? consentOfAll(consent) : consentOfChat(consent))
  )
}

/** Prepares the choice of a chat. `onProblem` is told what went wrong. */
export const startChatRules = (onProblem) => {
  byId("chat-choice").addEventListener("change", (event) => {
    chosen = event.target.value
    byId("settings-list").replaceChildren()
    for (const place of ["mute-problem", "consent-problem"]) sayProblem(byId(place))
    refreshChatRules().catch(onProblem)
  })
}
