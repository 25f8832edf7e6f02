/** From a plan to its notice: what is said to a chat, and under which id. */
import type { ChatId } from "../../contracts/ids.ts"
import { outboxId } from "../../contracts/ids.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { Level } from "../../contracts/level.ts"
import type { Said } from "../../contracts/message.ts"
import type { OutboxBody } from "../../contracts/outbox.ts"
import type { Found, WeighedEvidence } from "../../contracts/scan.ts"
import type { Notice } from "../../contracts/verdict.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Sighting } from "./model.ts"
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
  readonly kind: "text" | "reaction" | "correction" | "retraction"
  readonly level: Level
  readonly overridden: boolean
}

const priorityOf = (level: Level) => (level === "malicious" ? ("warning" as const) : ("notice" as const))

/** The id of what a sighting's next notice is: the same cause always gives the same one. */
export const noticeId = (cause: string, sighting: Sighting) =>
  outboxId(`${cause}/${sighting.message}/${sighting.link}`, sighting.chat as ChatId, 0)

const textOf = (wanted: Wanted, sighting: Sighting, words: Words): string => {
  if (wanted.kind === "retraction") return ""
  if (wanted.kind === "reaction") return reactionOf[wanted.level]
  const url = words.said.links.find((link) => link.link === sighting.link)?.url ?? ""
  return noticeText({
    level: wanted.level,
    url,
    evidence: words.evidence.filter(({ weight }) => weight > 0),
    overridden: wanted.overridden,
    correction: sighting.told?.notice !== undefined
  })
}

/** A notice and its words, as the verdict carries them. */
export interface Telling {
  readonly notice: Notice
  readonly body: OutboxBody
}

/** What tells the chat of a verdict. */
export const tellingOf = (cause: string, wanted: Wanted, sighting: Sighting, words: Words): Telling => {
  const target = sighting.told?.notice ?? sighting.earlier
  // What may still stand in the chat is corrected: two notices never stand side by side.
  const corrected = wanted.kind === "text" && target !== undefined ? "correction" : wanted.kind
  // A chat's name and its description are no messages: nothing reacts to them, and no reply quotes them.
  const { whatsAppId } = words.said
  const kind = corrected === "reaction" && whatsAppId === "" ? "text" : corrected
  return {
    notice: {
      outbox: noticeId(cause, sighting),
      gateway: sighting.gateway,
      kind,
      priority: priorityOf(wanted.level),
      standalone: kind !== "retraction" && wanted.level !== "benign",
      ...(target === undefined ? {} : { target })
    },
    body: {
      text: textOf({ ...wanted, kind }, sighting, words),
      ...(whatsAppId === "" ? {} : { quotes: whatsAppId })
    }
  }
}
