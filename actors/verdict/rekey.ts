/**
 * Overrides across an erasure. It destroys the key of all ids of links and hosts, so that before it every
 * override gets a token under the key that comes next: no message is posted that an override would miss.
 */
import { Effect, Option } from "effect"
import { type Payload, Refused } from "../../contracts/command.ts"
import { overrideParts, RekeyOverrides } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { OverrideSet, OverridesRekeyed, rekeyedOverridesMax } from "../../contracts/policy.ts"
import { everyLane } from "../../infra/actor/lanes.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { type Override, overrides, overridesByToken } from "./model.ts"
import { overrideToken } from "./override-token.ts"

type Rekeyed = Fact<typeof OverridesRekeyed>
type Given = Rekeyed["data"]["overrides"][number]

/** After as many as these the chats have their turn: tens of milliseconds' worth. */
const givenAtOnce = 250

/** The overrides of a part. One is found by each of its tokens, and counts where the first of them is. */
const overridesIn = (state: StateReader, part: number): ReadonlyArray<Override> => {
  const prefix = part.toString(16).padStart(2, "0")
  return state.walk(overridesByToken, prefix).flatMap(([key]) => {
    const [token, id] = key.split("/")
    const known = state.get(overrides, id!)
    return known !== undefined && known.tokens[0] === token ? [known] : []
  })
}

/** The next key, asked for once for each chat: the one that is about to be forgotten has none. */
const nextKeys = (keyring: KeyringService, linkKey: string) => {
  const keys = new Map<string | undefined, Uint8Array | undefined>()
  return (chat: Override["chat"]): Uint8Array | undefined => {
    if (!keys.has(chat)) {
      const { next } = keyring.linkKeys(chat === undefined ? [] : [chat])
      keys.set(chat, next?.name === linkKey ? next.secret : undefined)
    }
    return keys.get(chat)
  }
}

/** What an override is about, as long as anyone may know it. One that was tampered with holds up no erasure. */
const patternOf = (keyring: KeyringService, { words }: Override): string | undefined =>
  Option.getOrUndefined(Option.liftThrowable(() => keyring.open(words)?.pattern)())

/** The overrides of a part that lack their token under the next key, with it. */
const givenIn = (
  keyring: KeyringService,
  state: StateReader,
  nextKeyOf: ReturnType<typeof nextKeys>,
  part: number
): ReadonlyArray<Given> =>
  overridesIn(state, part).flatMap((known) => {
    const key = nextKeyOf(known.chat)
    const pattern = key === undefined ? undefined : patternOf(keyring, known)
    if (key === undefined || pattern === undefined) return []
    const token = overrideToken(key, known.match, pattern)
    return token === undefined || known.tokens.includes(token) ? [] : [{ override: known.override, token }]
  })

const factsOf = (all: ReadonlyArray<Given>): ReadonlyArray<Rekeyed> =>
  Array.from({ length: Math.ceil(all.length / rekeyedOverridesMax) }, (_, index) =>
    OverridesRekeyed({
      overrides: all.slice(index * rekeyedOverridesMax, (index + 1) * rekeyedOverridesMax)
    })
  )

/**
 * In all lanes, so that an override that was being set without knowing of the next key is folded by then; and a
 * few parts at a time, so that no chat waits for long, however many overrides there are.
 */
export const rekeyOverrides = answer(
  RekeyOverrides,
  () => everyLane,
  Effect.fnUntraced(function* (
    { linkKey, part }: Payload<typeof RekeyOverrides>,
    self: Self<Rekeyed>,
    reason: Reason
  ) {
    const keyring = yield* Keyring
    // One whose being stored was never heard of gave its lane back all the same.
    yield* self.upToDate([OverrideSet.type])
    const nextKeyOf = nextKeys(keyring, linkKey)
    if (nextKeyOf(undefined) === undefined)
      return yield* new Refused({
        command: RekeyOverrides.command,
        reason: "unavailable",
        message: "the link key that was prepared gave way to that of another erasure; begin again"
      })
    const all: Array<Given> = []
    let at = part
    while (at < overrideParts && all.length < givenAtOnce)
      all.push(...givenIn(keyring, self.state, nextKeyOf, at++))
    const next = at < overrideParts ? at : null
    const [first, ...rest] = factsOf(all)
    if (first === undefined) return { generation: self.generation, sequence: 0, next }
    const { sequence } = yield* self.append(reason, "rekey", [first, ...rest])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence, next }
  })
)
