/** Asking for something from a part of the page, and saying there what was refused. */
import { Problem } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"

/** Runs, and answers with what came of it; what the server refused is said in a place of that id. */
export const askIn = async (place, run) => {
  try {
    const answer = await run()
    sayProblem(byId(place))
    return answer
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    sayProblem(byId(place), error.message)
    return undefined
  }
}

/** A button that says what it does, also to whoever does not see the row it stands in. */
export const button = (label, run, about) =>
  element(
    "button",
    {
      class: "plain",
      attributes: { type: "button", ...(about === undefined ? {} : { "aria-label": `${label}: ${about}` }) },
      on: { click: () => void run() }
    },
    label
  )

/** A field with its label around it. */
export const labelled = (label, field, kind) =>
  element("label", kind === undefined ? {} : { class: kind }, label, field)

export const input = (id, attributes = {}) =>
  element("input", { attributes: { id, type: "text", ...attributes } })

/** A choice among values, each with its words. */
export const choice = (id, options) =>
  element(
    "select",
    { attributes: { id } },
    ...options.map(([value, words]) => element("option", { attributes: { value } }, words))
  )

/** A place for a problem, which is announced. */
export const problemPlace = (id) => {
  const place = element("p", { class: "problem", attributes: { id, role: "alert" } })
  place.hidden = true
  return place
}

export const dateAndTime = (millis) => new Date(millis).toLocaleString()

/** A table with a head, whose rows are put in later. */
export const table = (id, heads) =>
  element(
    "div",
    { class: "table" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", {}, head)))),
      element("tbody", { attributes: { id } })
    )
  )
