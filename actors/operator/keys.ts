/** `wadjet keys`: who may use the page and the API. Works whether the system runs or not. */
import { Clock, Effect, Option, Schema } from "effect"
import type { Role } from "../../contracts/account.ts"
import { KeyId } from "../../contracts/ids.ts"
import type { Scope } from "../../contracts/http/access.ts"
import type { Key } from "../admin/accounts.ts"
import { unknownScope } from "../admin/routes/accounts.ts"
import { accountsOf, day } from "./accounts-database.ts"
import { OperatorFailed } from "./failure.ts"
import { parseLogPlace } from "./log-place.ts"
import { Output } from "./output.ts"

const stateOf = (key: Key, now: number) => {
  if (key.revokedAt !== null) return `revoked ${day(key.revokedAt)}`
  if (key.expiresAt !== null && key.expiresAt <= now) return `expired ${day(key.expiresAt)}`
  return key.expiresAt === null ? "in force" : `until ${day(key.expiresAt)}`
}

export interface CreateKeyInput {
  readonly role: Role
  readonly label: Option.Option<string>
  readonly scopes: ReadonlyArray<Scope>
  readonly perMinute: Option.Option<number>
  readonly until: Option.Option<string>
  readonly json: boolean
}

const badFlag = (flag: string, expected: string, found: string) =>
  new OperatorFailed({
    what: "No key was made",
    why: `expected --${flag} to be ${expected}, found ${found}`,
    next: "`wadjet keys create --help` shows what it takes.",
    exit: "usage"
  })

/** What a key is limited to, once it makes sense. */
const limitsOf = Effect.fnUntraced(function* ({ perMinute, scopes, until }: CreateKeyInput) {
  const unknown = unknownScope(scopes)
  if (unknown !== undefined)
    return yield* badFlag("scope", "a part of the API, such as jobs or jobs:read", unknown)
  const rate = Option.getOrUndefined(perMinute)
  if (rate !== undefined && rate < 1) return yield* badFlag("per-minute", "1 or more", String(rate))
  const place = Option.isNone(until) ? undefined : parseLogPlace(until.value)
  const expiresAt = place !== undefined && "time" in place ? place.time : undefined
  const now = yield* Clock.currentTimeMillis
  if (Option.isSome(until) && (expiresAt === undefined || expiresAt <= now))
    return yield* badFlag("until", "a time to come, such as 2027-01-31", until.value)
  return { expiresAt, perMinute: rate, scopes: scopes.length === 0 ? undefined : scopes }
})

/** Makes a key and prints its text, which cannot be found again. */
export const createKey = Effect.fn("createKey")(function* (input: CreateKeyInput) {
  const { json, label, role } = input
  const output = yield* Output
  const limits = yield* limitsOf(input)
  const { accounts, page } = yield* accountsOf
  const { key, text } = yield* accounts.createKey({ role, label: Option.getOrUndefined(label), ...limits })
  if (json) {
    const { createdAt, expiresAt, perMinute, scopes } = key
    return yield* output.json({
      id: key.key,
      role,
      label: key.label,
      scopes,
      perMinute,
      expiresAt,
      key: text,
      createdAt
    })
  }
  yield* output.line(text)
  yield* output.note(`A key of role ${role}, shown this once (id ${key.key}).`)
  if (page !== undefined) yield* output.note(`The page with it: ${page}/#key=${text}`)
}, Effect.scoped)

/** Lists all keys, without their secrets, which nobody has. */
export const listKeys = Effect.fn("listKeys")(function* ({ json }: { readonly json: boolean }) {
  const output = yield* Output
  const { accounts } = yield* accountsOf
  const keys = yield* accounts.listKeys
  if (json)
    return yield* Effect.forEach(keys, ({ key, ...rest }) => output.json({ id: key, ...rest }), {
      discard: true
    })
  if (keys.length === 0)
    return yield* output.line(
      "There are no keys yet: the first start makes one, or `wadjet keys create --role owner`."
    )
  const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
  for (const key of keys)
    yield* output.line(
      `${key.key}  ${key.role.padEnd(9)}  ${stateOf(key, now).padEnd(18)}  made ${day(key.createdAt)}, last used ${day(key.lastUsedAt)}  ${key.scopes?.join(",") ?? ""}  ${key.label ?? ""}`.trimEnd()
    )
}, Effect.scoped)

/** Revokes a key at once, also for a system that runs. */
export const revokeKey = Effect.fn("revokeKey")(function* ({
  id,
  json
}: {
  readonly id: string
  readonly json: boolean
}) {
  const output = yield* Output
  const { accounts } = yield* accountsOf
  const key = Option.getOrUndefined(Schema.decodeUnknownOption(KeyId)(id))
  const revoked = key !== undefined && (yield* accounts.revokeKey(key))
  if (!revoked)
    return yield* new OperatorFailed({
      what: `There is no key in force with the id ${id}`,
      why: "expected the id of a key that was not revoked before, such as 01941f29-7c00-7000-8000-000000000002",
      next: "`wadjet keys list` shows the ids."
    })
  if (json) return yield* output.json({ id: key, revoked: true })
  return yield* output.line(`The key ${key} is no longer accepted.`)
}, Effect.scoped)
