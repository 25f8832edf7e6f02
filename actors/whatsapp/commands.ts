/** What the WhatsApp actor can be asked to do. */
import { Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { CancelMessage, IngestMessages, type IncomingMessage, SendMessage } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { type ChatId, outboxId, type PersonId, whatsAppIdOf } from "../../contracts/ids.ts"
import { OutboxCancelled, OutboxQueued } from "../../contracts/outbox.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { everyLane } from "../../infra/actor/lanes.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { checkMedia, MediaFolder } from "../../infra/media-folder/media-folder.ts"
import { groupRequests } from "./group-requests.ts"
import { heardEvents } from "./incoming/heard-events.ts"
import type { ItemHeard } from "./incoming/item.ts"
import { takeItems } from "./incoming/take.ts"
import { chats, outbox } from "./model.ts"

export const answersWith = [...heardEvents, OutboxQueued, OutboxCancelled] as const
type Answered = Fact<(typeof answersWith)[number]>

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

/** Keyring trouble is trouble of this moment: nothing was written, and asking again may help. */
const unavailable = (command: CommandType) => (error: { readonly message: string }) =>
  refused(command, "unavailable", error.message)

/** The form by which a chat or a person of the sandbox or an export is known. */
const formOf = (gateway: string, ...names: ReadonlyArray<string>) => `${gateway}:${names.join("/")}`

const heardIn = ({ answers, change, id, sentAt, text }: IncomingMessage, sender: PersonId): ItemHeard => {
  if (change === "delete") return { what: "revoke", target: { sender, id } }
  const texts = { posted: text, quoted: "", unread: [], ...(answers === undefined ? {} : { answers }) }
  return change === "edit" ? { what: "edit", id, at: sentAt, texts } : { what: "post", texts }
}

/** Whom the sandbox knows us as. */
const ownName = "Wadjet"

/** Who administers the chat, where it is said, as if it were heard before the messages. */
const administered = Effect.fnUntraced(function* (
  keyring: Keyring["Service"],
  { admins, chatName, gateway, messages }: Payload<typeof IngestMessages>,
  chat: ChatId
) {
  if (admins === undefined) return []
  const added = yield* Effect.forEach(admins, (name) => keyring.person([formOf(gateway, chat, name)])).pipe(
    Effect.mapError(unavailable(IngestMessages))
  )
  const [first] = added
  if (first === undefined) return []
  return [
    {
      gateway,
      arrival: "live" as const,
      chat,
      chatName,
      sender: first,
      own: false,
      id: `admins ${added.join(" ")}`,
      at: messages[0]?.sentAt ?? 0,
      learnt: true as const,
      heard: {
        what: "admins" as const,
        added,
        removed: [],
        ...(admins.includes(ownName) ? { self: "added" as const } : {})
      }
    }
  ]
})

/** The lane of a chat that may not have a pseudonym yet is found by its name. */
const ingest = answer(
  IngestMessages,
  ({ gateway, chatName }) => formOf(gateway, chatName),
  Effect.fnUntraced(function* (
    payload: Payload<typeof IngestMessages>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const { gateway, chatName, messages } = payload
    const keyring = yield* Keyring
    const chat = yield* keyring
      .chat([formOf(gateway, chatName)])
      .pipe(Effect.mapError(unavailable(IngestMessages)))
    const arrival = gateway === "export" ? ("imported" as const) : ("live" as const)
    const items = yield* Effect.forEach(messages, (message) =>
      // By the chat's pseudonym: its name must not live on in its members once it is forgotten.
      keyring.person([formOf(gateway, chat, message.author)]).pipe(
        Effect.mapError(unavailable(IngestMessages)),
        Effect.map((sender) => ({
          gateway,
          arrival,
          chat,
          chatName,
          sender,
          own: false,
          id: message.id,
          at: message.sentAt,
          name: message.author,
          heard: heardIn(message, sender)
        }))
      )
    )
    const named = yield* administered(keyring, payload, chat)
    const taken = yield* takeItems(reason, [...named, ...items], self).pipe(
      Effect.catchTag("KeyringUnavailable", unavailable(IngestMessages))
    )
    return { generation: self.generation, chat, ...taken }
  })
)

const send = answer(
  SendMessage,
  ({ chat }) => chat,
  Effect.fnUntraced(function* (
    { chat, media, request, text, priority, notBefore }: Payload<typeof SendMessage>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const known = self.state.get(chats, chat)
    if (known === undefined) return yield* refused(SendMessage, "not-found", `there is no chat ${chat}`)
    if (known.gateway === "export")
      return yield* refused(
        SendMessage,
        "invalid",
        "expected a chat that can be spoken to, found an exported one"
      )
    const mediaFolder = yield* MediaFolder
    if (media !== undefined && mediaFolder !== undefined)
      yield* checkMedia(mediaFolder, media).pipe(
        Effect.catch(({ message }) => refused(SendMessage, "invalid", message))
      )
    // Whoever asks may have named the request after what it says: nobody is to try that once the chat is forgotten.
    const hidden = yield* (yield* Keyring)
      .hash([chat], request)
      .pipe(Effect.mapError(unavailable(SendMessage)))
    const id = outboxId(hidden, chat, 0)
    const placed = { generation: self.generation, outbox: id, whatsApp: whatsAppIdOf(id) }
    if (self.state.get(outbox, id) !== undefined) return { ...placed, sequence: 0 }
    const { sequence } = yield* self.append(reason, "send", [
      OutboxQueued({
        chat,
        outbox: id,
        gateway: known.gateway,
        kind: media === undefined ? "text" : "media",
        priority,
        standalone: true,
        ...(notBefore === undefined ? {} : { notBefore }),
        body: { text, ...(media === undefined ? {} : { media }) }
      })
    ])
    yield* self.folded(sequence)
    return { ...placed, sequence }
  })
)

const cancel = answer(
  CancelMessage,
  // An unknown entry is refused in any lane.
  ({ outbox: id }, state) => state.get(outbox, id)?.chat ?? everyLane,
  Effect.fnUntraced(function* (
    { outbox: id, by }: Payload<typeof CancelMessage>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const entry = self.state.get(outbox, id)
    if (entry === undefined)
      return yield* refused(CancelMessage, "not-found", `there is no outgoing message ${id}`)
    // A request that is asked again, because its answer was lost, gets the same answer.
    if (entry.cancelled?.request === reason.cause)
      return { generation: self.generation, sequence: entry.cancelled.sequence }
    if (entry.status === "cancelled")
      return yield* refused(CancelMessage, "already-done", "it was cancelled before")
    if (entry.status !== "queued")
      return yield* refused(CancelMessage, "already-left", "it has left, or is just leaving")
    if (entry.priority !== "bulk")
      return yield* refused(
        CancelMessage,
        "invalid",
        "a verdict's notice is not cancelled one by one: mute the chat, or allow the link"
      )
    const { sequence } = yield* self.append(reason, "cancel", [
      OutboxCancelled({ chat: entry.chat, outbox: id, reason: "requested", by })
    ])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence }
  })
)

export const answers = [ingest, send, cancel, groupRequests]
