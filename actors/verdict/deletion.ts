/** Deleting a message with a dangerous link for everyone, where its chat wants that and the account administers it. */
import { Effect } from "effect"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { DeletionDecided } from "../../contracts/deletion.ts"
import type { Fact } from "../../contracts/event.ts"
import { type ChatId, type MessageKey, outboxId } from "../../contracts/ids.ts"
import type { Said } from "../../contracts/message.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { State, StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { policyOf, standing } from "./chats.ts"
import { wordsIn } from "./chat-commands/words/words.ts"
import type { Sighting } from "./model.ts"
import { sightingsIn } from "./sightings.ts"
import { judgementOf } from "./state.ts"

/** By chat: that the linked account administers it. */
const administered = collection<true>("administered")
/** By chat: that it was told that nothing can be deleted there. */
const toldNotAdmin = collection<true>("told-not-admin")

export const deletionWork = "delete"
const deletionKey = (chat: ChatId, message: MessageKey): string => keyOf(deletionWork, chat, message)

/** Whether the account administers a chat, as far as WhatsApp has told. */
export const selfChanged = (
  state: State,
  { data, type }: RecordedOf<"message.admins-changed" | "message.left">
): void => {
  if (type === "message.left") {
    if (data.self) state.drop(administered, data.chat)
  } else if (data.self === "added") state.put(administered, data.chat, true)
  else if (data.self === "removed") state.drop(administered, data.chat)
}

/** A warning was decided: where the chat wants it, the message is to go. */
export const deletionWanted = (
  state: State,
  event: RecordedOf<"verdict.decided" | "verdict.revised">
): void => {
  const { action, chat, message } = event.data
  const level = event.type === "verdict.decided" ? event.data.level : event.data.to
  if (level !== "malicious" || action === "none" || !policyOf(state, chat).settings.deleteMalicious) return
  state.open({
    key: deletionKey(chat, message),
    kind: deletionWork,
    priority: 0,
    lane: standing(state, chat),
    due: 0,
    cause: event.id,
    correlation: event.correlation ?? event.id
  })
}

export const deletionDecided = (state: State, { data }: RecordedOf<"verdict.deletion-decided">): void => {
  state.close(deletionKey(data.chat, data.message))
  if (data.outcome === "not-an-admin") state.put(toldNotAdmin, standing(state, data.chat), true)
}

type Deleting = Fact<typeof DeletionDecided | typeof OutboxQueued>

const isMalicious = (state: StateReader, sighting: Sighting): boolean =>
  sighting.gone === undefined && judgementOf(state, sighting)?.level === "malicious"

/** The id of the message as its sender gave it; `undefined` where nothing can be deleted. */
const targetOf = Effect.fnUntraced(function* (self: Self<Deleting>, sighting: Sighting | undefined) {
  const event = sighting === undefined ? undefined : yield* self.event(sighting.words)
  if (event?.type !== "message.received" && event?.type !== "message.edited") return undefined
  // A chat's name or description is no message.
  return (yield* Keyring).open<Said>(event.data.said)?.whatsAppId || undefined
})

export const performDeletion = Effect.fnUntraced(function* (work: Work, self: Self<Deleting>) {
  const [, chat, message] = work.key.split("/") as [string, ChatId, MessageKey]
  const kept = sightingsIn(self.state, { chat, message }).map(({ value }) => value)
  const sighting = kept.find((it) => isMalicious(self.state, it)) ?? kept[0]
  if (sighting === undefined) return undefined
  const { gateway, sender } = sighting
  const isAdmin = self.state.get(administered, chat) === true
  const about = { chat, message, sender }
  const entry = { chat, gateway, priority: "warning", message, sender, standalone: true } as const
  const quotes = yield* targetOf(
    self,
    kept.find((it) => isMalicious(self.state, it))
  )
  const { words } = wordsIn(self.state, chat)
  const facts: ReadonlyArray<Deleting> = !isAdmin
    ? self.state.get(toldNotAdmin, standing(self.state, chat)) === true
      ? []
      : [
          OutboxQueued({
            chat,
            gateway,
            outbox: outboxId("not an admin", chat, 0),
            kind: "text",
            priority: "notice",
            standalone: true,
            body: { text: words.cannotDelete }
          })
        ]
    : quotes === undefined
      ? []
      : [
          OutboxQueued({
            ...entry,
            outbox: outboxId(`deletion/${message}`, chat, 0),
            kind: "deletion",
            body: { text: "", quotes }
          })
        ]
  yield* self.append({ cause: work.cause, correlation: work.correlation }, work.key, [
    DeletionDecided({ ...about, outcome: isAdmin ? "queued" : "not-an-admin" }),
    ...facts
  ])
  return undefined
})
