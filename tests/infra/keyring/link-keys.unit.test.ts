import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { inMemory, january, named, onDisk } from "./subject.ts"

const currentOf = (keyring: KeyringService, owners: ReadonlyArray<string> = []) =>
  Buffer.from(keyring.linkKeys(owners).current).toString("hex")

describe("the key of link ids", () => {
  it.effect("is one for all, until somebody is forgotten", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const before = currentOf(keyring)
        expect(currentOf(keyring, [chat, sender])).toBe(before)
        yield* keyring.forget(sender)
        expect(currentOf(keyring, [chat])).toBe(currentOf(keyring))
        expect(currentOf(keyring)).not.toBe(before)
      })
    )
  )

  it.effect("gives way to the one that was prepared, in the moment of forgetting", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { sender } = yield* named(keyring)
        const before = currentOf(keyring)
        const name = yield* keyring.prepareLinkKey(sender)
        const { current, next } = keyring.linkKeys([])
        expect(Buffer.from(current).toString("hex")).toBe(before)
        expect(next?.name).toBe(name)
        yield* keyring.forget(sender, name)
        expect(keyring.linkKeys([])).toEqual({ current: next!.secret })
      })
    )
  )

  it.effect("is prepared once for one erasure, and anew for another one", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const first = yield* keyring.prepareLinkKey(sender)
        expect(yield* keyring.prepareLinkKey(sender)).toBe(first)
        const other = yield* keyring.prepareLinkKey(chat)
        expect(other).not.toBe(first)
        // Whoever prepared the first one has to begin again: nothing is forgotten, nothing changes.
        const before = keyring.linkKeys([])
        expect(yield* Effect.flip(keyring.forget(sender, first))).toMatchObject({
          _tag: "KeyringUnavailable"
        })
        expect(keyring.linkKeys([])).toEqual(before)
        expect(keyring.formsOf(sender)).not.toEqual([])
        yield* keyring.forget(chat, other)
        expect(yield* keyring.prepareLinkKey(chat)).toBeUndefined()
      })
    )
  )

  it.effect("does not change when the same one is forgotten again", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        yield* keyring.forget(sender, yield* keyring.prepareLinkKey(sender))
        const next = yield* keyring.prepareLinkKey(chat)
        const before = keyring.linkKeys([])
        yield* keyring.forget(sender)
        expect(keyring.linkKeys([])).toEqual(before)
        expect(before.next?.name).toBe(next)
      })
    )
  )

  it.effect("that outlives an owner is never given out for them", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const other = (yield* named(keyring, "2")).chat
        const name = yield* keyring.prepareLinkKey(chat)
        // What is asked for in that chat has nothing to do with the time after it.
        expect(keyring.linkKeys([chat]).next).toBeUndefined()
        expect(keyring.linkKeys([other]).next).toBeDefined()
        yield* keyring.forget(chat, name)
        const now = currentOf(keyring)
        const once = currentOf(keyring, [chat, sender])
        expect(once).not.toBe(now)
        expect(currentOf(keyring, [chat, sender])).not.toBe(once)
        expect(currentOf(keyring, [other])).toBe(now)
      })
    )
  )

  it.live("that is destroyed is gone from every file and every process, at once", () =>
    Effect.gen(function* () {
      const { bytes, open } = yield* onDisk
      const { keyring } = yield* open
      const other = (yield* open).keyring
      const isOnDisk = (key: Uint8Array) => bytes().some(({ content }) => content.includes(Buffer.from(key)))
      const { chat, sender } = yield* named(keyring)
      const destroyed: Array<Uint8Array> = [keyring.linkKeys([]).current]
      expect(isOnDisk(destroyed[0]!)).toBe(true)
      // One that was prepared and not used is destroyed as well.
      yield* keyring.prepareLinkKey(chat)
      destroyed.push(keyring.linkKeys([]).next!.secret)
      const name = yield* keyring.prepareLinkKey(sender)
      expect(other.linkKeys([])).toEqual(keyring.linkKeys([]))
      yield* keyring.forget(sender, name)
      expect(other.linkKeys([])).toEqual(keyring.linkKeys([]))
      expect(destroyed.filter(isOnDisk)).toEqual([])
      expect(isOnDisk(other.linkKeys([]).current)).toBe(true)
    })
  )

  it.live("is overwritten by asking again, where another connection still read what was there before", () =>
    Effect.gen(function* () {
      const { bytes, open, path } = yield* onDisk
      const { keyring } = yield* open
      const { sender } = yield* named(keyring)
      const before = Buffer.from(keyring.linkKeys([]).current)
      const isOnDisk = () => bytes().some(({ content }) => content.includes(before))
      const reader = new Database(path, { readonly: true })
      reader.exec("begin; select * from link_key")
      const name = yield* keyring.prepareLinkKey(sender)
      expect(yield* Effect.flip(keyring.forget(sender, name))).toMatchObject({ _tag: "KeyringUnavailable" })
      expect(isOnDisk()).toBe(true)
      const after = currentOf(keyring)
      reader.close()
      yield* keyring.forget(sender, yield* keyring.prepareLinkKey(sender))
      expect(isOnDisk()).toBe(false)
      expect(currentOf(keyring)).toBe(after)
    })
  )
})

describe("a keyed hash", () => {
  it.effect("is the same for the same owners and text, in every month", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const hash = yield* keyring.hash([chat, sender], "m1")
        expect(hash).toMatch(/^[0-9a-f]{40}$/)
        yield* keyring.seal([chat, sender], january, "words")
        expect(yield* keyring.hash([chat, sender], "m1")).toBe(hash)
        const others = yield* Effect.all([
          keyring.hash([chat, sender], "m2"),
          keyring.hash([chat], "m1"),
          keyring.hash([sender], "m1"),
          keyring.hash([], "m1")
        ])
        expect(new Set([hash, ...others]).size).toBe(5)
      })
    )
  )

  it.effect("is never made again once any one of its owners is forgotten, and outlives everybody else", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const stranger = yield* named(keyring, "2")
        const both = yield* keyring.hash([chat, sender], "m1")
        const alone = yield* keyring.hash([chat], "m1")
        yield* keyring.forget(stranger.sender)
        expect(yield* keyring.hash([chat, sender], "m1")).toBe(both)
        yield* keyring.forget(sender)
        expect(yield* keyring.hash([chat, sender], "m1")).not.toBe(both)
        expect(yield* keyring.hash([chat], "m1")).toBe(alone)
        yield* keyring.forget(chat)
        expect(yield* keyring.hash([chat], "m1")).not.toBe(alone)
      })
    )
  )

  it.live("is the same in every process, and after opening again", () =>
    Effect.gen(function* () {
      const { open } = yield* onDisk
      const one = yield* open
      const { chat, sender } = yield* named(one.keyring)
      const hash = yield* one.keyring.hash([chat, sender], "m1")
      const other = (yield* open).keyring
      expect(yield* other.hash([chat, sender], "m1")).toBe(hash)
      yield* one.keyring.forget(sender)
      expect(yield* other.hash([chat, sender], "m1")).not.toBe(hash)
    })
  )
})
