/** What the verdict actor can be asked to do. */
import { Clock, Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { MuteChat, RemoveOverride, SetChat, SetOverride, UnmuteChat } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { HostId, LinkId } from "../../contracts/ids.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { Muted, OverrideRemoved, OverrideSet, SettingsChanged, Unmuted } from "../../contracts/policy.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { everyLane } from "../../infra/actor/lanes.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { overrides, policies } from "./model.ts"

export const answersWith = [SettingsChanged, Muted, Unmuted, OverrideSet, OverrideRemoved] as const
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
    if ((self.state.get(policies, payload.chat)?.mutedUntil ?? 0) <= now)
      return yield* refused(UnmuteChat, "already-done", "the chat is not muted")
    return yield* obey(self, reason, Unmuted(payload))
  })
)

const set = answer(
  SetChat,
  ({ chat }) => chat,
  (payload, self: Self<Answered>, reason) => obey(self, reason, SettingsChanged(payload))
)

/** What a pattern names, as the token that links and hosts are known by. */
const tokenOf = (
  hashKey: Uint8Array,
  match: "url" | "host" | "domain",
  pattern: string
): string | undefined => {
  const found = canonicalize(match === "url" ? pattern : `http://${pattern}/`)
  if ("error" in found) return undefined
  if (match === "url") return linkId(hashKey, found.canonical)
  const url = new URL(found.canonical)
  return url.pathname === "/" && url.search === "" && url.username === ""
    ? linkId(hashKey, url.hostname.replace(/\.$/u, ""))
    : undefined
}

const setOverride = answer(
  SetOverride,
  (payload) => payload.chat ?? everyLane,
  Effect.fnUntraced(function* (payload: Payload<typeof SetOverride>, self: Self<Answered>, reason: Reason) {
    const { hashKey } = yield* Keyring
    const { pattern, reason: why, ...rest } = payload
    const token = tokenOf(hashKey, payload.match, pattern)
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
    const typed = payload.match === "url" ? LinkId.make(token) : HostId.make(token)
    return yield* obey(self, reason, OverrideSet({ ...rest, token: typed, words }))
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

export const answers = [mute, unmute, set, setOverride, removeOverride]
