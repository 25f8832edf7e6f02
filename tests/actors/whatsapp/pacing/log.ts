/** What the pacer asks of the log, without the log: claims are folded into a state that lasts over restarts. */
import Database from "better-sqlite3"
import type { Recorded } from "../../../../contracts/event.ts"
import type { RecordedOf } from "../../../../contracts/catalogue.ts"
import { ChatId, hashOf, OutboxId, whatsAppIdOf } from "../../../../contracts/ids.ts"
import type { OutboxClaimed } from "../../../../contracts/outbox.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { foldBeginning, foldClaim } from "../../../../actors/whatsapp/pacing/spent.ts"
import type { Asking } from "../../../../actors/whatsapp/pacing/pacer.ts"

export const chatOf = (name: string | number) => ChatId.make(`cchat${String(name).padStart(4, "0")}`)

let asked = 0

export const asking = (chat: string | number, change: Partial<Asking> = {}): Asking => ({
  outbox: OutboxId.make(hashOf("asking", asked++)),
  chat: chatOf(chat),
  mayWait: true,
  isFirst: false,
  typingMillis: 0,
  ...change
})

export const makeLog = () => {
  const db = new Database(":memory:")
  let sequence = 0
  const open = () => openStateStore(db, "generation", 1)
  let store = open()
  const recorded = (time: number) => ({
    id: `event ${sequence}`,
    sequence: ++sequence,
    time,
    cause: undefined,
    correlation: undefined
  })
  const fold = (run: () => void) => store.fold(sequence, run)
  return {
    state: () => store.state,
    digest: () => store.digest(),
    /** Another process takes over: nothing is left but what was folded. */
    restart: () => {
      store = open()
    },
    claim: ({ chat, isFirst, outbox }: Asking, time: number) => {
      const event = {
        ...recorded(time),
        type: "outbox.claimed",
        data: {
          chat,
          outbox,
          whatsApp: whatsAppIdOf(outbox),
          wire: "text",
          attempt: 1,
          ...(isFirst ? { first: true } : {})
        }
      } as unknown as Recorded<typeof OutboxClaimed>
      fold(() => foldClaim(store.state, event))
    },
    linked: (at: number) =>
      fold(() =>
        foldBeginning(store.state, {
          ...recorded(at),
          type: "session.linked",
          data: { method: "qr", at }
        } as unknown as RecordedOf<"session.linked">)
      ),
    opened: (at: number) =>
      fold(() =>
        foldBeginning(store.state, {
          ...recorded(at),
          type: "session.opened",
          data: { epoch: 1, attempts: 1, downMillis: 0 }
        } as unknown as RecordedOf<"session.opened">)
      )
  }
}
