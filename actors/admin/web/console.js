/** Asking the read models in SQL. What is typed goes to this server alone, and is kept for as long as the tab is open. */
import { post, postForText } from "./api.js"
import { askIn, button, choice, input, labelled, problemPlace } from "./asking.js"
import { byId, element, sayProblem } from "./dom.js"

const tables = "select name, sql from sqlite_schema where sql is not null order by name"
/** Queries of this tab, the newest first. */
const asked = []
const askedMax = 20

/** The one that is under way. */
let running

/** What looks like a number is one. */
const paramOf = (text) => (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text)

const queryOf = () => {
  const params = byId("console-params").value.split("\n")
  return {
    sql: byId("console-sql").value,
    params: byId("console-params").value === "" ? [] : params.map(paramOf),
    explain: byId("console-explain").checked,
    limit: Number(byId("console-limit").value)
  }
}

const remember = ({ sql }) => {
  const before = asked.indexOf(sql)
  if (before >= 0) asked.splice(before, 1)
  asked.unshift(sql)
  asked.length = Math.min(asked.length, askedMax)
  byId("console-asked").replaceChildren(
    element("option", { attributes: { value: "" } }, "asked before…"),
    ...asked.map((text) => element("option", { attributes: { value: text } }, text.slice(0, 80)))
  )
}

const setRunning = (abort) => {
  running = abort
  byId("console-cancel").hidden = abort === undefined
  for (const id of ["console-run", "console-csv"]) byId(id).disabled = abort !== undefined
}

/** Runs one query at a time; one that is cancelled is ended on the server, too. */
const asking = async (run) => {
  if (running !== undefined) return undefined
  const abort = new AbortController()
  setRunning(abort)
  byId("console-about").textContent = "asking…"
  try {
    const query = queryOf()
    const answer = await askIn("console-problem", () => run(query, abort.signal))
    if (answer === undefined) byId("console-about").textContent = ""
    else remember(query)
    if (abort.signal.aborted) sayProblem(byId("console-problem"), "Cancelled.")
    return answer
  } finally {
    setRunning(undefined)
  }
}

const truncations = {
  rows: "There are more rows than were asked for.",
  bytes: "There are more rows than go into one answer."
}

const cell = (value) =>
  value === null
    ? element("td", { class: "quiet" }, "null")
    : element("td", { class: "pattern" }, String(value))

const draw = ({ columns, rows, seconds, standsFor, truncated }) => {
  const count = `${rows.length.toLocaleString()} ${rows.length === 1 ? "row" : "rows"}`
  const took = `${count} in ${seconds.toFixed(3)} s`
  const stands = standsFor === null ? "" : `, as of event ${standsFor.toLocaleString()}`
  byId("console-about").textContent = `${took}${stands}. ${truncations[truncated] ?? ""}`
  byId("console-head").replaceChildren(...columns.map((name) => element("th", {}, name)))
  byId("console-rows").replaceChildren(...rows.map((row) => element("tr", {}, ...row.map(cell))))
}

const run = async () => {
  const answer = await asking((query, signal) => post("/v1/query", query, signal))
  if (answer !== undefined) draw(answer)
}

const save = async () => {
  const answer = await asking((query, signal) => postForText("/v1/query.csv", query, signal))
  if (answer === undefined) return
  const truncated = answer.headers.get("wadjet-truncated")
  byId("console-about").textContent = `Saved. ${truncations[truncated] ?? ""}`
  const url = URL.createObjectURL(new Blob([answer.text], { type: "text/csv" }))
  element("a", { attributes: { href: url, download: "wadjet-query.csv" } }).click()
  URL.revokeObjectURL(url)
}

const showTables = async () => {
  byId("console-sql").value = tables
  byId("console-params").value = ""
  byId("console-explain").checked = false
  await run()
}

const area = (id, attributes) =>
  element("textarea", { attributes: { id, spellcheck: "false", ...attributes } })

const form = () => {
  const submit = element(
    "button",
    { class: "strong", attributes: { id: "console-run", type: "submit" } },
    "Ask"
  )
  const cancel = button("Cancel", () => running?.abort())
  cancel.id = "console-cancel"
  cancel.hidden = true
  const csv = button("Save as CSV", save)
  csv.id = "console-csv"
  const before = choice("console-asked", [["", "asked before…"]])
  before.setAttribute("aria-label", "Asked before")
  before.addEventListener("change", () => {
    if (before.value !== "") byId("console-sql").value = before.value
    before.value = ""
  })
  const made = element(
    "form",
    { class: "override-form console-form", attributes: { id: "console-form", autocomplete: "off" } },
    labelled(
      "Query",
      area("console-sql", {
        rows: "5",
        required: "",
        placeholder: "select level, count(*) from verdicts group by level"
      }),
      "wide"
    ),
    labelled("Values for ?, one a line", area("console-params", { rows: "2" })),
    labelled(
      "Rows",
      choice(
        "console-limit",
        [100, 1_000, 10_000].map((rows) => [String(rows), rows.toLocaleString()])
      )
    ),
    labelled("say how it would go about it", input("console-explain", { type: "checkbox" }), "check"),
    submit,
    cancel,
    csv,
    button("Tables", showTables),
    before
  )
  made.addEventListener("submit", (event) => {
    event.preventDefault()
    void run()
  })
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    made.requestSubmit()
  })
  return made
}

/** Makes the view. */
export const startConsole = () => {
  byId("console").append(
    element(
      "section",
      { class: "card", attributes: { "aria-labelledby": "console-title" } },
      element("h2", { attributes: { id: "console-title" } }, "Ask the read models"),
      element(
        "p",
        { class: "quiet" },
        "One query in SQLite's SQL, which can only read, for ten seconds at most. Words and names are sealed there. That you asked is noted, and not what."
      ),
      form(),
      problemPlace("console-problem"),
      element("p", { class: "quiet", attributes: { id: "console-about", role: "status" } }),
      element(
        "div",
        { class: "table", attributes: { tabindex: "0", role: "region", "aria-label": "Result" } },
        element(
          "table",
          { attributes: { id: "console-table" } },
          element("thead", {}, element("tr", { attributes: { id: "console-head" } })),
          element("tbody", { attributes: { id: "console-rows" } })
        )
      )
    )
  )
}
