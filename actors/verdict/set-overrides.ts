/** Setting overrides, one or many at once. */
import { Clock, Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { ImportOverrides, SetOverride } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { OverrideSet } from "../../contracts/policy.ts"
import { everyLane } from "../../infra/actor/lanes.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { standing } from "./chats.ts"
import { type Override, overrides, overridesByToken } from "./model.ts"
import { overrideToken } from "./override-token.ts"

type Wanted = Payload<typeof ImportOverrides>["overrides"][number]
type Set = Fact<typeof OverrideSet>

const examples = { url: "https://example.com/page", host: "example.com", domain: "example.com" } as const

const invalid = (command: CommandType, message: string) =>
  new Refused({ command: command.command, reason: "invalid", message })

const isOver = ({ expiresAt = Infinity }: Wanted, now: number): boolean => expiresAt <= now

/** The fact that sets an override, or why there is none. */
const setFact = (
  keyring: Pick<KeyringService, "linkKeys">,
  wanted: Wanted,
  by: string,
  now: number
): Set | { readonly problem: string } => {
  const { pattern, reason, ...rest } = wanted
  const keys = keyring.linkKeys(wanted.chat === undefined ? [] : [wanted.chat])
  const token = overrideToken(keys.current, wanted.match, pattern)
  // While somebody is being forgotten: it holds before, meanwhile and after that.
  const next = keys.next && overrideToken(keys.next.secret, wanted.match, pattern)
  if (token === undefined)
    return {
      problem: `expected a ${wanted.match}, such as ${examples[wanted.match]}, found ${JSON.stringify(pattern.slice(0, 100))}`
    }
  if (isOver(wanted, now)) return { problem: "expected an expiry in the future, found one that has passed" }
  const words = reason === undefined ? { pattern } : { pattern, reason }
  return OverrideSet({ ...rest, by, token, ...(next === undefined ? {} : { next }), words })
}

export const setOverride = answer(
  SetOverride,
  ({ chat }, state) => (chat === undefined ? everyLane : standing(state, chat)),
  Effect.fnUntraced(function* (
    { by, ...wanted }: Payload<typeof SetOverride>,
    self: Self<Set>,
    reason: Reason
  ) {
    const fact = setFact(yield* Keyring, wanted, by, yield* Clock.currentTimeMillis)
    if ("problem" in fact) return yield* invalid(SetOverride, fact.problem)
    const { sequence } = yield* self.append(reason, "answer", [fact])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence }
  })
)

/** The override that is there for the same pattern in the same place. */
const known = (state: StateReader, { data }: Set): Override | undefined =>
  state
    .walk(overridesByToken, `${data.token}/`)
    .map(([key]) => state.get(overrides, key.split("/")[1]!))
    .find(
      (it) =>
        it !== undefined &&
        it.match === data.match &&
        (it.chat === undefined
          ? data.chat === undefined
          : data.chat !== undefined && standing(state, it.chat) === standing(state, data.chat))
    )

/** Whether an override says what a fact would say of it, but for who said it. */
const isSame = (keyring: KeyringService, before: Override, { data }: Set): boolean => {
  const words = keyring.open(before.words)
  return (
    before.effect === data.effect &&
    before.expiresAt === data.expiresAt &&
    words?.pattern === data.words.pattern &&
    words.reason === data.words.reason
  )
}

/** The last of several for the same pattern in the same place counts. */
const changes = (
  keyring: KeyringService,
  state: StateReader,
  facts: ReadonlyArray<Set>
): ReadonlyArray<Set> => {
  const byPlace = new Map<string, Set>()
  for (const fact of facts) {
    const { chat, match, token } = fact.data
    byPlace.set(`${match}/${token}/${chat ?? ""}`, fact)
  }
  return [...byPlace.values()].flatMap((fact) => {
    const before = known(state, fact)
    if (before === undefined) return [fact]
    if (isSame(keyring, before, fact)) return []
    return [OverrideSet({ ...fact.data, override: before.override })]
  })
}

export const importOverrides = answer(
  ImportOverrides,
  () => everyLane,
  Effect.fnUntraced(function* (
    { by, overrides: all }: Payload<typeof ImportOverrides>,
    self: Self<Set>,
    reason: Reason
  ) {
    const keyring = yield* Keyring
    const now = yield* Clock.currentTimeMillis
    const facts: Array<Set> = []
    let expired = 0
    for (const [index, wanted] of all.entries()) {
      if (isOver(wanted, now)) {
        expired++
        continue
      }
      const fact = setFact(keyring, wanted, by, now)
      if ("problem" in fact) return yield* invalid(ImportOverrides, `override ${index + 1}: ${fact.problem}`)
      facts.push(fact)
    }
    const [first, ...rest] = changes(keyring, self.state, facts)
    const set = first === undefined ? 0 : 1 + rest.length
    const counts = { set, unchanged: all.length - expired - set, expired }
    if (first === undefined) return { generation: self.generation, sequence: 0, ...counts }
    const { sequence } = yield* self.append(reason, "import", [first, ...rest])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence, ...counts }
  })
)
