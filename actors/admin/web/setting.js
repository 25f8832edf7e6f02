/** One setting in a list: its value, where that comes from, and a field to change it. */
import { element } from "./dom.js"

const sources = { "built-in": "built in", "all-chats": "all chats", "this-chat": "this chat" }

const button = (label, run, more = {}) =>
  element(
    "button",
    { class: "plain", attributes: { type: "button", ...more }, on: { click: () => void run() } },
    label
  )

/**
 * A row of the list. `own` is the source that the place at hand can change, `change` sets a value there (`null` for
 * none) and answers with the problem, if there is one.
 */
export const settingRow = ({ about, accepts, name, source, value }, own, change) => {
  const id = `setting-${name}`
  const field = element("input", {
    attributes: {
      id,
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": `${id}-about`
    }
  })
  field.value = value
  const problem = element("p", { class: "problem", attributes: { role: "alert" } })
  problem.hidden = true
  const set = async (wanted) => {
    const found = await change({ [name]: wanted })
    problem.textContent = found ?? ""
    problem.hidden = found === undefined
  }
  const form = element(
    "form",
    {
      class: "setting-form",
      on: {
        submit: (event) => {
          event.preventDefault()
          void set(field.value)
        }
      }
    },
    field,
    element("button", { class: "plain", attributes: { type: "submit", "aria-label": `Set ${name}` } }, "Set"),
    source === own
      ? button("Unset", () => set(null), { "aria-label": `Unset ${name}`, title: "As it is elsewhere" })
      : undefined
  )
  return element(
    "li",
    { data: { setting: name, source } },
    element("label", { attributes: { for: id } }, name),
    element("span", { class: "source", data: { source } }, sources[source]),
    form,
    element("p", { class: "quiet", attributes: { id: `${id}-about` } }, `${about} Accepts ${accepts}.`),
    problem
  )
}
