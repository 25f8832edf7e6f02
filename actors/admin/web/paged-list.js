/** A list that is read page by page, and anew whenever something of it may have changed. */
import { get } from "./api.js"
import { askIn } from "./asking.js"
import { byId } from "./dom.js"

/** Rows of a page; the rest is asked for. */
const pageRows = 50

const queryOf = (wanted) =>
  new URLSearchParams(
    Object.entries(wanted)
      .filter(([, value]) => value !== undefined && value !== "")
      .map(([key, value]) => [key, String(value)])
  )

/**
 * The list at `path`, whose parts on the page begin with `name`. `wanted` says what is looked for; `draw` shows all rows
 * that were read so far.
 *
 * The newest question counts: an older answer that comes later is dropped. What that one waited for the newest waits
 * for too, or it could be answered from before it, and nothing would be asked again.
 */
export const pagedList = ({ draw, name, path, wanted = () => ({}) }) => {
  let rows = []
  let next = null
  let questions = 0
  let awaited = 0

  const ask = async (cursor, after = 0) => {
    questions += 1
    const mine = questions
    awaited = Math.max(awaited, after)
    const query = queryOf({
      limit: pageRows,
      ...wanted(),
      cursor,
      after: awaited === 0 ? undefined : awaited
    })
    const answer = await askIn(`${name}-problem`, () => get(`${path}?${query}`))
    if (mine !== questions) return
    awaited = 0
    if (answer === undefined) return
    rows = cursor === undefined ? answer.items : [...rows, ...answer.items]
    next = answer.next
    byId(`${name}-empty`).hidden = rows.length > 0
    byId(`${name}-more`).hidden = next === null
    await draw(rows)
  }

  return {
    /** Reads it anew, once the read models hold a sequence; 0 or left out, as they are. */
    load: (after) => ask(undefined, after),
    more: () => ask(next),
    rows: () => rows
  }
}
