/** Deleting a message with a dangerous link for everyone, where its chat wants that and the account administers it. */
import { Clock, Effect } from "effect"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { DeletionDecided } from "../../contracts/deletion.ts"
import type { Fact } from "../../contracts/event.ts"
import { type ChatId, type MessageKey, outboxId } from "../../contracts/ids.ts"
import type { Said } from "../../contracts/message.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import { OverrideExpired } from "../../contracts/policy.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { State, StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { isBelated } from "./belated.ts"
import { policyOf, standing } from "./chats.ts"
import { wordsIn } from "./chat-commands/words/words.ts"
import type { Sighting } from "./model.ts"
import { overdueOn, runOut } from "./run-out.ts"
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

type Deleting = Fact<typeof DeletionDecided | typeof OutboxQueued | typeof OverrideExpired>

const isMalicious = (state: StateReader, sighting: Sighting): boolean =>
  sighting.gone === undefined && judgementOf(state, sighting)?.level === "malicious"

/** The id of the message as its sender gave it; `undefined` where nothing can be deleted. */
const targetOf = Effect.fnUntraced(function* (self: Self<Deleting>, { words }: Sighting) {
  const event = yield* self.event(words)
  if (event?.type !== "message.received" && event?.type !== "message.edited") return undefined
  // A chat's name or description is no message.
  return (yield* Keyring).open<Said>(event.data.said)?.whatsAppId || undefined
})

/** What becomes of a message, and what is said of that. */
const outcomeOf = Effect.fnUntraced(function* (
  self: Self<Deleting>,
  { chat, message, sender, gateway }: Sighting,
  dangerous: Sighting | undefined,
  now: number
) {
  const decided = (outcome: ReturnType<typeof DeletionDecided>["data"]["outcome"]) =>
    DeletionDecided({ chat, message, sender, outcome })
  if (dangerous === undefined) return [decided("not-dangerous")] as const
  const entry = { chat, gateway, standalone: true } as const
  if (self.state.get(administered, chat) !== true) {
    if (self.state.get(toldNotAdmin, standing(self.state, chat)) === true)
      return [decided("not-an-admin")] as const
    const told = OutboxQueued({
      ...entry,
      outbox: outboxId("not an admin", chat, 0),
      kind: "text",
      priority: "notice",
      body: { text: wordsIn(self.state, chat).words.cannotDelete }
    })
    return [decided("not-an-admin"), told] as const
  }
  const quotes = yield* targetOf(self, dangerous)
  if (quotes === undefined) return [decided("no-message")] as const
  const queued = OutboxQueued({
    ...entry,
    outbox: outboxId(`deletion/${message}`, chat, 0),
    kind: "deletion",
    priority: isBelated(self.state, dangerous, now) ? "belated" : "warning",
    message,
    sender,
    body: { text: "", quotes }
  })
  return [decided("queued"), queued] as const
})

export const performDeletion = Effect.fnUntraced(function* (work: Work, self: Self<Deleting>) {
  const [, chat, message] = work.key.split("/") as [string, ChatId, MessageKey]
  const now = yield* Clock.currentTimeMillis
  const kept = sightingsIn(self.state, { chat, message }).map(({ value }) => value)
  const [first] = kept
  if (first === undefined) return undefined
  const overdue = kept.map((it) => overdueOn(self.state, it, now)).find((it) => it !== undefined)
  if (overdue !== undefined) return yield* runOut(overdue, self)
  const dangerous = kept.find((it) => isMalicious(self.state, it))
  const facts = yield* outcomeOf(self, dangerous ?? first, dangerous, now)
  yield* self.append({ cause: work.cause, correlation: work.correlation }, work.key, facts)
  return undefined
})
