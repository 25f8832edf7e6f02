/**
 * What the scanner had not done at the end of a copy: messages with a link of which no result was there, and results
 * that still waited for the outside. They are handed to it again; nothing else is, for it begins behind what was
 * restored.
 */
import type { AnyRecorded, RecordedOf } from "../../../contracts/catalogue.ts"
import { eventId, type LinkId } from "../../../contracts/ids.ts"

type Posted = RecordedOf<"message.received" | "message.edited">

/** Of a link id's 40 digits: enough to tell millions of links apart, and a number, which takes little memory. */
const digits = 12
const numberOf = (link: LinkId): number => Number.parseInt(link.slice(0, digits), 16)

interface Input {
  readonly sequence: number
  readonly links: Set<number>
}

export interface Unscanned {
  readonly take: (event: AnyRecorded) => void
  /** The sequences of what was not done. */
  readonly inputs: () => ReadonlyArray<number>
}

/** The facts by which the second look at a link says that it is over. */
const lastWords = ({ data, id }: RecordedOf<"scan.completed">): ReadonlyArray<string> =>
  ["outside", "outside-so-far"].map((part) => eventId(id, "scan", `${part}:${data.link}`))

export const makeUnscanned = (): Unscanned => {
  /** Until when the newest result of a link is valid. */
  const valid = new Map<number, number>()
  const inputs = new Map<string, Input>()
  /** The inputs that wait for a link. */
  const waiting = new Map<number, Set<string>>()
  /** Looks at the outside that are not over, by what ends them. */
  const looks = new Map<string, number>()
  const parked = new Set<number>()

  const posted = ({ data, id, sequence, time }: Posted) => {
    const again = "command" in data && data.command === "rescan"
    const links = new Set(
      data.links.map(({ link }) => numberOf(link)).filter((link) => again || (valid.get(link) ?? 0) <= time)
    )
    if (links.size === 0) return
    inputs.set(id, { sequence, links })
    for (const link of links) {
      const ids = waiting.get(link) ?? new Set()
      waiting.set(link, ids.add(id))
    }
  }

  const scanned = (event: RecordedOf<"scan.completed">) => {
    const { awaits = [], link, validUntil } = event.data
    const number = numberOf(link)
    valid.set(number, Math.max(validUntil, valid.get(number) ?? 0))
    for (const id of waiting.get(number) ?? []) {
      const input = inputs.get(id)
      input?.links.delete(number)
      if (input?.links.size === 0) inputs.delete(id)
    }
    waiting.delete(number)
    looks.delete(event.id)
    if (awaits.length > 0) for (const id of lastWords(event)) looks.set(id, event.sequence)
  }

  /** What a person has to look at, or has passed over, is not handed out; what was to be handled again is. */
  const decided = ({ data, type }: RecordedOf<"actor.parked" | "actor.unparked">) => {
    if (data.actor !== "scan") return
    if (type === "actor.parked") parked.add(data.sequence)
    else if (data.decision === "retry") parked.delete(data.sequence)
  }

  return {
    take: (event) => {
      if (event.type === "message.received" || event.type === "message.edited") posted(event)
      if (event.type === "scan.completed") scanned(event)
      if (event.type === "actor.parked" || event.type === "actor.unparked") decided(event)
    },
    inputs: () => {
      // Either of its two last words ends a look, so that one with both still open is not over.
      const open = Map.groupBy(looks.values(), (sequence) => sequence)
      const unlooked = [...open].flatMap(([sequence, ends]) => (ends.length === 2 ? [sequence] : []))
      return [...[...inputs.values()].map(({ sequence }) => sequence), ...unlooked]
        .filter((sequence) => !parked.has(sequence))
        .toSorted((a, b) => a - b)
    }
  }
}
