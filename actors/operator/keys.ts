/** `wadjet keys`: who may use the page and the API. Works whether the system runs or not. */
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { Role } from "../../contracts/account.ts"
import { KeyId } from "../../contracts/ids.ts"
import { accountsFile, type Key, openAccounts } from "../admin/accounts.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { runningOn } from "./run-file.ts"
import { DataFolderUnusable } from "./system.ts"

/** Keys may be made before the first start: the folder is made then as well. */
const accountsOf = Effect.gen(function* () {
  const dataFolder = resolve((yield* Host.config).dataFolder)
  yield* Effect.try({
    try: () => mkdirSync(dataFolder, { recursive: true, mode: 0o700 }),
    catch: (cause) => new DataFolderUnusable(dataFolder, cause)
  })
  return { dataFolder, accounts: yield* openAccounts(join(dataFolder, accountsFile)) }
})

const day = (millis: number | null) =>
  millis === null ? "never" : new Date(millis).toISOString().slice(0, 10)

const stateOf = (key: Key, now: number) => {
  if (key.revokedAt !== null) return `revoked ${day(key.revokedAt)}`
  if (key.expiresAt !== null && key.expiresAt <= now) return `expired ${day(key.expiresAt)}`
  return key.expiresAt === null ? "in force" : `until ${day(key.expiresAt)}`
}

export interface CreateKeyInput {
  readonly role: Role
  readonly label: Option.Option<string>
  readonly json: boolean
}

/** Makes a key and prints its text, which cannot be found again. */
export const createKey = Effect.fn("createKey")(function* ({ json, label, role }: CreateKeyInput) {
  const output = yield* Output
  const { accounts, dataFolder } = yield* accountsOf
  const { key, text } = yield* accounts.createKey({ role, label: Option.getOrUndefined(label) })
  if (json)
    return yield* output.json({ id: key.key, role, label: key.label, key: text, createdAt: key.createdAt })
  const page = runningOn(dataFolder)?.httpUrl
  yield* output.line(text)
  yield* output.note(`A key of role ${role}, shown this once (id ${key.key}).`)
  if (page !== undefined && page !== null) yield* output.note(`The page with it: ${page}/#key=${text}`)
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
      `${key.key}  ${key.role.padEnd(9)}  ${stateOf(key, now).padEnd(18)}  made ${day(key.createdAt)}, last used ${day(key.lastUsedAt)}  ${key.label ?? ""}`.trimEnd()
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
