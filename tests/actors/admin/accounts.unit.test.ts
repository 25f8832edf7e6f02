import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { uuid7 } from "../../../actors/admin/uuid7.ts"
import { KeyId } from "../../../contracts/ids.ts"
import { temporaryFolder } from "./whole.ts"

const opened = Effect.gen(function* () {
  const path = join(yield* temporaryFolder, "accounts.db")
  return { path, accounts: yield* openAccounts(path) }
})

it.effect("keeps the hash of a secret, and the secret nowhere", () =>
  Effect.gen(function* () {
    const { accounts, path } = yield* opened
    const { text } = yield* accounts.createKey({ role: "viewer", label: "dashboard" })
    const secret = text.split("_").slice(2).join("_")
    const db = new Database(path, { readonly: true })
    const row = db.prepare<[], { hash: Buffer }>("select * from key").get()!
    db.close()
    expect(row.hash).toEqual(createHash("sha256").update(secret).digest())
    expect(JSON.stringify(Object.values(row))).not.toContain(secret)
    expect(secret).toHaveLength(43)
  })
)

it.effect("finds a key by its text, with its role, and nothing by any other text", () =>
  Effect.gen(function* () {
    const { accounts } = yield* opened
    const { key, text } = yield* accounts.createKey({ role: "moderator" })
    expect(yield* accounts.authenticate(text)).toMatchObject({ key: key.key, role: "moderator" })
    const other = (yield* accounts.createKey({ role: "owner" })).text
    const mixed = `${text.slice(0, 40)}${other.slice(40)}`
    for (const wrong of [
      "",
      "wadjet_",
      mixed,
      `${text}x`,
      text.toUpperCase(),
      text.replace("wadjet", "wadget")
    ])
      expect(yield* accounts.authenticate(wrong)).toBeUndefined()
  })
)

it.effect("makes one key for a request of one name, also for who asks after a restart, for a day", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, accountsFile)
    const named = { request: "retried", asked: "a viewer" }
    const create = (wanted = named) =>
      Effect.scoped(
        Effect.flatMap(openAccounts(path), (accounts) =>
          accounts.createKeyOnce(wanted, { role: "viewer" }, "owner:me")
        )
      )
    const listed = Effect.scoped(Effect.flatMap(openAccounts(path), ({ listKeys }) => listKeys))
    const first = yield* create()
    expect(yield* create()).toEqual(first)
    expect((yield* create({ ...named, request: "another" })).key.key).not.toBe(first.key.key)
    expect(yield* listed).toHaveLength(2)
    yield* TestClock.adjust("24 hours")
    expect((yield* create()).key.key).not.toBe(first.key.key)
  })
)

it.effect("keeps no key that could be read, also where its answer is kept", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, accountsFile)
    const accounts = yield* openAccounts(path)
    const named = { request: "named", asked: "a viewer" }
    const { text } = yield* accounts.createKeyOnce(named, { role: "viewer" }, "owner:me")
    const other = accounts.createKeyOnce({ ...named, asked: "an owner" }, { role: "owner" }, "owner:me")
    expect(yield* Effect.flip(other)).toMatchObject({ reason: "another-request" })
    const kept = [path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join()
    expect(kept).toContain("named")
    for (const hidden of [text.slice(-43), "a viewer"]) expect(kept).not.toContain(hidden)
  })
)

it.effect("does not accept a key once it has expired", () =>
  Effect.gen(function* () {
    const { accounts } = yield* opened
    const { key, text } = yield* accounts.createKey({ role: "viewer", expiresAt: 1_000 })
    expect(yield* accounts.isInForce(key)).toBe(true)
    yield* TestClock.adjust(999)
    expect(yield* accounts.authenticate(text)).toBeDefined()
    yield* TestClock.adjust(1)
    expect(yield* accounts.authenticate(text)).toBeUndefined()
    expect(yield* accounts.isInForce(key)).toBe(false)
  })
)

it.effect("does not accept a key once it was revoked, and keeps listing it", () =>
  Effect.gen(function* () {
    const { accounts } = yield* opened
    const { key, text } = yield* accounts.createKey({ role: "viewer" })
    expect(yield* accounts.revokeKey(key.key)).toBe(true)
    expect(yield* accounts.revokeKey(key.key)).toBe(false)
    expect(yield* accounts.revokeKey(KeyId.make(uuid7(0)))).toBe(false)
    expect(yield* accounts.authenticate(text)).toBeUndefined()
    expect((yield* accounts.listKeys).map((it) => [it.key, it.revokedAt])).toEqual([[key.key, 0]])
  })
)

it.effect("sees at once what another process makes and revokes", () =>
  Effect.gen(function* () {
    const { accounts, path } = yield* opened
    const elsewhere = yield* openAccounts(path)
    const { key, text } = yield* elsewhere.createKey({ role: "operator" })
    expect(yield* accounts.authenticate(text)).toMatchObject({ role: "operator" })
    yield* elsewhere.revokeKey(key.key)
    expect(yield* accounts.authenticate(text)).toBeUndefined()
  })
)

it.effect("makes a first key for an owner once, whoever asks", () =>
  Effect.gen(function* () {
    const { accounts, path } = yield* opened
    const elsewhere = yield* openAccounts(path)
    const first = yield* accounts.createFirstKey
    expect(yield* elsewhere.createFirstKey).toBeUndefined()
    expect(yield* accounts.authenticate(first!.text)).toMatchObject({ role: "owner" })
  })
)

it.effect("notes the last use of a key, at most once a minute", () =>
  Effect.gen(function* () {
    const { accounts } = yield* opened
    const { text } = yield* accounts.createKey({ role: "viewer" })
    const lastUsed = Effect.map(accounts.listKeys, ([key]) => key!.lastUsedAt)
    yield* TestClock.adjust("2 minutes")
    yield* accounts.authenticate(text)
    expect(yield* lastUsed).toBe(120_000)
    yield* TestClock.adjust("30 seconds")
    yield* accounts.authenticate(text)
    expect(yield* lastUsed).toBe(120_000)
    yield* TestClock.adjust("30 seconds")
    yield* accounts.authenticate(text)
    expect(yield* lastUsed).toBe(180_000)
  })
)

it("makes UUIDs of version 7 that sort by their time", () => {
  const ids = [5, 1, 3].map((time) => uuid7(time * 1_000_000_000_000))
  expect(ids.every((id) => KeyId.make(id) === id)).toBe(true)
  expect(ids.toSorted()).toEqual([ids[1], ids[2], ids[0]])
})
