/**
 * The keyring of the simulation. Random pseudonyms and keys would make two runs of one seed differ in the order
 * of their keys; here they follow from what is asked. Words are sealed by a real one, and forgotten by it.
 */
import { createHash } from "node:crypto"
import { Context, Effect, Layer } from "effect"
import { AccountId, ChatId, hashOf, PersonId } from "../../contracts/ids.ts"
import { Keyring, type KeyringService, KeyringUnavailable } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"

const secretNamed = (name: string): Uint8Array => createHash("sha256").update(name).digest()

export interface SteadyKeyring extends KeyringService {
  /** Every link key that was ever in use, the oldest first. */
  readonly linkKeysSoFar: () => ReadonlyArray<Uint8Array>
}

const steady = (real: KeyringService, slowMillis: () => number): SteadyKeyring => {
  const tokens = new Map<string, string>()
  const forgotten = new Set<string>()
  let keys = 0
  let throwaways = 0
  const used = ["link key 0"]
  let next: { readonly name: string; readonly subject: string } | undefined
  const freshKey = () => `link key ${++keys}`
  const isForgotten = (owners: ReadonlyArray<string>) => owners.some((owner) => forgotten.has(owner))

  const named = (kind: "c" | "p", form: string): string => {
    const known = tokens.get(`${kind} ${form}`)
    if (known !== undefined) return known
    // Who comes back after being forgotten is somebody else.
    const token = `${kind}${hashOf(form, forgotten.size).slice(0, 14)}`
    tokens.set(`${kind} ${form}`, token)
    return token
  }

  const rotate = (prepared: string | undefined) => {
    if (prepared !== undefined && next?.name !== prepared)
      return Effect.fail(new KeyringUnavailable({ operation: "forget", message: "simulated: prepared anew" }))
    used.push(prepared ?? freshKey())
    next = undefined
    return Effect.void
  }

  return {
    ...real,
    linkKeysSoFar: () => used.map(secretNamed),
    account: AccountId.make("asimulated"),
    chat: (forms) => Effect.sync(() => ChatId.make(named("c", forms[0]!))),
    person: (forms) => Effect.sync(() => PersonId.make(named("p", forms[0]!))),
    formsOf: (token) => [...tokens].flatMap(([form, known]) => (known === token ? [form] : [])),
    hash: (owners, text) =>
      Effect.sync(() =>
        isForgotten(owners) ? hashOf("throwaway", throwaways++) : hashOf("hash", ...owners, text)
      ),
    linkKeys: (owners) => {
      if (isForgotten(owners)) return { current: secretNamed(`throwaway ${throwaways++}`) }
      const now = { current: secretNamed(used.at(-1)!) }
      if (next === undefined || owners.includes(next.subject)) return now
      return { ...now, next: { name: next.name, secret: secretNamed(next.name) } }
    },
    prepareLinkKey: (subject) =>
      Effect.sync(() => {
        if (forgotten.has(subject)) return undefined
        if (next?.subject !== subject) next = { name: freshKey(), subject }
        return next.name
      }),
    forget: Effect.fnUntraced(function* (token, prepared) {
      yield* Effect.sleep(slowMillis())
      if (!forgotten.has(token)) yield* rotate(prepared)
      forgotten.add(token)
      for (const [form, known] of tokens) if (known === token) tokens.delete(form)
      return yield* real.forget(token)
    })
  }
}

/** Makes one, which is gone with its scope. Forgetting takes as long as `slowMillis` says each time. */
export const makeSteadyKeyring = (slowMillis: () => number) =>
  Effect.map(Layer.build(Layer.fresh(sqliteKeyring(":memory:"))), (built) =>
    steady(Context.get(built, Keyring), slowMillis)
  )
