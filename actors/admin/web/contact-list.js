/** The people whom jobs may name: found, added, imported from a file, tagged, opted out, removed. */
import { post, put, remove } from "./api.js"
import { askIn, button, input, labelled, problemPlace, table } from "./asking.js"
import { byId, element } from "./dom.js"
import { pagedList } from "./paged-list.js"
import { isShown } from "./views.js"

const problem = "contacts-problem"

const list = pagedList({
  name: "contacts",
  path: "/v1/contacts",
  wanted: () => ({ text: byId("contacts-search").value.trim() }),
  draw: (rows) => draw(rows)
})

/** Reads the list anew, once the read models hold a sequence. */
export const refreshContacts = async (after) => {
  if (isShown("contacts")) await list.load(after)
}

const changing = (run) => async () => {
  const placed = await askIn(problem, run)
  if (placed !== undefined) await list.load(placed.sequence)
}

const wordsOf = (text) => [
  ...new Set(
    text
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "")
  )
]

/** Tags are changed where they stand, and saved when the field is left or Enter is pressed in it. */
const tagsField = ({ card, contact }) => {
  const field = input(`tags-${contact}`, {
    "aria-label": `Tags of ${card.name}`,
    placeholder: "family, work"
  })
  field.value = card.tags.join(", ")
  field.addEventListener(
    "change",
    () => void changing(() => put(`/v1/contacts/${contact}`, { ...card, tags: wordsOf(field.value) }))()
  )
  return field
}

const row = (it) => {
  const { card, contact, optedOut } = it
  const name = card?.name ?? "(forgotten)"
  const path = `/v1/contacts/${contact}`
  return element(
    "tr",
    { data: { contact } },
    element("td", {}, name, card?.favourite === true ? " ★" : undefined),
    element("td", { class: "pattern" }, card?.number ?? ""),
    element("td", {}, card === null ? undefined : tagsField(it)),
    element(
      "td",
      {},
      optedOut ? "wants nothing " : "",
      button(
        optedOut ? "Opt in" : "Opt out",
        changing(() => put(`${path}/opt-out`, { out: !optedOut })),
        name
      )
    ),
    element(
      "td",
      {},
      button(
        "Remove",
        changing(() => remove(path)),
        name
      )
    )
  )
}

/** Nobody loses what they type because something else happened. */
const isTyping = () => {
  const field = document.activeElement
  return field?.matches("#contacts-rows input") === true && field.value !== field.defaultValue
}

const draw = (rows) => {
  if (isTyping()) return
  byId("contacts-rows").replaceChildren(...rows.map(row))
  for (const field of byId("contacts-rows").querySelectorAll("input")) field.defaultValue = field.value
}

const valueOf = (id) => byId(id).value.trim()

const add = async (event) => {
  event.preventDefault()
  const placed = await askIn("contact-problem", () =>
    post("/v1/contacts", {
      name: valueOf("contact-name"),
      number: valueOf("contact-number").replaceAll(/[\s()./-]/g, ""),
      tags: wordsOf(valueOf("contact-tags"))
    })
  )
  if (placed === undefined) return
  for (const id of ["contact-name", "contact-number", "contact-tags"]) byId(id).value = ""
  await list.load(placed.sequence)
}

const saidOf = ({ added, clipped, completed, left, leftCount, unchanged }) => [
  `${added} added, ${completed} completed, ${unchanged} there already, ${leftCount} left out.`,
  ...left.map(({ line, reason }) => `Line ${line}: ${reason}`),
  ...clipped.map((number) => `${number}: there is no room for all of their aliases, tags and notes`)
]

const takeFile = async (event) => {
  const [file] = event.target.files
  if (file === undefined) return
  const text = await file.text()
  event.target.value = ""
  const region = valueOf("contacts-region")
  const answer = await askIn(problem, () =>
    post("/v1/contacts/import-file", { text, ...(region === "" ? {} : { region }) })
  )
  byId("contacts-imported").replaceChildren(
    ...(answer === undefined ? [] : saidOf(answer).map((line) => element("span", { class: "line" }, line)))
  )
  if (answer !== undefined) await list.load(answer.sequence)
}

const form = () =>
  element(
    "form",
    {
      class: "override-form",
      attributes: { autocomplete: "off" },
      on: { submit: (event) => void add(event) }
    },
    labelled("Who it is", input("contact-name", { required: "", maxlength: "200" })),
    labelled(
      "Their number",
      input("contact-number", { type: "tel", required: "", placeholder: "+49 170 0000000" })
    ),
    labelled("Their tags", input("contact-tags", { placeholder: "family, work" })),
    element("button", { class: "strong", attributes: { type: "submit" } }, "Add")
  )

const tools = () => {
  const search = input("contacts-search", {
    type: "search",
    spellcheck: "false",
    placeholder: "name, number, tag or note"
  })
  search.addEventListener("input", () => void list.load())
  const file = input("contacts-file", { type: "file", accept: ".csv,.vcf,.json,text/csv,text/vcard" })
  file.addEventListener("change", (event) => void takeFile(event))
  return element(
    "div",
    { class: "override-form" },
    labelled("Find", search, "wide"),
    labelled("Import a CSV or vCard file", file),
    labelled(
      "Country of numbers without one",
      input("contacts-region", { size: "4", maxlength: "2", placeholder: "DE" })
    )
  )
}

const card = (id, title, ...children) =>
  element(
    "section",
    { class: "card", attributes: { "aria-labelledby": id } },
    element("h2", { attributes: { id } }, title),
    ...children
  )

/** Makes what the view shows. */
export const startContacts = () => {
  const more = button("More", list.more)
  more.id = "contacts-more"
  byId("contacts").replaceChildren(
    card("contact-title", "Add somebody", form(), problemPlace("contact-problem")),
    card(
      "contacts-title",
      "Contacts",
      tools(),
      element("p", { class: "quiet lines", attributes: { id: "contacts-imported", role: "status" } }),
      problemPlace(problem),
      table("contacts-rows", ["Name", "Number", "Tags", "Scheduled messages", ""]),
      element("p", { class: "empty", attributes: { id: "contacts-empty" } }, "There is nobody yet."),
      more
    )
  )
}
