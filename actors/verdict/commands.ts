/** What the verdict actor can be asked to do. */
import { Clock, Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { MuteChat, RemoveOverride, SetChat, SetOverride, UnmuteChat } from "../../contracts/commands.ts"
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
import { Keyring } from "../../infra/keyring/keyring.ts"
import { policyOf } from "./chats.ts"
import { overrides } from "./model.ts"
import { overrideToken } from "./override-token.ts"
import { rekeyOverrides } from "./rekey.ts"

export const answersWith = [
  SettingsChanged,
  Muted,
  Unmuted,
  OverrideSet,
  OverridesRekeyed,
  OverrideRemoved
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
  ({ chat }) => chat,
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
  ({ chat }) => chat,
  Effect.fnUntraced(function* (payload: Payload<typeof UnmuteChat>, self: Self<Answered>, reason: Reason) {
    const now = yield* Clock.currentTimeMillis
    if (policyOf(self.state, payload.chat).mutedUntil <= now)
      return yield* refused(UnmuteChat, "already-done", "the chat is not muted")
    return yield* obey(self, reason, Unmuted(payload))
  })
)

const set = answer(
  SetChat,
  ({ chat }) => chat,
  (payload, self: Self<Answered>, reason) => obey(self, reason, SettingsChanged(payload))
)

const setOverride = answer(
  SetOverride,
  (payload) => payload.chat ?? everyLane,
  Effect.fnUntraced(function* (payload: Payload<typeof SetOverride>, self: Self<Answered>, reason: Reason) {
    const { pattern, reason: why, ...rest } = payload
    const keys = (yield* Keyring).linkKeys(payload.chat === undefined ? [] : [payload.chat])
    const token = overrideToken(keys.current, payload.match, pattern)
    // While somebody is being forgotten: it holds before, meanwhile and after that.
    const next = keys.next && overrideToken(keys.next.secret, payload.match, pattern)
    if (token === undefined)
      return yield* refused(
        SetOverride,
        "invalid",
        `expected a ${payload.match}, such as ${payload.match === "url" ? "https://example.com/page" : "example.com"}, found ${JSON.stringify(pattern.slice(0, 100))}`
      )
    if (payload.expiresAt !== undefined && payload.expiresAt <= (yield* Clock.currentTimeMillis))
      return yield* refused(
        SetOverride,
        "invalid",
        "expected an expiry in the future, found one that has passed"
      )
    const words = why === undefined ? { pattern } : { pattern, reason: why }
    const tokens = next === undefined ? { token } : { token, next }
    return yield* obey(self, reason, OverrideSet({ ...rest, ...tokens, words }))
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

export const answers = [mute, unmute, set, setOverride, removeOverride, rekeyOverrides]
