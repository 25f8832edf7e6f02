/** From a plan to the outbox: what is said to a chat, and under which id. */
import type { ChatId } from "../../contracts/ids.ts"
import { outboxId } from "../../contracts/ids.ts"
import type { Level } from "../../contracts/level.ts"
import type { Said } from "../../contracts/message.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import type { Found } from "../../contracts/scan.ts"
import type { Fact } from "../../contracts/event.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Message, Scan, Sighting } from "./model.ts"
import { noticeText, reactionOf } from "./words.ts"

/** Everything that a notice is made from, opened. */
export interface Words {
  readonly said: Said
  readonly found: Found | undefined
}

/** Opens the words of a sighting; `undefined` once they were forgotten. */
export const openWords = (
  keyring: KeyringService,
  message: Message,
  scan: Scan | undefined
): Words | undefined => {
  const said = keyring.open<Said>(message.said)
  if (said === null) return undefined
  // Another chat may have brought the scan, and may have been forgotten since: then its reasons go unsaid.
  const found = scan === undefined ? null : keyring.open<Found>(scan.found)
  return { said, found: found ?? undefined }
}

interface Notice {
  readonly kind: "text" | "reaction" | "correction" | "retraction"
  readonly level: Level
  readonly overridden: boolean
}

const priorityOf = (level: Level) => (level === "malicious" ? ("warning" as const) : ("notice" as const))

/** The id of what a sighting's next notice is: the same cause always gives the same one. */
export const noticeId = (cause: string, sighting: Sighting) =>
  outboxId(`${cause}/${sighting.message}/${sighting.link}`, sighting.chat as ChatId, 0)

const textOf = (notice: Notice, sighting: Sighting, words: Words, scan: Scan | undefined): string => {
  if (notice.kind === "retraction") return ""
  if (notice.kind === "reaction") return reactionOf[notice.level]
  const url = words.said.links.find((link) => link.link === sighting.link)?.url ?? ""
  const evidence = (scan?.evidence ?? [])
    .map((item, index) => ({ ...item, detail: words.found?.details[index] ?? null }))
    .filter((item) => item.weight > 0)
  return noticeText({
    level: notice.level,
    url,
    evidence,
    overridden: notice.overridden,
    correction: sighting.told?.notice !== undefined
  })
}

/** The fact that asks for a notice to be sent. */
export const queued = (
  cause: string,
  notice: Notice,
  sighting: Sighting,
  message: Message,
  words: Words,
  scan: Scan | undefined
): Fact<typeof OutboxQueued> => {
  const target = sighting.told?.notice ?? sighting.earlier
  // What may still stand in the chat is corrected: two notices never stand side by side.
  const kind = notice.kind === "text" && target !== undefined ? "correction" : notice.kind
  return OutboxQueued({
    chat: sighting.chat,
    outbox: noticeId(cause, sighting),
    gateway: message.gateway,
    kind,
    priority: priorityOf(notice.level),
    message: sighting.message,
    sender: sighting.sender,
    standalone: kind !== "retraction" && notice.level !== "benign",
    ...(target === undefined ? {} : { target }),
    body: { text: textOf(notice, sighting, words, scan), quotes: words.said.whatsAppId }
  })
}
