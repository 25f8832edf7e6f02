/** What the verdict actor can be asked to do. */
import { isDeepStrictEqual } from "node:util"
import { Clock, Effect } from "effect"
import { changedSettings } from "../../contracts/chat-settings.ts"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { MuteChat, RemoveOverride, SetChat, UnmuteChat } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import {
  Muted,
  OverrideRemoved,
  OverrideSet,
  OverridesRekeyed,
  SettingsChanged,
  Unmuted
} from "../../contracts/policy.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { everyLane } from "../../infra/actor/lanes.ts"
import { policyOf, settingsSetIn, standing } from "./chats.ts"
import { moderationAnswers, moderationFacts } from "./moderation.ts"
import { overrides } from "./model.ts"
import { importOverrides, setOverride } from "./set-overrides.ts"
import { rekeyOverrides } from "./rekey.ts"

export const answersWith = [
  SettingsChanged,
  Muted,
  Unmuted,
  OverrideSet,
  OverridesRekeyed,
  OverrideRemoved,
  ...moderationFacts
] as const
type Answered = Fact<(typeof answersWith)[number]>

/** Appends one fact and answers when the actor itself obeys it. */
const obey = Effect.fnUntraced(function* (self: Self<Answered>, reason: Reason, fact: Answered) {
  const { sequence } = yield* self.append(reason, "answer", [fact])
  yield* self.folded(sequence)
  return { generation: self.generation, sequence }
})

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

const mute = answer(
  MuteChat,
  ({ chat }, state) => standing(state, chat),
  Effect.fnUntraced(function* (payload: Payload<typeof MuteChat>, self: Self<Answered>, reason: Reason) {
    const now = yield* Clock.currentTimeMillis
    if (payload.until <= now)
      return yield* refused(
        MuteChat,
        "invalid",
        "expected a moment in the future, found one that has passed; use chat.unmute to end a mute"
      )
    return yield* obey(self, reason, Muted(payload))
  })
)

const unmute = answer(
  UnmuteChat,
  ({ chat }, state) => standing(state, chat),
  Effect.fnUntraced(function* (payload: Payload<typeof UnmuteChat>, self: Self<Answered>, reason: Reason) {
    const now = yield* Clock.currentTimeMillis
    if (policyOf(self.state, payload.chat).mutedUntil <= now)
      return yield* refused(UnmuteChat, "already-done", "the chat is not muted")
    return yield* obey(self, reason, Unmuted(payload))
  })
)

/** What holds for all chats is changed while nothing is decided in any of them. */
const set = answer(
  SetChat,
  ({ chat }, state) => (chat === undefined ? everyLane : standing(state, chat)),
  Effect.fnUntraced(function* (
    { by, change, chat }: Payload<typeof SetChat>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const before = settingsSetIn(self.state, chat)
    const changed = changedSettings(before, change)
    if ("problem" in changed) return yield* refused(SetChat, "invalid", changed.problem)
    const { settings } = changed
    if (isDeepStrictEqual(settings, before)) return { generation: self.generation, sequence: 0 }
    return yield* obey(
      self,
      reason,
      SettingsChanged({ settings, by, ...(chat === undefined ? {} : { chat }) })
    )
  })
)

const removeOverride = answer(
  RemoveOverride,
  () => everyLane,
  Effect.fnUntraced(function* (
    { override, by }: Payload<typeof RemoveOverride>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const known = self.state.get(overrides, override)
    if (known === undefined)
      return yield* refused(RemoveOverride, "not-found", `there is no override ${override}`)
    const scope = known.chat === undefined ? {} : { chat: known.chat }
    return yield* obey(self, reason, OverrideRemoved({ override, by, ...scope }))
  })
)

export const answers = [
  mute,
  unmute,
  set,
  setOverride,
  importOverrides,
  removeOverride,
  rekeyOverrides,
  ...moderationAnswers
]
