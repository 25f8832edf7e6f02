/** Jobs, contacts and chats as rows of the older scheduler. Pure but for what is looked up. */
import type {
  OlderChat,
  OlderContact,
  OlderJob,
  OlderScheduled
} from "../../../contracts/http/older-scheduler.ts"
import type { ContactCard } from "../../../contracts/contact.ts"
import type { Recipient } from "../../../contracts/recipient.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { ChatRow } from "../../../projections/chats.ts"
import type { JobRow } from "../../../projections/jobs.ts"
import type { OccurrenceRow } from "../../../projections/occurrences.ts"
import type { Queries } from "../../../projections/reader.ts"

/** What rows are looked up in. */
export interface Known {
  readonly models: Pick<Queries, "contacts" | "jobs" | "occurrences">
  readonly keyring: Pick<KeyringService, "formsOf">
}

const isoOf = (millis: number) => new Date(millis).toISOString()

export const contactRow = (card: ContactCard): typeof OlderContact.Type => ({
  phone: card.number,
  name: card.name,
  aliases: card.aliases,
  tags: card.tags,
  is_favorite: card.favourite
})

export const chatRow = ({ chat, lastAt, messages, name }: ChatRow): typeof OlderChat.Type => ({
  id: chat,
  name,
  message_count: messages,
  last_message_at: isoOf(lastAt)
})

const phonePattern = /^(\d+)@s\.whatsapp\.net$/u

/** A number where there is one, and else what it is known by: a tag, or our id of a chat. */
const phoneOf = ({ keyring, models }: Known, recipient: Recipient): string => {
  if (recipient.to === "tag") return `tag:${recipient.tag}`
  if (recipient.to === "contact")
    return models.contacts.get(recipient.contact)?.card?.number ?? recipient.contact
  const [digits] = keyring.formsOf(recipient.chat).flatMap((form) => phonePattern.exec(form)?.[1] ?? [])
  return digits === undefined ? recipient.chat : `+${digits}`
}

/** What became of it last, where it has fired at all. */
const lastOf = ({ models }: Known, { job }: JobRow): OccurrenceRow | undefined =>
  models.occurrences.list({ job, limit: 1 })[0]

const reasonOf = ({ models }: Known, occurrence: OccurrenceRow): string | null => {
  if (occurrence.status === "missed") return "its time passed while nothing ran"
  if (occurrence.status === "skipped") return "it was left out"
  return models.occurrences.messages(occurrence).find(({ status }) => status === "failed")?.reason ?? null
}

/** Whether a job is what the older scheduler has as a single message: one thing to one recipient, once. */
export const isSingle = ({ messages, recipients: [first, ...more], status, timing }: JobRow): boolean =>
  status !== "cancelled" &&
  timing.rule === undefined &&
  messages?.length === 1 &&
  first !== undefined &&
  first.to !== "tag" &&
  more.length === 0

const scheduledStatus = (last: OccurrenceRow | undefined): (typeof OlderScheduled.Type)["status"] => {
  if (last === undefined || last.status === "sending") return "pending"
  return last.status === "finished" && last.sent > 0 ? "sent" : "failed"
}

/** When a job that happens once is, or was. */
const momentOf = ({ next }: JobRow, last: OccurrenceRow | undefined, createdAt: number): number =>
  next ?? last?.planned ?? createdAt

export const scheduledRow = (known: Known, row: JobRow): typeof OlderScheduled.Type => {
  const last = lastOf(known, row)
  const status = scheduledStatus(last)
  const [recipient] = row.recipients
  const contact = recipient?.to === "contact" ? known.models.contacts.get(recipient.contact) : undefined
  return {
    id: row.job,
    to_phone: recipient === undefined ? "" : phoneOf(known, recipient),
    contact_name: contact?.card?.name ?? null,
    message: row.messages?.[0].text ?? "",
    scheduled_at: isoOf(momentOf(row, last, row.createdAt)),
    status,
    error_message: status === "failed" && last !== undefined ? reasonOf(known, last) : null,
    sent_at: status === "sent" && last !== undefined ? isoOf(last.at) : null
  }
}

const jobStatus = ({ status }: JobRow, last: OccurrenceRow | undefined): (typeof OlderJob.Type)["status"] => {
  if (status === "cancelled") return "cancelled"
  if (last?.status === "sending") return "running"
  if (status !== "completed") return "pending"
  return last !== undefined && last.sent > 0 ? "completed" : "failed"
}

/** There the pause comes after a part, here before the next one. */
const partsOf = (messages: JobRow["messages"]) =>
  (messages ?? []).map(({ text }, index) => ({
    text,
    delayAfterSeconds: messages?.[index + 1]?.delaySeconds ?? 0
  }))

export const jobRow = (known: Known, row: JobRow): typeof OlderJob.Type => {
  const last = lastOf(known, row)
  const parts = Math.max(1, row.messages?.length ?? 1)
  const { failed = 0, sent = 0 } = last ?? {}
  const recipients = row.recipients.map((recipient) => phoneOf(known, recipient))
  return {
    id: row.job,
    title: row.title ?? "",
    status: jobStatus(row, last),
    scheduled_start_at:
      row.next === null && last === undefined ? null : isoOf(momentOf(row, last, row.createdAt)),
    current_recipient_index: Math.floor((sent + failed) / parts),
    current_part_index: (sent + failed) % parts,
    recipients_sent: Math.floor(sent / parts),
    recipients_failed: Math.ceil(failed / parts),
    config: {
      maxRetries: row.policies.retries ?? 0,
      recipientGapSeconds: Math.round(row.policies.spreadSeconds / Math.max(1, recipients.length))
    },
    message_parts: partsOf(row.messages),
    recipients
  }
}
