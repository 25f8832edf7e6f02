/**
 * Learning what a group is called, what it says of itself and who administers it, where its messages came first:
 * WhatsApp tells of changes, and of the rest only who asks.
 */
import { Clock, Effect, Queue, Schedule, Schema } from "effect"
import type { ChatId } from "../../../contracts/ids.ts"
import type { Beside } from "../../../infra/actor/process-manager.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { chats } from "../model.ts"
import type { OpenSocket, SessionService } from "../session/connection.ts"
import { type Commit, untilKeyring } from "./commit.ts"
import type { Forms, HeardFrom, Origin } from "./heard.ts"
import { identify } from "./identify.ts"
import type { Item } from "./item.ts"
import { kindOf } from "./jid.ts"
import { ofSelf } from "./notification.ts"
import { formsOf, isSelf, selfForms, type SelfForms } from "./stanza.ts"
import type { Published } from "./taking.ts"
import { isWithheld } from "./withhold.ts"

type Metadata = Awaited<ReturnType<OpenSocket["groupMetadata"]>>

/** What is learnt is known by this, once in the life of a chat. */
const learntId = "learnt"

/** WhatsApp is asked for one group after the other, and not again at once where it does not answer. */
const askAgain = Schedule.exponential("5 seconds").pipe(Schedule.upTo({ times: 3 }))

/** There is no connection to ask over, or WhatsApp did not answer. */
class NotAsked extends Schema.TaggedError<NotAsked>()("NotAsked", {}) {}

interface Learning {
  readonly session: SessionService | undefined
  readonly keyring: KeyringService
  readonly own: Beside<Published>
  readonly commit: Commit
}

/** What a group says of itself, as if it were heard now. It was said before: nobody waits for a word about it. */
export const metadataHeard = (metadata: Metadata, self: SelfForms, now: number): ReadonlyArray<HeardFrom> => {
  const from = (sender: Forms): Origin => ({
    chat: [metadata.id],
    sender,
    own: isSelf(self, sender[0]),
    id: learntId,
    at: now,
    arrival: "imported",
    learnt: true
  })
  const { desc = "", descOwner, descOwnerPn, participants, subject } = metadata
  const describer = formsOf(self, descOwner, descOwnerPn) ?? selfForms(self)
  const admins = participants
    .filter(({ admin }) => admin === "admin" || admin === "superadmin")
    .map(({ id, lid, phoneNumber }) => formsOf(self, id, lid, phoneNumber))
    .filter((forms) => forms !== undefined)
  const own = from(selfForms(self))
  return [
    { origin: own, heard: { what: "name", text: subject } },
    ...(desc === ""
      ? []
      : [{ origin: from(describer), heard: { what: "description", text: desc } } as const]),
    { origin: own, heard: { what: "admins", added: admins, removed: [], ...ofSelf(self, admins, "added") } }
  ]
}

/** Makes what is told of items that were taken, and asks about the groups among them that have no name yet. */
export const groupLearner = Effect.fnUntraced(function* ({ commit, keyring, own, session }: Learning) {
  const asked = new Set<ChatId>()
  const queue = yield* Queue.unbounded<ChatId>()

  const learnOne = Effect.fnUntraced(function* (chat: ChatId) {
    const socket = yield* session?.socket ?? Effect.undefined
    const group = keyring.formsOf(chat).find((form) => kindOf(form) === "group")
    if (socket === undefined || group === undefined) return yield* new NotAsked()
    const metadata = yield* Effect.tryPromise({
      try: () => socket.groupMetadata(group),
      catch: () => new NotAsked()
    })
    const now = yield* Clock.currentTimeMillis
    const knowing = {
      keyring,
      otherForm: () => Effect.undefined,
      ownName: socket.self.name,
      isWithheld: isWithheld(own.state, keyring)
    }
    const items = yield* untilKeyring(
      Effect.forEach(metadataHeard(metadata, socket.self, now), (from) => identify(knowing, from))
    )
    yield* commit(
      0,
      items.filter((item) => item !== undefined)
    )
  })

  yield* Queue.take(queue).pipe(
    Effect.flatMap((chat) =>
      learnOne(chat).pipe(
        Effect.retry({ schedule: askAgain, while: (error) => error._tag === "NotAsked" }),
        // It is asked about again when its next message comes.
        Effect.catch((error) =>
          Effect.andThen(
            Effect.logDebug("a group could not be asked about", { reason: error._tag }),
            Effect.sync(() => void asked.delete(chat))
          )
        )
      )
    ),
    Effect.forever,
    Effect.forkScoped
  )

  return (items: ReadonlyArray<Item>) =>
    Effect.forEach(
      new Set(items.map(({ chat }) => chat)),
      (chat) => {
        if (asked.has(chat) || own.state.get(chats, chat)?.named === true) return Effect.void
        if (!keyring.formsOf(chat).some((form) => kindOf(form) === "group")) return Effect.void
        asked.add(chat)
        return Effect.asVoid(Queue.offer(queue, chat))
      },
      { discard: true }
    )
})
