/** Forgetting what was said longer ago than a chat keeps it, by whole months: their keys are destroyed. */
import { Clock, Effect } from "effect"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { WordsExpired } from "../../contracts/consent.ts"
import type { Fact } from "../../contracts/event.ts"
import type { ChatId } from "../../contracts/ids.ts"
import { monthOf } from "../../contracts/personal.ts"
import { collection } from "../../infra/actor/collection.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { State, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { policyOf } from "./chats.ts"

/** By chat: the first month of which words are kept. */
const keptSince = collection<string>("kept-since")

export const keepWork = "keep-for"

const dayMillis = 86_400_000

export const wordsKept = (state: State, { data, time }: RecordedOf<"message.received">): void => {
  if (state.get(keptSince, data.chat) === undefined) state.put(keptSince, data.chat, monthOf(time))
}

/** Once anybody wants words forgotten, it is looked every day whether there are any. */
export const keepForSet = (state: State, event: RecordedOf<"policy.settings-changed">): void => {
  if ((event.data.settings.keepForDays ?? 0) === 0) return
  state.open({
    key: keepWork,
    kind: keepWork,
    priority: 3,
    lane: keepWork,
    due: 0,
    cause: event.id,
    correlation: event.correlation ?? event.id
  })
}

export const wordsExpired = (state: State, { data }: RecordedOf<"policy.words-expired">): void =>
  state.put(keptSince, data.chat, data.before)

/** Done again after a crash in between, it destroys nothing more, and says so. */
export const performKeeping = Effect.fnUntraced(function* (
  work: Work,
  self: Self<Fact<typeof WordsExpired>>
) {
  const keyring = yield* Keyring
  const now = yield* Clock.currentTimeMillis
  for (const [key, since] of self.state.walk(keptSince, "")) {
    const chat = key as ChatId
    const { keepForDays } = policyOf(self.state, chat).settings
    const before = monthOf(now - keepForDays * dayMillis)
    if (keepForDays === 0 || since >= before) continue
    const expired = yield* keyring.expireMonths(chat, before).pipe(Effect.option)
    // The keyring passes; what it has not done is done tomorrow.
    if (expired._tag === "None") continue
    yield* self.append(
      { cause: work.cause, correlation: work.correlation },
      `${work.key}:${chat}:${before}`,
      [WordsExpired({ chat, before, keysDestroyed: expired.value })]
    )
  }
  return { later: now + dayMillis }
})
