/** The scanner's second look: what the outside says of a link whose first result is in the log. */
import { Clock, Effect, Semaphore } from "effect"
import { compareLevels } from "../../contracts/level.ts"
import { linkSighting } from "../../contracts/link/link-sighting.ts"
import { type Found, ScanCompleted, type WeighedEvidence } from "../../contracts/scan.ts"
import { worker } from "../../infra/actor/worker.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { combined } from "./both-ends.ts"
import { builtInBrands } from "./brand-index.ts"
import { type Evidence, evidenceName } from "./evidence.ts"
import { type Lists, noLists } from "./lists.ts"
import type { Outlook, Outside } from "./outside.ts"
import type { RecentScans } from "./recent-scans.ts"
import { resultOf, type Scanned } from "./result.ts"
import { score } from "./rules/rule-set.ts"
import { wadjet } from "./rules/wadjet.ts"

/**
 * Links looked at side by side: they wait for servers that answer slowly or not at all. At 20 links a second each may
 * take six seconds.
 */
const concurrency = 128

/**
 * Declares it. It has a place of its own in the log, so that slow servers keep no other link waiting for its first
 * result, and a link whose second look was cut short is looked at again.
 */
export const makeOutsideScan = (
  outside: Outside,
  recent: RecentScans,
  lists: Lists = noLists,
  brands = builtInBrands()
) =>
  worker({
    name: "scan",
    durable: "scan-outside",
    listens: [ScanCompleted],
    publishes: [ScanCompleted],
    concurrency,
    // Who asks servers that answer after some hundred milliseconds can wait for a verdict.
    unhurried: true,
    handle: Effect.fnUntraced(function* (event, self) {
      const { awaits = [], chat, link, missing, sender } = event.data
      if (awaits.length === 0) return
      const keyring = yield* Keyring
      const found = keyring.open<Found>(event.data.found)
      // Forgotten meanwhile: there is nothing left to look at.
      if (found === null) return
      const before = evidenceOf(event.data.evidence, found).filter(({ source }) => source !== "feed")
      // A list may have changed meanwhile: it is asked whenever something is said.
      const own = () => [...before, ...lists.lookUp(found.url)]
      const of = {
        link,
        url: found.url,
        ...(chat === undefined ? {} : { chat }),
        ...(sender === undefined ? {} : { sender })
      }
      const oneAtATime = yield* Semaphore.make(1)
      let said = { sequence: event.sequence, level: event.data.level }
      const say = Effect.fnUntraced(function* (part: string, scanned: Omit<Scanned, keyof typeof of>) {
        const fact = resultOf({ ...of, ...scanned, revises: said.sequence }, yield* Clock.currentTimeMillis)
        const { sequence } = yield* self.append(`${part}:${link}`, fact)
        said = { sequence, level: fact.data.level }
        recent.remember(link, { sequence, validUntil: fact.data.validUntil, looked: true })
      })

      const heard: Array<Evidence> = []
      /** What makes it worse is told at once; the rest waits for the end. */
      const hear = Effect.fnUntraced(function* (evidence: ReadonlyArray<Evidence>) {
        heard.push(...evidence)
        const soFar = combined(own(), { evidence: heard, missing: [] })
        const { level } = score(wadjet, soFar)
        if (compareLevels(level, said.level) > 0) yield* say(`outside-${level}`, { evidence: soFar, missing })
      })

      /** A list may name the place that it leads to, too, at any time from here on. */
      const endIn = ({ end }: Outlook) => {
        const owners = [chat, sender].filter((owner) => owner !== undefined)
        return end === undefined ? {} : { end: linkSighting(keyring.linkKeys(owners).current, end) }
      }
      const resultWith = (outlook: Outlook) => ({
        evidence: combined(own(), outlook, lists, brands),
        missing: [...missing.filter(({ source }) => !awaits.includes(source)), ...outlook.missing],
        ...(outlook.hops === undefined ? {} : { hops: outlook.hops }),
        ...endIn(outlook)
      })
      let inTime: ReadonlySet<string> | undefined
      const saySoFar = Effect.fnUntraced(function* (outlook: Outlook) {
        const result = resultWith(outlook)
        yield* say("outside-so-far", result)
        inTime = new Set(result.evidence.map(evidenceName))
      })

      const outlook = yield* outside.look(
        found.url,
        (evidence) => oneAtATime.withPermit(hear(evidence)),
        undefined,
        (outlook) => oneAtATime.withPermit(saySoFar(outlook))
      )
      const result = resultWith(outlook)
      // That nothing came of waiting longer changes no result.
      if (inTime !== undefined && result.evidence.every((each) => inTime?.has(evidenceName(each)))) return
      yield* say("outside", result)
    })
  })

/** The evidence of a recorded result, with its words. */
const evidenceOf = (evidence: ReadonlyArray<WeighedEvidence>, { details }: Found): ReadonlyArray<Evidence> =>
  evidence.map(({ kind, source }, at) => {
    const detail = details[at] ?? null
    return detail === null ? { source, kind } : { source, kind, detail }
  })
