/**
 * The other side as the members of a chat see it: what the server does with what is written to it, by its own
 * clock, and what stands in the chat after that. It keeps what it was given, and knows nothing of facts.
 */
import type { WireMessage } from "../../../actors/whatsapp/gateway.ts"

const minute = 60_000
const hour = 60 * minute

/** What the server takes: edits for fifteen minutes, deletions for two days. */
export const editsTakenMillis = 15 * minute
export const revokesTakenMillis = 48 * hour
/** How much younger a message may be that is held to be too old to be deleted: the margin for clocks, twice. */
const marginMillis = 2 * hour

/** A notice that stands in a chat. */
export interface Shown {
  readonly whatsApp: string
  readonly text: string
  /** When the server took it, by its own clock. */
  readonly at: number
  readonly isReaction: boolean
  /** It cannot be taken back any more, or the server refused to. */
  readonly stays: boolean
}

export interface Receiver {
  /** Takes what was written: `undefined`, or why it is refused for good. */
  readonly take: (message: WireMessage) => string | undefined
  readonly has: (whatsApp: string) => boolean
  /** Refuses for good, whatever the clock says. */
  readonly refuse: (message: WireMessage) => string
  /** What stands, of what belongs to a subject. */
  readonly shown: (subject: string) => ReadonlyArray<Shown>
  /** Every moment at which two notices about one subject stood side by side though one could be taken back. */
  readonly breaches: () => ReadonlyArray<string>
}

/**
 * `subjectOf` says what a message is about, of which one notice may stand; `undefined` where any number may.
 * A reaction that speaks of several subjects may stand for another one. Reactions to one message take the place of each other.
 */
export const makeReceiver = (
  serverNow: () => number,
  subjectOf: (message: WireMessage) => string | undefined,
  speaksOfSeveral: (whatsApp: string) => boolean = () => false
): Receiver => {
  const taken = new Set<string>()
  const places = new Map<string, Map<string, Shown>>()
  const breaches: Array<string> = []

  const placeOf = (message: WireMessage) => {
    const subject = subjectOf(message) ?? `alone ${message.whatsApp}`
    const place = places.get(subject) ?? new Map<string, Shown>()
    places.set(subject, place)
    return { subject, place }
  }

  /** A reaction stands under the message that it is a reaction to. */
  const nameOf = ({ quotes, whatsApp, wire }: WireMessage) => (wire === "text" ? whatsApp : `on ${quotes}`)

  const stays = (it: Shown) =>
    it.stays || (!it.isReaction && serverNow() - it.at >= revokesTakenMillis - marginMillis)

  const show = (message: WireMessage) => {
    const { place, subject } = placeOf(message)
    const name = nameOf(message)
    for (const [other, it] of place)
      if (other !== name && !stays(it) && !(it.isReaction && speaksOfSeveral(it.whatsApp)))
        breaches.push(`law 2: ${message.whatsApp} stands beside ${it.whatsApp} about ${subject}`)
    const { text, whatsApp, wire } = message
    if (wire === "reaction") dropReaction(name)
    place.set(name, { whatsApp, text, at: serverNow(), isReaction: wire === "reaction", stays: false })
  }

  /** An account has one reaction on a message, whatever it is about. */
  const dropReaction = (name: string) => {
    for (const place of places.values()) if (place.get(name)?.isReaction === true) place.delete(name)
  }

  const refuse = (message: WireMessage): string => {
    const { place } = placeOf(message)
    const name = message.wire === "unreact" ? nameOf(message) : message.target!
    const it = place.get(name)
    if (it !== undefined && message.wire !== "edit") place.set(name, { ...it, stays: true })
    return `the ${message.wire} of ${name} is refused`
  }

  const change = (message: WireMessage): string | undefined => {
    const { place } = placeOf(message)
    const it = place.get(message.target!)
    if (it === undefined) return message.wire === "edit" ? refuse(message) : undefined
    const age = serverNow() - it.at
    if (age > (message.wire === "edit" ? editsTakenMillis : revokesTakenMillis)) return refuse(message)
    if (message.wire === "edit") place.set(message.target!, { ...it, text: message.text })
    else place.delete(message.target!)
    return undefined
  }

  return {
    take: (message) => {
      // What comes again under the same id is shown once.
      if (taken.has(message.whatsApp)) return undefined
      if (message.wire === "edit" || message.wire === "revoke") {
        const refusal = change(message)
        if (refusal !== undefined) return refusal
      } else if (message.wire === "unreact") dropReaction(nameOf(message))
      else show(message)
      taken.add(message.whatsApp)
      return undefined
    },
    has: (whatsApp) => taken.has(whatsApp),
    refuse,
    shown: (subject) => [...(places.get(subject)?.values() ?? [])].map((it) => ({ ...it, stays: stays(it) })),
    breaches: () => breaches
  }
}
