/** The scans that the verdict actor keeps: the newest of each link, without what it found. */
import type { LinkId } from "../../contracts/ids.ts"
import { compareLevels, Level } from "../../contracts/level.ts"
import { packing, unpacking } from "../../infra/actor/packing.ts"
import { type Kept, markOf, type Records } from "../../infra/actor/records.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import type { Scan } from "./model.ts"

const levels = Level.literals

const scans: Records<Scan> = {
  kind: 1,
  pack: ({ level, link, ruleSet, sequence, validUntil }) => {
    const to = packing()
    to.hash(link)
    to.byte(levels.indexOf(level))
    to.count(sequence)
    to.count(validUntil)
    to.text(ruleSet)
    return to.done()
  },
  unpack: (bytes) => {
    const from = unpacking(bytes)
    return {
      link: from.hash<LinkId>(),
      level: levels[from.byte()]!,
      sequence: from.count(),
      validUntil: from.count(),
      ruleSet: from.text()
    }
  }
}

const keptOf = (state: StateReader, link: LinkId): Kept<Scan> | undefined =>
  state.find(scans, markOf(link)).find(({ value }) => value.link === link)

/** The newest scan of a link. */
export const scanOf = (state: StateReader, link: LinkId): Scan | undefined => keptOf(state, link)?.value

/**
 * Remembers a scan in place of an earlier one, and answers whether it is the newer one. What an earlier one
 * promised holds on: a replica of the scanner that knows only that one passes the link over for as long. A partial
 * scan takes the place of none that found worse, which answers in its stead until all have been heard.
 */
export const putScan = (state: State, scan: Scan, isPartial = false): boolean => {
  const known = keptOf(state, scan.link)
  if (known === undefined) {
    state.add(scans, scan, [markOf(scan.link)])
    return true
  }
  if (known.value.sequence >= scan.sequence) return false
  const answers = isPartial && compareLevels(scan.level, known.value.level) < 0 ? known.value : scan
  state.change(scans, known.id, {
    ...answers,
    validUntil: Math.max(scan.validUntil, known.value.validUntil)
  })
  return true
}
