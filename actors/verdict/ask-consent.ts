/** Telling a group, once the account came into it, what is read and kept. */
import { Effect } from "effect"
import { ConsentAsked } from "../../contracts/consent.ts"
import type { Fact } from "../../contracts/event.ts"
import { type ChatId, outboxId } from "../../contracts/ids.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import { policyOf } from "./chats.ts"
import { wordsIn } from "./chat-commands/words/words.ts"
import { isConsentRequired } from "./consent.ts"

type Asking = Fact<typeof ConsentAsked | typeof OutboxQueued>

/** The notice and the fact that it was asked are there together, or neither. */
export const askConsent = Effect.fnUntraced(function* (work: Work, self: Self<Asking>) {
  const chat = work.lane as ChatId
  const { words } = wordsIn(self.state, chat)
  const text = words.consentNotice({
    required: isConsentRequired(self.state),
    keptForDays: policyOf(self.state, chat).settings.keepForDays
  })
  yield* self.append({ cause: work.cause, correlation: work.correlation }, work.key, [
    ConsentAsked({ chat }),
    OutboxQueued({
      chat,
      outbox: outboxId(`${work.cause}/consent`, chat, 0),
      gateway: "whatsapp",
      kind: "text",
      priority: "notice",
      standalone: true,
      body: { text }
    })
  ])
  return undefined
})
