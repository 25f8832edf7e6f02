/** The sandbox chat: what was posted, and what Wadjet said to it. */
import { get, post } from "./api.js"
import { byId, element, mediaMark, sayProblem } from "./dom.js"
import { showWhy } from "./why.js"
import { hourAndMinute } from "./words.js"

const badges = { malicious: "✕ malicious", suspicious: "! suspicious", benign: "✓ benign" }

/** One click shows a verdict. They are posted as they are; they are shown so that nobody follows them. */
const examples = [
  {
    shown: "paypa1-login[.]com",
    text: "Your account is limited, confirm it: http://paypa1-login.com/verify"
  },
  { shown: "аpple[.]com", text: "New phone for 1 €: https://аpple.com/offer" },
  { shown: "example[.]com", text: "Notes of the meeting: https://example.com/notes" }
]

const badge = ({ level, link }) =>
  level === null
    ? element("span", { class: "badge" }, "looking…")
    : element(
        "button",
        {
          class: "badge",
          data: { level },
          attributes: { type: "button", "aria-label": `${level}: why?` },
          on: { click: () => void showWhy(link) }
        },
        badges[level]
      )

/** The text with its links set off, each followed by what it is held to be. Nothing of it can be followed. */
const textWithLinks = ({ links, text }) => {
  const parts = []
  let at = 0
  for (const link of [...links].sort((a, b) => a.start - b.start)) {
    if (link.start < at) continue
    parts.push(
      text.slice(at, link.start),
      element("span", { class: "link" }, text.slice(link.start, link.end)),
      badge(link)
    )
    at = link.end
  }
  return [...parts, text.slice(at)]
}

const contentOf = (item) => {
  if (item.deleted) return [element("p", { class: "gone" }, "This message was deleted.")]
  if (item.text === null) return [element("p", { class: "gone" }, "These words may not be shown.")]
  // A file may go without words.
  if (item.text === "") return []
  return [element("p", { class: "said" }, ...textWithLinks(item))]
}

const spokenLevel = (text) =>
  text?.startsWith("⛔") ? "malicious" : text?.startsWith("⚠") ? "suspicious" : undefined

const bubble = (item, quoted) => {
  const isOwn = item.from === "member" && item.author === "You"
  const classes = ["bubble", item.from === "wadjet" ? "wadjet" : isOwn ? "own" : "other"]
  if (item.reactions.length > 0) classes.push("reacted")
  if (item.status === "queued" || item.status === "claimed") classes.push("waiting")
  const author = isOwn
    ? undefined
    : element("p", { class: "author" }, item.from === "wadjet" ? "Wadjet" : (item.author ?? "Member"))
  const meta = [
    item.edited ? "edited" : undefined,
    classes.includes("waiting") ? "sending…" : undefined,
    hourAndMinute(item.at)
  ]
  return element(
    "li",
    {
      class: classes.join(" "),
      data: { id: item.id, level: item.from === "wadjet" ? spokenLevel(item.text) : undefined }
    },
    author,
    quoted === undefined ? undefined : element("p", { class: "quoted" }, quoted.text ?? "…"),
    mediaMark(item.media),
    ...contentOf(item),
    element(
      "p",
      { class: "meta" },
      ...meta.filter((it) => it !== undefined).map((it) => element("span", {}, it))
    ),
    item.reactions.length === 0
      ? undefined
      : element(
          "p",
          { class: "reactions", attributes: { "aria-label": "Reactions" } },
          item.reactions.join(" ")
        )
  )
}

/** Bubbles that are shown, by id, with what each was made from: only what changed is made anew. */
let shown = new Map()

const draw = ({ items }) => {
  const timeline = byId("timeline")
  const atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 60
  const byItem = new Map(items.map((item) => [item.id, item]))
  const next = new Map()
  for (const item of items) {
    const quoted = item.quotes === null ? undefined : byItem.get(item.quotes)
    const source = JSON.stringify([item, quoted?.text])
    const before = shown.get(item.id)
    next.set(item.id, before?.source === source ? before : { source, node: bubble(item, quoted) })
  }
  const nodes = [...next.values()].map(({ node }) => node)
  const hint = element(
    "li",
    { class: "hint" },
    "Nothing was posted yet. Post a link, as any member of a chat would."
  )
  const wanted = nodes.length === 0 ? [hint] : nodes
  // Nodes that stay are not touched, so that they are neither read out nor faded in again.
  for (const node of [...timeline.children]) if (!wanted.includes(node)) node.remove()
  wanted.forEach((node, index) => {
    if (timeline.children[index] !== node) timeline.insertBefore(node, timeline.children[index] ?? null)
  })
  shown = next
  if (atEnd) timeline.scrollTop = timeline.scrollHeight
}

/** Reads the chat anew, once the read models hold a sequence. */
export const refreshChat = async (after) =>
  draw(await get(after === undefined ? "/v1/sandbox/messages" : `/v1/sandbox/messages?after=${after}`))

const say = async (text) => {
  const problem = byId("composer-problem")
  sayProblem(problem, undefined)
  try {
    const { sequence } = await post("/v1/sandbox/messages", { text })
    await refreshChat(sequence)
    byId("timeline").scrollTop = byId("timeline").scrollHeight
    return true
  } catch (error) {
    sayProblem(problem, error.message)
    return false
  }
}

/** Prepares the composer and the examples. */
export const startChat = () => {
  const form = byId("composer")
  const message = byId("message")
  const button = form.querySelector("button")
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const text = message.value.trim()
    if (text === "") return
    button.disabled = true
    if (await say(text)) message.value = ""
    button.disabled = false
    message.focus()
  })
  message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    form.requestSubmit()
  })
  byId("examples").replaceChildren(
    element("span", { class: "quiet" }, "Try:"),
    ...examples.map(({ shown: label, text }) =>
      element(
        "button",
        {
          class: "plain",
          attributes: { type: "button", title: "Post this as You" },
          on: { click: () => void say(text) }
        },
        label
      )
    )
  )
}
