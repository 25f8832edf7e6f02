/** Which sources are asked about links, and what would turn on the others. */
import { Effect } from "effect"
import { knownSources } from "../../scan/sources/known-sources.ts"
import { askingOf } from "../from-config.ts"
import { check, ok, warn } from "./finding.ts"

const feedsWords = (feeds: ReadonlyArray<{ readonly name: string }>): string =>
  feeds.length === 0 ? "no list on this machine" : `lists: ${feeds.map(({ name }) => name).join(", ")}`

/** A source that is off is no fault; nobody to ask at all is worth a word. */
export const linkSources = check("sources", ({ config }) => {
  const { expand, feeds, sources } = askingOf(config)
  const made = knownSources.map((known) => ({ ...known, isOn: known.make(sources, {}) !== undefined }))
  const on = made.filter(({ isOn }) => isOn).map(({ title }) => title)
  const off = made.filter(({ isOn }) => !isOn).map(({ setting, title }) => `${title} (${setting})`)
  const asked = [...(expand ? ["where links lead, and the page there"] : []), ...on]
  const found = [
    feedsWords(feeds),
    asked.length === 0 ? "nobody is asked" : `asked: ${asked.join(", ")}`,
    ...(off.length === 0 ? [] : [`not asked: ${off.join(", ")}`])
  ].join("; ")
  return Effect.succeed(
    asked.length === 0 && feeds.length === 0
      ? warn(
          found,
          "What a link's own letters give away is all that is known. docs/reference/sources.md says more."
        )
      : ok(found)
  )
})
