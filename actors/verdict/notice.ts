/** From a plan to its notice: what is said to a chat, and under which id. */
import type { Language } from "../../contracts/chat-settings.ts"
import { type ChatId, type OutboxId, outboxId, type PersonId } from "../../contracts/ids.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { Level } from "../../contracts/level.ts"
import type { Said } from "../../contracts/message.ts"
import type { OutboxBody, Priority } from "../../contracts/outbox.ts"
import type { Found, WeighedEvidence } from "../../contracts/scan.ts"
import type { Notice } from "../../contracts/verdict.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Sighting } from "./model.ts"
import { type Slot, worse } from "./slot.ts"
import { noticeText, reactionOf } from "./words.ts"

/** Everything that a notice is made from, opened. */
export interface Words {
  readonly said: Said
  /** What a scan found, with its words where there are any. */
  readonly evidence: ReadonlyArray<Evidence>
}

interface Evidence extends WeighedEvidence {
  readonly detail: string | null
}

/** The event that holds the words of a message, and that of the scan of a link in it. */
export interface Sources {
  readonly message: RecordedOf<"message.received" | "message.edited">
  readonly scan: RecordedOf<"scan.completed"> | undefined
}

/** Opens the words of a sighting; `undefined` once they were forgotten. */
export const openWords = (keyring: KeyringService, { message, scan }: Sources): Words | undefined => {
  const said = keyring.open<Said>(message.data.said)
  if (said === null) return undefined
  // Another chat may have brought the scan, and may have been forgotten since: then its reasons go unsaid.
  const found = scan === undefined ? null : keyring.open<Found>(scan.data.found)
  const evidence = (scan?.data.evidence ?? []).map((item, index) => ({
    ...item,
    detail: found?.details[index] ?? null
  }))
  return { said, evidence }
}

/** What is to be said. */
export interface Wanted {
  /** `unsaying` takes back what was said, by whatever undoes it. */
  readonly as: "reply" | "short" | "reaction" | "unsaying"
  /** Whether it takes back what was said because the link is gone. */
  readonly isGone: boolean
  readonly level: Level
  readonly overridden: boolean
  /** Whether its message was posted long ago. */
  readonly isBelated: boolean
}

/** Everything that is said of an old message waits alike, so that what is said of it leaves in its order. */
const priorityOf = ({ isBelated }: Wanted, level: Level, leaves: boolean): Priority => {
  if (isBelated) return "belated"
  return leaves || level === "malicious" ? "warning" : "notice"
}

/** The id of what a sighting's next notice is: the same cause always gives the same one. */
export const noticeId = (cause: string, sighting: Sighting) =>
  outboxId(`${cause}/${sighting.message}/${sighting.link}`, sighting.chat as ChatId, 0)

/** What an entry does in the chat, and to which one before it. */
type Deed = Pick<Notice, "kind" | "target"> & { readonly shows?: Level }

const about = (target: OutboxId | undefined) => (target === undefined ? {} : { target })

/** Where others share the reaction, it goes on to show those. */
const unsaying = (wanted: Wanted, { earlier, told }: Sighting, slot: Slot): Deed => {
  const kind = wanted.isGone ? "retraction" : "correction"
  if (told?.by !== "reaction") return { kind, ...about(told?.notice ?? earlier) }
  return slot.others === undefined
    ? { kind, ...about(slot.last) }
    : { kind: "reaction", shows: slot.others, ...about(slot.last) }
}

/** What may still stand in the chat is corrected: two notices never stand side by side. */
const inWords = ({ earlier, told }: Sighting, slot: Slot): Deed => {
  if (told?.by === "reaction")
    // The reaction stays for the others, and the words come beside it.
    return slot.others === undefined ? { kind: "correction", ...about(slot.last) } : { kind: "text" }
  const target = told?.notice ?? earlier
  return target === undefined ? { kind: "text" } : { kind: "correction", target }
}

const deedOf = (wanted: Wanted, sighting: Sighting, slot: Slot): Deed => {
  switch (wanted.as) {
    case "unsaying":
      return unsaying(wanted, sighting, slot)
    case "reaction":
      return {
        kind: "reaction",
        shows: worse(wanted.level, slot.others),
        ...about(slot.last ?? sighting.told?.notice ?? sighting.earlier)
      }
    case "reply":
    case "short":
      return inWords(sighting, slot)
  }
}

/** Whether it is words that were not there before, and not a change of others. */
const isNewInWords = ({ kind }: Deed, { told }: Sighting): boolean =>
  kind === "text" || (kind === "correction" && told?.by === "reaction")

/** Who is mentioned: admins that want to know of what is dangerous, once, when it is said in words. */
const mentionedIn = (
  { as, level }: Wanted,
  deed: Deed,
  sighting: Sighting,
  admins: ReadonlyArray<PersonId>
): ReadonlyArray<PersonId> =>
  as !== "unsaying" && level === "malicious" && isNewInWords(deed, sighting) ? admins : []

const textOf = (
  wanted: Wanted,
  deed: Deed,
  sighting: Sighting,
  words: Words,
  language: Language,
  notifiesAdmins: boolean
): string => {
  if (deed.shows !== undefined) return reactionOf[deed.shows]
  if (deed.kind === "retraction") return ""
  const url = words.said.links.find((link) => link.link === sighting.link)?.url ?? ""
  return noticeText({
    language,
    level: wanted.level,
    url,
    evidence: words.evidence.filter(({ weight }) => weight > 0),
    overridden: wanted.overridden,
    correction: sighting.told?.notice !== undefined,
    short: wanted.as === "short",
    notifiesAdmins
  })
}

/** A notice and its words, as the verdict carries them. */
export interface Telling {
  readonly notice: Notice
  readonly body: OutboxBody
}

/** What tells the chat of a verdict. */
export const tellingOf = (
  cause: string,
  wanted: Wanted,
  sighting: Sighting,
  words: Words,
  slot: Slot,
  language: Language,
  /** Who is to be mentioned where it warns of something dangerous. */
  admins: ReadonlyArray<PersonId> = []
): Telling => {
  const { whatsAppId } = words.said
  // A chat's name and its description are no messages: nothing reacts to them, and no reply quotes them.
  const possible: Wanted = wanted.as === "reaction" && whatsAppId === "" ? { ...wanted, as: "short" } : wanted
  const deed = deedOf(possible, sighting, slot)
  const { shows: _shows, ...how } = deed
  const mentions = mentionedIn(possible, deed, sighting, admins)
  // A reaction that gives way to words must be gone before another link's takes its place.
  const leaves = deed.kind === "correction" && sighting.told?.by === "reaction"
  return {
    notice: {
      outbox: noticeId(cause, sighting),
      gateway: sighting.gateway,
      priority: priorityOf(wanted, deed.shows ?? wanted.level, leaves),
      standalone: possible.as !== "unsaying" && wanted.level !== "benign",
      ...how
    },
    body: {
      text: textOf(possible, deed, sighting, words, language, mentions.length > 0),
      ...(mentions.length === 0 ? {} : { mentions }),
      ...(whatsAppId === "" ? {} : { quotes: whatsAppId })
    }
  }
}
