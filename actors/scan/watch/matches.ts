/** Which links lists say something else of by now than when they were looked at last. */
import { Effect } from "effect"
import type { LinkId } from "../../../contracts/ids.ts"
import type { Self } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import type { Lists } from "../lists.ts"
import { isListedAnew } from "./anew.ts"
import { postedBetween, watchedOn } from "./kept.ts"
import { knownOf, type Published } from "./known.ts"
import { erasures } from "./origins.ts"
import type { Reading } from "./reading.ts"
import { isHeld, type Watched } from "./watched.ts"

/** Links opened side by side, each a few milliseconds of the log. */
const sideBySide = 8
/** Clocks differ, and a message whose ids were made a moment ago may be on its way. */
const marginMillis = 600_000
/** Links are opened so many at a time; what others have to do goes between. */
const linksAtOnce = 200

/** Links in groups of about the same size. */
function* grouped(groups: Iterable<ReadonlyArray<Watched>>): Generator<ReadonlyArray<Watched>> {
  let group: Array<Watched> = []
  for (const links of groups) {
    group.push(...links)
    if (group.length < linksAtOnce) continue
    yield group
    group = []
  }
  yield group
}

/** Every watched link, for where it is not known what was told before. */
export const everyLink = (state: StateReader, now: number) => postedBetween(state, 0, now + marginMillis)

/**
 * Links that something new on a list may concern: those that it names, those that were posted while it was read, and
 * those from before the last erasure, whose ids nobody can make.
 */
export function* concerned(
  state: StateReader,
  reading: Reading,
  now: number
): Generator<ReadonlyArray<Watched>> {
  for (const token of reading.tokens) yield watchedOn(state, token).map(({ value }) => value)
  const { at, upTo } = reading.watching
  for (const links of postedBetween(state, at - marginMillis, now + marginMillis))
    yield links.filter(({ posted }) => posted > upTo)
  const erased = state.get(erasures, "last")
  if (erased !== undefined) yield* postedBetween(state, 0, erased + marginMillis)
}

/** Those of them that are held, and of which lists say something else now. What is asked for already is not again. */
export const matchesAmong = Effect.fnUntraced(function* (
  self: Pick<Self<Published>, "event">,
  groups: Iterable<ReadonlyArray<Watched>>,
  lists: Lists
) {
  const links = new Set<LinkId>()
  const seen = new Set<LinkId>()
  for (const group of grouped(groups)) {
    const some = group.filter((it) => isHeld(it) && it.matched === undefined && !seen.has(it.link))
    for (const { link } of some) seen.add(link)
    yield* Effect.forEach(
      some,
      (watched) =>
        Effect.map(knownOf(self, watched), (known) => {
          if (known !== undefined && isListedAnew(known, lists)) links.add(watched.link)
        }),
      { concurrency: sideBySide, discard: true }
    )
    yield* Effect.yieldNow
  }
  return [...links]
})
