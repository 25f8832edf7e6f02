/** The words of an occurrence, each for whom it goes to, as entries of the outbox. */
import type { ContactCard } from "../../contracts/contact.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import { type FiredRecipient, type JobWords, occurrenceCause } from "../../contracts/schedule.ts"
import type { Caused } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import { fillFields } from "./greeting-fields.ts"
import type { Millis, Occurrence } from "./model.ts"
import { contactNow } from "./resolve-recipients.ts"
import { notBeforeOf, partsBetween } from "./sendings.ts"

type Queued = ReturnType<typeof OutboxQueued>

/** An occurrence as far as its messages follow from it. */
export type Source = Pick<
  Occurrence,
  "job" | "planned" | "at" | "parts" | "spreadSeconds" | "lateMillis" | "words"
>

const cardOf = (
  state: StateReader,
  keyring: Pick<KeyringService, "open">,
  { contact }: FiredRecipient
): ContactCard | undefined => {
  const known = contact === undefined ? undefined : contactNow(state, contact)
  return known === undefined ? undefined : (keyring.open<ContactCard>(known.card) ?? undefined)
}

/** What cannot be opened any more says nothing: the account's own key is gone. */
const messagesIn = (keyring: Pick<KeyringService, "open">, { words }: Source): JobWords["messages"] => {
  const opened = keyring.open<JobWords>(words)
  if (opened === null)
    throw new Error("expected the key under which the words of jobs are sealed, found none")
  return opened.messages
}

/** The entries from one on and before another, counted through recipients and then parts. */
export const messagesOf = (
  state: StateReader,
  keyring: Pick<KeyringService, "open">,
  source: Source,
  recipients: ReadonlyArray<FiredRecipient>,
  from: number,
  until: number
): ReadonlyArray<Caused<Queued>> => {
  const messages = messagesIn(keyring, source)
  const cause = occurrenceCause(source.job, source.planned)
  return partsBetween(source, recipients, from, until).map(({ outbox, part, recipient }, index) => {
    const number = from + index
    const message = messages[part]!
    const place = { recipient: Math.floor(number / source.parts), recipients: recipients.length, part }
    const notBefore: Millis = notBeforeOf(source, place, messages)
    const text = fillFields(message.text, { contact: cardOf(state, keyring, recipient) })
    return {
      cause,
      part: `queued:${number}`,
      fact: OutboxQueued({
        chat: recipient.chat,
        outbox,
        gateway: recipient.gateway,
        kind: message.media === undefined ? "text" : "media",
        priority: "bulk",
        standalone: true,
        ...(notBefore > source.at ? { notBefore } : {}),
        ...(source.lateMillis === undefined ? {} : { notAfter: notBefore + source.lateMillis }),
        body: { text, ...(message.media === undefined ? {} : { media: message.media }) }
      })
    }
  })
}
