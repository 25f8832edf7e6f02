/**
 * What overrides promise, applied to what the log holds at rest: every link that stands in a chat has the level
 * that the texts of messages and rules alone give it. Ids change with each erasure; what they mean must not.
 */
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import type { Said } from "../../contracts/message.ts"
import type { OverrideWords } from "../../contracts/policy.ts"

type Of<Name extends AnyRecorded["type"]> = Extract<AnyRecorded, { readonly type: Name }>

/** What the simulation knows beside the log. */
export interface Secrets {
  /** Every link key that was ever in use, the oldest first. */
  readonly linkKeys: ReadonlyArray<Uint8Array>
  readonly open: <T>(sealed: string) => T | null
}

interface Standing {
  readonly chat: string
  readonly message: string
  readonly link: string
  readonly url: string
}

interface Rule {
  readonly event: Of<"policy.override-set">
  readonly pattern: string
  /** Which link key was in use when it was set. */
  readonly era: number
}

/** Links that stand in their messages, and can be read by who has the keys. */
const standingLinks = (log: ReadonlyArray<AnyRecorded>, { open }: Secrets): ReadonlyArray<Standing> => {
  const messages = new Map<string, ReadonlyArray<Standing>>()
  for (const event of log) {
    if (event.type === "message.revoked") messages.set(event.data.message, [])
    if (event.type !== "message.received" && event.type !== "message.edited") continue
    const { chat, message } = event.data
    // An edit may be heard before what it is an edit of, which then says nothing any more.
    if (event.type === "message.received" && messages.has(message)) continue
    const said = open<Said>(event.data.said)
    const urls = new Map((said?.links ?? []).map(({ link, url }) => [link, url]))
    messages.set(
      message,
      [...urls].map(([link, url]) => ({ chat, message, link, url }))
    )
  }
  return [...messages.values()].flat()
}

/** Rules that are in force at the end. */
const rulesInForce = (log: ReadonlyArray<AnyRecorded>, { linkKeys, open }: Secrets): ReadonlyArray<Rule> => {
  const rules = new Map<string, Rule>()
  const eraOf = ({ data }: Rule["event"], pattern: string) =>
    linkKeys.findIndex((key) => linkId(key, pattern) === data.token)
  for (const event of log) {
    if (event.type === "policy.override-removed" || event.type === "policy.override-expired")
      rules.delete(event.data.override)
    if (event.type !== "policy.override-set") continue
    const words = open<typeof OverrideWords.Type>(event.data.words)
    // A chat that was forgotten has no rules left, and nobody posts there any more.
    if (words === null) rules.delete(event.data.override)
    else rules.set(event.data.override, { event, pattern: words.pattern, era: eraOf(event, words.pattern) })
  }
  return [...rules.values()]
}

const specificity = { url: 2, host: 1, domain: 0 } as const

/** The most specific goes first, then the chat's own, then the newest. */
const decisive = (rules: ReadonlyArray<Rule>): Rule | undefined =>
  rules.toSorted(
    (a, b) =>
      specificity[b.event.data.match] - specificity[a.event.data.match] ||
      Number(b.event.data.chat !== undefined) - Number(a.event.data.chat !== undefined) ||
      b.event.sequence - a.event.sequence
  )[0]

/** Patterns of the simulation are canonical. */
const isCovered = (url: string, { event, pattern }: Rule): boolean => {
  const { hostname } = new URL(url)
  if (event.data.match === "url") return url === pattern
  return hostname === pattern || (event.data.match === "domain" && hostname.endsWith(`.${pattern}`))
}

/** Every standing link whose last verdict is not what the rules, or else its scan, give it. */
export const overridesMissed = (log: ReadonlyArray<AnyRecorded>, secrets: Secrets): ReadonlyArray<string> => {
  const rules = rulesInForce(log, secrets)
  const scans = new Map<string, string>()
  const levels = new Map<string, string>()
  /** Of what nobody can be told of any more nothing further is decided. */
  const unheard = new Set<string>()
  for (const event of log) {
    if (event.type === "scan.completed") scans.set(event.data.link, event.data.level)
    if (event.type === "verdict.decided" || event.type === "verdict.suppressed")
      levels.set(`${event.data.message}/${event.data.link}`, event.data.level)
    if (event.type === "verdict.suppressed" && event.data.reason === "message-gone")
      unheard.add(`${event.data.message}/${event.data.link}`)
    if (event.type === "verdict.revised")
      levels.set(`${event.data.message}/${event.data.link}`, event.data.to)
  }
  return standingLinks(log, secrets).flatMap(({ chat, message, link, url }) => {
    const era = secrets.linkKeys.findIndex((key) => linkId(key, url) === link)
    const rule = decisive(
      rules.filter(
        (it) =>
          isCovered(url, it) &&
          (it.event.data.chat ?? chat) === chat &&
          // A rule that was set after an erasure does not reach back to what was posted before it.
          it.era <= era
      )
    )
    const expected =
      rule === undefined ? scans.get(link) : rule.event.data.effect === "deny" ? "malicious" : "benign"
    const found = levels.get(`${message}/${link}`)
    return found === expected || unheard.has(`${message}/${link}`)
      ? []
      : [`overrides: ${url} in ${message} should be ${expected} (${rule?.event.sequence}) and is ${found}`]
  })
}
