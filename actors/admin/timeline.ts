/** The sandbox chat as its members would see it: posts, and what Wadjet said, corrected and reacted. */
import type { Message } from "../../contracts/http/chats.ts"
import type { OutboxEntry } from "../../contracts/http/outbox.ts"
import type { TimelineItem } from "../../contracts/http/sandbox.ts"

type Posted = typeof Message.Type
type Entry = typeof OutboxEntry.Type

const posted = (message: Posted): TimelineItem => ({
  id: message.message,
  from: "member",
  author: message.senderName,
  text: message.revokedAt === null ? message.text : null,
  media: null,
  at: message.sentAt ?? message.at,
  edited: message.editedAt !== null,
  deleted: message.revokedAt !== null,
  quotes: null,
  reactions: [],
  links: message.revokedAt === null ? message.links : [],
  status: null
})

const spoken = (entry: Entry): TimelineItem => ({
  id: entry.outbox,
  from: "wadjet",
  author: null,
  text: entry.text,
  media: entry.media,
  at: entry.lastAt,
  edited: false,
  deleted: false,
  quotes: entry.message,
  reactions: [],
  links: [],
  status: entry.status
})

const byTime = (a: { readonly at: number }, b: { readonly at: number }) => a.at - b.at

/** Entries that a chat sees, or soon will; what failed or was cancelled never reached it. */
const isSeen = ({ status }: Entry) => status === "queued" || status === "claimed" || status === "sent"

/** What an entry does to the bubbles before it: a bubble of its own, or a change to another one. */
const apply = (bubbles: Map<string, TimelineItem>, byWhatsApp: Map<string, string>, entry: Entry): void => {
  const change = (id: string | null | undefined, how: (item: TimelineItem) => Partial<TimelineItem>) => {
    const item = id === null || id === undefined ? undefined : bubbles.get(id)
    if (item !== undefined) bubbles.set(item.id, { ...item, ...how(item) })
  }
  const target = entry.targetWhatsApp === null ? undefined : byWhatsApp.get(entry.targetWhatsApp)
  // Before it is claimed, what it will be on the wire is not known; its kind says what it is meant to be.
  const wire =
    entry.wire ?? (entry.kind === "correction" || entry.kind === "retraction" ? undefined : entry.kind)
  switch (wire) {
    case "text":
    case "media":
      if (entry.whatsApp !== null) byWhatsApp.set(entry.whatsApp, entry.outbox)
      return void bubbles.set(entry.outbox, spoken(entry))
    case "edit":
      return change(target, () => ({ text: entry.text, edited: true }))
    case "revoke":
      return change(target, () => ({ text: null, media: null, deleted: true }))
    case "reaction": {
      const { text } = entry
      // Like in WhatsApp, one who reacts again takes the first reaction back.
      return text === null ? undefined : change(entry.message, () => ({ reactions: [text] }))
    }
    case "unreact":
      return change(entry.message, () => ({ reactions: [] }))
    case "delete":
      return change(entry.message, () => ({ text: null, deleted: true }))
    case "deletion":
    case "admit":
    case "admission":
    case undefined:
      return undefined
  }
}

/** Puts messages and outgoing entries of one chat, in any order, into a timeline, the oldest first. */
export const timelineOf = (
  messages: ReadonlyArray<Posted>,
  entries: ReadonlyArray<Entry>
): ReadonlyArray<TimelineItem> => {
  const bubbles = new Map(messages.map((message) => [message.message as string, posted(message)]))
  const byWhatsApp = new Map<string, string>()
  const inOrder = entries.filter(isSeen).toSorted((a, b) => a.lastAt - b.lastAt || a.cursor - b.cursor)
  for (const entry of inOrder) apply(bubbles, byWhatsApp, entry)
  return [...bubbles.values()].toSorted(byTime)
}
