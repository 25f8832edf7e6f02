/** From an entry of the outbox, and what was claimed of it, to what goes over the wire. */
import { Effect } from "effect"
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import type { WhatsAppId } from "../../../contracts/ids.ts"
import type { OutboxBody } from "../../../contracts/outbox.ts"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"
import type { Self } from "../../../infra/actor/process-manager.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { WireMessage } from "../gateway.ts"
import { type Claim, outbox, type OutboxEntry, spoken } from "../model.ts"
import { quotedText } from "./quoted-text.ts"

type Reading<P> = Pick<Self<P>, "state" | "event">

export const wireMessage = Effect.fnUntraced(function* <P>(
  self: Reading<P>,
  entry: OutboxEntry,
  { targetWhatsApp, whatsApp, wire }: Omit<Claim, "attempt">,
  { media, mentions, quotes, text }: OutboxBody
) {
  const { chat, message, sender } = entry
  const quoted =
    message === undefined || quotes === undefined
      ? undefined
      : yield* quotedText(self, yield* Keyring, chat, message)
  return {
    chat,
    whatsApp,
    wire,
    text,
    ...(media === undefined ? {} : { media }),
    ...(sender === undefined ? {} : { sender }),
    ...(targetWhatsApp === undefined ? {} : { target: targetWhatsApp }),
    ...(quotes === undefined ? {} : { quotes }),
    ...(quoted === undefined ? {} : { quoted }),
    ...(mentions === undefined ? {} : { mentions })
  } satisfies WireMessage
})

/** What a message of ours said, however long ago; `undefined` once it was taken back, or its words forgotten. */
export const spokenMessage = Effect.fnUntraced(function* <P>(self: Reading<P>, whatsApp: WhatsAppId) {
  const said = self.state.get(spoken, whatsApp)
  const entry = said === undefined || said.gone ? undefined : self.state.get(outbox, said.outbox)
  if (said === undefined || entry === undefined) return undefined
  const event = yield* self.event(entry.sequence)
  if (event === undefined || event.type === "unreadable") return undefined
  const body = (yield* Keyring).open<OutboxBody>(entryQueuedBy(event satisfies AnyRecorded)?.body ?? null)
  return body === null ? undefined : yield* wireMessage(self, entry, { ...said, whatsApp }, body)
})
