/** What is allowed or denied: listed, searched, set, taken back, and whole lists in and out. */
import { get, getAll, post, remove } from "./api.js"
import { askIn } from "./asking.js"
import { nameOf } from "./chat-rules.js"
import { byId, element } from "./dom.js"
import { pagedList } from "./paged-list.js"
import { isShown } from "./views.js"

let chats = []

/** Never a link that can be followed, and none that can be copied by mistake. */
const shownPattern = (pattern) => (pattern === null ? "(may not be shown)" : pattern.replaceAll(".", "[.]"))

const placeOf = (chat) =>
  chat === null ? "all chats" : nameOf(chats.find((it) => it.chat === chat) ?? { chat, name: null })

const stateOf = ({ endedAt, expiresAt, status }) => {
  if (status !== "active") return `${status} ${new Date(endedAt).toLocaleString()}`
  return expiresAt === null ? "in force" : `until ${new Date(expiresAt).toLocaleString()}`
}

const takeBack = async (override) => {
  const done = await askIn("overrides-problem", () => remove(`/v1/overrides/${override}`))
  if (done !== undefined) await refreshOverrides(done.sequence)
}

const row = (it) =>
  element(
    "tr",
    { data: { override: it.override, effect: it.effect, status: it.status } },
    element(
      "td",
      {},
      element(
        "span",
        { class: "badge", data: { level: it.effect === "deny" ? "malicious" : "benign" } },
        it.effect
      )
    ),
    element("td", {}, it.match),
    element("td", { class: "pattern" }, shownPattern(it.pattern)),
    element("td", {}, placeOf(it.chat)),
    element("td", {}, stateOf(it)),
    element("td", {}, it.reason ?? ""),
    element("td", { class: "quiet" }, `${it.setBy.split(":")[0]} ${new Date(it.setAt).toLocaleString()}`),
    element(
      "td",
      {},
      it.status === "active"
        ? element(
            "button",
            {
              class: "plain",
              attributes: { type: "button", "aria-label": `Remove ${shownPattern(it.pattern)}` },
              on: { click: () => void takeBack(it.override) }
            },
            "Remove"
          )
        : undefined
    )
  )

const draw = (rows) => {
  byId("overrides-rows").replaceChildren(...rows.map(row))
}

const scopeOptions = () => {
  const scope = byId("override-scope")
  const before = scope.value
  scope.replaceChildren(
    element("option", { attributes: { value: "" } }, "all chats"),
    ...chats.map((it) => element("option", { attributes: { value: it.chat } }, nameOf(it)))
  )
  scope.value = chats.some(({ chat }) => chat === before) ? before : ""
}

const list = pagedList({
  name: "overrides",
  path: "/v1/overrides",
  wanted: () => ({
    text: byId("override-search").value.trim(),
    status: byId("override-ended").checked ? undefined : "active"
  }),
  draw
})

/** Reads the list anew, once the read models hold a sequence. */
export const refreshOverrides = async (after) => {
  if (!isShown("overrides")) return
  chats = await getAll("/v1/chats")
  scopeOptions()
  await list.load(after)
}

const valueOf = (id) => byId(id).value.trim()

const set = async (event) => {
  event.preventDefault()
  const [chat, until, reason] = [
    valueOf("override-scope"),
    valueOf("override-until"),
    valueOf("override-reason")
  ]
  const placed = await askIn("override-problem", () =>
    post("/v1/overrides", {
      effect: valueOf("override-effect"),
      match: valueOf("override-match"),
      pattern: valueOf("override-pattern"),
      ...(chat === "" ? {} : { chat }),
      ...(until === "" ? {} : { expiresAt: new Date(until).getTime() }),
      ...(reason === "" ? {} : { reason })
    })
  )
  if (placed === undefined) return
  for (const id of ["override-pattern", "override-until", "override-reason"]) byId(id).value = ""
  await refreshOverrides(placed.sequence)
}

const formatOf = (name) => (/\.csv$/iu.test(name) ? "csv" : "hosts")

const takeFile = async (event) => {
  const [file] = event.target.files
  if (file === undefined) return
  const said = byId("overrides-imported")
  said.textContent = ""
  const text = await file.text()
  event.target.value = ""
  const answer = await askIn("overrides-problem", () =>
    post("/v1/overrides/import", { format: formatOf(file.name), text })
  )
  if (answer === undefined) return
  const over = answer.expired === 0 ? "" : ` ${answer.expired} left out: their time has passed.`
  said.textContent = `${answer.set} set, ${answer.unchanged} there already.${over}`
  await refreshOverrides(answer.sequence === 0 ? undefined : answer.sequence)
}

const save = async (format) => {
  const answer = await askIn("overrides-problem", () => get(`/v1/overrides/export?format=${format}`))
  if (answer === undefined) return
  const url = URL.createObjectURL(new Blob([answer.text], { type: "text/plain" }))
  element("a", {
    attributes: { href: url, download: format === "csv" ? "overrides.csv" : "denied-hosts.txt" }
  }).click()
  URL.revokeObjectURL(url)
}

/** Prepares the form, the search, and the lists in and out. */
export const startOverrides = () => {
  byId("override-form").addEventListener("submit", (event) => void set(event))
  byId("override-search").addEventListener("input", () => void list.load())
  byId("override-ended").addEventListener("change", () => void list.load())
  byId("overrides-more").addEventListener("click", () => void list.more())
  byId("overrides-file").addEventListener("change", (event) => void takeFile(event))
  byId("overrides-csv").addEventListener("click", () => void save("csv"))
  byId("overrides-hosts").addEventListener("click", () => void save("hosts"))
}
