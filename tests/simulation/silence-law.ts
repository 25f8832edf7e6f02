/**
 * What a chat asked for, applied to what the log holds: where nothing may be said nothing is, and what was left unsaid
 * was left so for a reason that held. Both are read from the facts alone, in their order.
 */
import type { AnyRecorded, RecordedOf } from "../../contracts/catalogue.ts"
import { type OwnSettings, settingsInForce } from "../../contracts/chat-settings.ts"
import type { SuppressionReason } from "../../contracts/verdict.ts"
import { ringsPhones, speaksUp } from "../actors/verdict/speaks-up.ts"

/** How long what was decided may be on its way to the log, though whoever decided it has died since. */
const onItsWayMillis = 2_000

type Speaking = RecordedOf<"verdict.decided" | "verdict.revised" | "verdict.summarised">
type Suppressed = RecordedOf<"verdict.suppressed">

/** What holds at a place of the log. */
const makeForce = () => {
  const mutes = new Map<string, number>()
  const settings = new Map<string | undefined, OwnSettings>()
  const consents = new Map<string, boolean>()
  const out = new Set<string>()
  /** Messages that were deleted, and links that were edited away. */
  const gone = new Set<string>()
  const links = new Map<string, ReadonlyArray<string>>()
  const forgotten = new Set<string>()
  /** Entries that will never be sent. */
  const ended = new Set<string>()
  const notices = new Map<string, string>()
  /** When a chat, or all of them, last asked for something. */
  const askedAt = new Map<string | undefined, number>()
  const inForce = (chat: string) => settingsInForce(settings.get(undefined) ?? {}, settings.get(chat) ?? {})

  const fold = (event: AnyRecorded): void => {
    if (event.type.startsWith("policy.") && "by" in event.data)
      askedAt.set("chat" in event.data ? event.data.chat : undefined, event.time)
    switch (event.type) {
      case "policy.muted":
        return void mutes.set(event.data.chat, event.data.until)
      case "policy.unmuted":
        return void mutes.delete(event.data.chat)
      case "policy.settings-changed":
        return void settings.set(event.data.chat, event.data.settings)
      case "policy.consent-given":
      case "policy.consent-withdrawn":
        return void consents.set(event.data.chat, event.type === "policy.consent-given")
      case "policy.opted-out":
        return void out.add(`${event.data.chat}/${event.data.person}`)
      case "policy.opted-in":
        return void out.delete(`${event.data.chat}/${event.data.person}`)
      case "message.revoked":
        return void gone.add(event.data.message)
      case "message.received":
      case "message.edited": {
        const { message } = event.data
        const before = links.get(message)
        const now = event.data.links.map(({ link }) => `${message}/${link}`)
        // An edit may be heard before what it is an edit of: what that held beside it is gone when it comes.
        if (event.type === "message.received" && before !== undefined) {
          for (const link of now) if (!before.includes(link)) gone.add(link)
          return
        }
        for (const link of before ?? []) if (!now.includes(link)) gone.add(link)
        if (event.type === "message.edited") for (const link of now) gone.delete(link)
        return void links.set(message, now)
      }
      case "erasure.requested":
        return void forgotten.add(event.data.subject)
      case "outbox.failed":
      case "outbox.cancelled":
        return void ended.add(event.data.outbox)
      case "verdict.decided":
      case "verdict.revised":
        if (event.data.notice !== undefined)
          notices.set(`${event.data.message}/${event.data.link}`, event.data.notice.outbox)
    }
  }

  /** Whether a reason holds for a verdict; of a mute, at a moment. */
  const holds = (
    reason: SuppressionReason,
    { chat, sender }: { readonly chat: string; readonly sender?: string },
    at: number
  ): boolean => {
    switch (reason) {
      case "muted":
        return (mutes.get(chat) ?? 0) > at
      case "chat-off":
        return !inForce(chat).enabled
      case "no-consent":
        return consents.get(chat) === false
      case "opted-out":
        return out.has(`${chat}/${sender}`)
      case "simulated":
        return inForce(chat).simulate.includes("all")
      // Neither is asked for by a chat.
      case "message-gone":
      case "quarantined":
        return false
    }
  }

  const isGone = ({ chat, link, message, sender }: Suppressed["data"]): boolean => {
    const notice = notices.get(`${message}/${link}`)
    return (
      [message, `${message}/${link}`].some((it) => gone.has(it)) ||
      [chat, sender].some((it) => forgotten.has(it)) ||
      (notice !== undefined && ended.has(notice))
    )
  }

  const isJustified = ({ data, time }: Suppressed): boolean => {
    if (data.reason === "message-gone") return isGone(data)
    if (data.reason === "simulated" && inForce(data.chat).simulate.includes(data.level)) return true
    return holds(data.reason, data, time - onItsWayMillis)
  }

  /** Whether whoever decided by then must have known what the chat wants. */
  const isKnown = (chat: string, at: number): boolean =>
    [undefined, chat].every((it) => at - (askedAt.get(it) ?? 0) >= onItsWayMillis)

  return { fold, holds, isJustified, isKnown }
}

/** Why what a verdict says must not be said, or `undefined`. */
const disobeyed = (event: Speaking, force: ReturnType<typeof makeForce>): SuppressionReason | undefined => {
  if (!force.isKnown(event.data.chat, event.time)) return undefined
  const silences = (["chat-off", "no-consent", "opted-out"] as const).filter(() => speaksUp(event))
  const mutes = (["muted"] as const).filter(() => ringsPhones(event))
  const trials = (["simulated"] as const).filter(() => event.data.notice !== undefined)
  return [...silences, ...mutes, ...trials].find((reason) => force.holds(reason, event.data, event.time))
}

/** Every verdict that speaks where nothing may be said, and every one that is silent without its reason. */
export const silenceBroken = (log: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const force = makeForce()
  return log.flatMap((event) => {
    const found: Array<string> = []
    if (
      event.type === "verdict.decided" ||
      event.type === "verdict.revised" ||
      event.type === "verdict.summarised"
    ) {
      const reason = disobeyed(event, force)
      if (reason !== undefined)
        found.push(`law 6: ${event.type} of ${event.sequence} speaks, though ${reason}`)
    }
    if (event.type === "verdict.suppressed" && !force.isJustified(event))
      found.push(`law 6: ${event.sequence} is suppressed as ${event.data.reason}, and that does not hold`)
    force.fold(event)
    return found
  })
}
