/** What was acknowledged is obeyed by every later decision: what is left of a chat whose treatment changes. */
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { ringsPhones, speaksUp } from "../actors/verdict/speaks-up.ts"
import type { Posted } from "./laws.ts"

export interface PolicyEvidence {
  readonly events: ReadonlyArray<AnyRecorded>
  /** Posted after it was acknowledged that it is not read, and before it was read again. */
  readonly withheld: ReadonlyArray<Posted>
  /** Posted after it was acknowledged that its link is denied. */
  readonly denied: ReadonlyArray<Posted>
}

/** What holds in a chat at a place of the log. */
interface Force {
  isMuted: boolean
  isOff: boolean
  consents: boolean
  readonly out: Set<string>
}

const unread = ({ events, withheld }: PolicyEvidence): ReadonlyArray<string> => {
  const received = new Set(
    events.flatMap((event) => (event.type === "message.received" ? [event.data.message as string] : []))
  )
  return withheld
    .filter(({ message }) => received.has(message))
    .map(({ message }) => `${message} was kept although it was acknowledged that it is not read`)
}

const denied = ({ denied, events }: PolicyEvidence): ReadonlyArray<string> => {
  const judged = new Map<string, boolean>()
  for (const event of events) {
    if (event.type !== "verdict.decided" && event.type !== "verdict.suppressed") continue
    const isDenied = event.data.level === "malicious" && event.data.basis.override !== undefined
    judged.set(`${event.data.message}/${event.data.link}`, isDenied)
  }
  return denied.flatMap(({ links, message }) =>
    links
      .filter((link) => judged.get(`${message}/${link}`) !== true)
      .map((link) => `${link} of ${message} was not held to be dangerous although it was denied before`)
  )
}

/** Says nothing new and nothing worse where the last word of the log before it is that nothing may be said. */
const silent = ({ events }: PolicyEvidence): ReadonlyArray<string> => {
  const chats = new Map<string, Force>()
  const forceIn = (chat: string): Force => {
    const known = chats.get(chat) ?? { isMuted: false, isOff: false, consents: true, out: new Set() }
    chats.set(chat, known)
    return known
  }
  const breaches: Array<string> = []
  for (const event of events)
    switch (event.type) {
      case "policy.muted":
      case "policy.unmuted":
        forceIn(event.data.chat).isMuted = event.type === "policy.muted"
        break
      case "policy.consent-given":
      case "policy.consent-withdrawn":
        forceIn(event.data.chat).consents = event.type === "policy.consent-given"
        break
      case "policy.opted-out":
        forceIn(event.data.chat).out.add(event.data.person)
        break
      case "policy.opted-in":
        forceIn(event.data.chat).out.delete(event.data.person)
        break
      case "policy.settings-changed":
        if (event.data.chat !== undefined)
          forceIn(event.data.chat).isOff = event.data.settings.enabled === false
        break
      case "verdict.decided":
      case "verdict.revised":
      case "verdict.summarised": {
        const { consents, isMuted, isOff, out } = forceIn(event.data.chat)
        const isOut = "sender" in event.data && out.has(event.data.sender)
        const why = isOff ? "off" : consents ? undefined : "without consent"
        const reason = why ?? (isOut ? "opted out" : undefined)
        if (reason === undefined ? isMuted && ringsPhones(event) : speaksUp(event))
          breaches.push(`the ${event.type} at ${event.sequence} speaks, and it is ${reason ?? "muted"}`)
        break
      }
    }
  return breaches
}

/** Each command is answered once. */
const answered = ({ events }: PolicyEvidence): ReadonlyArray<string> => {
  const times = new Map<string, number>()
  for (const event of events)
    if (event.type === "policy.command-answered")
      times.set(event.data.message, (times.get(event.data.message) ?? 0) + 1)
  return events.flatMap((event) => {
    if (event.type !== "message.received" || event.data.command === undefined) return []
    const count = times.get(event.data.message) ?? 0
    return count === 1 ? [] : [`the command ${event.data.message} was answered ${count} times`]
  })
}

export const policyBreachesOf = (evidence: PolicyEvidence): ReadonlyArray<string> => [
  ...unread(evidence),
  ...denied(evidence),
  ...silent(evidence),
  ...answered(evidence)
]

/** Whether every command is answered. */
export const isPolicySettled = (events: ReadonlyArray<AnyRecorded>): boolean =>
  answered({ events, withheld: [], denied: [] }).length === 0
