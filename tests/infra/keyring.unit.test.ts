import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { february, inMemory, january, named, onDisk, spellings } from "./keyring/subject.ts"

describe("sealing", () => {
  it.effect("opens what it sealed, whatever the value is", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        for (const value of [{ text: "grüße 🐍", list: [1, null] }, "", null, 0, [], "x".repeat(100_000)]) {
          for (const owners of [[chat, sender], [sender], [chat], []])
            expect(keyring.open(yield* keyring.seal(owners, january, value))).toEqual(value)
        }
      })
    )
  )

  it.effect("seals the same value differently each time, and never shows it", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { sender } = yield* named(keyring)
        const first = yield* keyring.seal([sender], january, "secret word")
        expect(first).toMatch(/^s1:[A-Za-z0-9_.-]+:[A-Za-z0-9_-]+$/)
        expect(first).not.toContain(sender)
        expect(Buffer.from(first.split(":")[2]!, "base64url").toString("latin1")).not.toContain("secret")
        expect(yield* keyring.seal([sender], january, "secret word")).not.toBe(first)
      })
    )
  )

  it.effect("needs the keys of all owners: losing any one of them loses the value", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        for (const [index, lost] of (["chat", "sender"] as const).entries()) {
          const owners = yield* named(keyring, `7${index}`)
          const joint = yield* keyring.seal([owners.chat, owners.sender], january, "joint")
          const other = lost === "chat" ? owners.sender : owners.chat
          const alone = yield* keyring.seal([other], january, "alone")
          yield* keyring.forget(owners[lost])
          expect(keyring.open(joint)).toBeNull()
          expect(keyring.open(alone)).toBe("alone")
        }
      })
    )
  )

  it.effect("refuses text that was changed anywhere", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const sealed = yield* keyring.seal([chat, sender], january, "said")
        const [version, ids, body] = sealed.split(":") as [string, string, string]
        for (let at = 0; at < body.length - 1; at++) {
          const swapped = body[at] === "A" ? "B" : "A"
          const changed = `${version}:${ids}:${body.slice(0, at)}${swapped}${body.slice(at + 1)}`
          expect(() => keyring.open(changed)).toThrow(/authenticate|authentication tag/)
        }
        expect(() => keyring.open(`${version}:${ids}:${body.slice(0, 30)}`)).toThrow(
          /authenticate|authentication tag/
        )
        expect(() => keyring.open(`${version}:${ids.split(".")[0]}:${body}`)).toThrow(
          /authenticate|authentication tag/
        )
        expect(() => keyring.open(`${version}:${ids.split(".").toReversed().join(".")}:${body}`)).toThrow(
          /authenticate|authentication tag/
        )
        expect(keyring.open("no sealed text")).toBeNull()
        expect(keyring.open(null)).toBeNull()
      })
    )
  )

  it.effect("uses another key of a chat in another month, and the same one of a person for ever", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const idsAt = (owner: string, time: number) =>
          Effect.map(keyring.seal([owner], time, 1), (sealed) => sealed.split(":")[1])
        expect(yield* idsAt(chat, january)).toBe(yield* idsAt(chat, january - 86_400_000))
        expect(yield* idsAt(chat, january)).not.toBe(yield* idsAt(chat, february))
        expect(yield* idsAt(sender, january)).toBe(yield* idsAt(sender, february))
      })
    )
  )
})

describe("forgetting", () => {
  it.effect("destroys every key and mapping, counts them, and does so once", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const sealed = yield* Effect.forEach([january, february], (time) => keyring.seal([chat], time, time))
        expect(keyring.formsOf(sender)).toEqual(["491@s.whatsapp.net", "1@lid"])
        expect(yield* keyring.forget(chat)).toEqual({ keysDestroyed: 2, mappingsDestroyed: 1 })
        expect(sealed.map((text) => keyring.open(text))).toEqual([null, null])
        expect(keyring.formsOf(chat)).toEqual([])
        expect(yield* keyring.forget(chat)).toEqual({ keysDestroyed: 0, mappingsDestroyed: 0 })
        expect(yield* keyring.forget(sender)).toEqual({ keysDestroyed: 0, mappingsDestroyed: 2 })
      })
    )
  )

  it.effect("gives a forgotten owner no new key: what is sealed for them is lost at once", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        yield* keyring.seal([sender], january, "before")
        yield* keyring.forget(sender)
        expect(keyring.open(yield* keyring.seal([sender], january, "after"))).toBeNull()
        expect(keyring.open(yield* keyring.seal([chat, sender], january, "after"))).toBeNull()
        expect(keyring.open(yield* keyring.seal([chat], january, "after"))).toBe("after")
      })
    )
  )

  it.effect("destroys keys that were made ahead for many, of whom the forgotten get none", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const needed = [[chat], [chat, sender], [chat]].map((owners) => ({ owners, timeMillis: january }))
        yield* keyring.makeKeys(needed)
        const sealed = yield* keyring.seal([chat, sender], january, "said")
        expect(yield* keyring.forget(sender)).toMatchObject({ keysDestroyed: 1 })
        expect(keyring.open(sealed)).toBeNull()
        yield* keyring.makeKeys(needed)
        expect(keyring.open(yield* keyring.seal([sender], january, "after"))).toBeNull()
        expect(yield* keyring.forget(chat)).toMatchObject({ keysDestroyed: 1 })
      })
    )
  )

  it.effect("gives a person who comes back a new pseudonym, which nothing joins to the old one", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { sender } = yield* named(keyring)
        yield* keyring.forget(sender)
        expect((yield* named(keyring)).sender).not.toBe(sender)
      })
    )
  )

  it.live("leaves no byte of the keys and the forms in any file", () =>
    Effect.gen(function* () {
      const { bytes, open, secrets } = yield* onDisk
      const { close, keyring } = yield* open
      const second = yield* open
      // Enough neighbours that pages split and cells move: what was moved must not be left behind either.
      const owners = yield* Effect.forEach(
        Array.from({ length: 1_500 }, (_, index) => index),
        Effect.fnUntraced(function* (index) {
          const forms = [`4915${(index * 7_919) % 100_000}0${index}@s.whatsapp.net`, `lid${index * 31}x@lid`]
          const person = yield* keyring.person(forms)
          yield* keyring.seal([person], january, "x")
          return { person, forms }
        })
      )
      const forgotten = owners.filter((_, index) => index % 100 === 7)
      const kept = owners[8]!
      const traces = forgotten.flatMap(({ forms, person }) => [
        ...secrets(person),
        ...forms.flatMap(spellings)
      ])
      const keptTraces = [...secrets(kept.person), Buffer.from(kept.forms[0]!)]
      const tracesIn = (wanted: ReadonlyArray<Buffer>) =>
        bytes().flatMap(({ content, name }) =>
          wanted.filter((trace) => content.includes(trace)).map(() => name)
        )
      expect(tracesIn(traces).length).toBeGreaterThan(forgotten.length)
      expect(second.keyring.formsOf(kept.person)).toEqual(kept.forms)
      for (const { person } of forgotten) yield* keyring.forget(person)
      expect(tracesIn(traces)).toEqual([])
      expect(tracesIn(keptTraces).length).toBeGreaterThan(0)
      yield* second.close
      yield* close
      expect(tracesIn(traces)).toEqual([])
    })
  )

  it.live("is not done while another connection still reads what was there before", () =>
    Effect.gen(function* () {
      const { bytes, open, path, secrets } = yield* onDisk
      const { keyring } = yield* open
      const { sender } = yield* named(keyring)
      yield* keyring.seal([sender], january, "x")
      const secret = secrets(sender)[0]!
      const inAnyFile = () => bytes().some(({ content }) => content.includes(secret))
      const reader = new Database(path, { readonly: true })
      reader.exec("begin; select * from data_key")
      expect(yield* Effect.flip(keyring.forget(sender))).toMatchObject({ _tag: "KeyringUnavailable" })
      expect(inAnyFile()).toBe(true)
      reader.close()
      yield* keyring.forget(sender)
      expect(inAnyFile()).toBe(false)
    })
  )

  it.live("by one process is honoured by what another one has in its cache", () =>
    Effect.gen(function* () {
      const { open } = yield* onDisk
      const one = (yield* open).keyring
      const other = (yield* open).keyring
      const { chat, sender } = yield* named(one)
      const sealed = yield* other.seal([chat, sender], january, "said")
      expect(one.open(sealed)).toBe("said")
      expect(other.open(sealed)).toBe("said")
      yield* one.forget(sender)
      expect(other.open(sealed)).toBeNull()
      expect(other.open(yield* other.seal([sender], january, "after"))).toBeNull()
      expect(other.formsOf(sender)).toEqual([])
    })
  )
})

describe("pseudonyms", () => {
  it.effect("are found by any form that is known, and remember further forms", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const byNumber = yield* keyring.person(["491@s.whatsapp.net"])
        expect(yield* keyring.person(["1@lid", "491@s.whatsapp.net"])).toBe(byNumber)
        expect(yield* keyring.person(["1@lid"])).toBe(byNumber)
        expect(keyring.formsOf(byNumber)).toEqual(["491@s.whatsapp.net", "1@lid"])
        expect(yield* keyring.person(["2@lid"])).not.toBe(byNumber)
        expect(byNumber).toMatch(/^p[a-z2-7]{14}$/)
      })
    )
  )

  it.effect("of a person and of the direct chat with them are two, and both stay what they are", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const form = "491@s.whatsapp.net"
        const chat = yield* keyring.chat([form])
        const person = yield* keyring.person([form])
        expect(yield* keyring.chat([form])).toBe(chat)
        expect(yield* keyring.person([form])).toBe(person)
        yield* keyring.forget(person)
        expect(yield* keyring.chat([form])).toBe(chat)
      })
    )
  )

  it.live("and keys are durable before they are handed out, and the same after opening again", () =>
    Effect.gen(function* () {
      const { open } = yield* onDisk
      const first = yield* open
      const owners = yield* named(first.keyring)
      const sealed = yield* first.keyring.seal([owners.chat, owners.sender], january, "said")
      const linkKeys = first.keyring.linkKeys([])
      // The first connection is still open, as it is at a crash: nothing is written on closing.
      const second = yield* open
      expect(second.keyring.open(sealed)).toBe("said")
      yield* first.close
      yield* second.close
      const third = (yield* open).keyring
      expect(third.open(sealed)).toBe("said")
      expect(yield* named(third)).toEqual(owners)
      expect(third.account).toBe(first.keyring.account)
      expect(third.linkKeys([])).toEqual(linkKeys)
    })
  )

  it.live("minted by two connections at once are one, as are keys", () =>
    Effect.gen(function* () {
      const { open } = yield* onDisk
      const keyrings = [(yield* open).keyring, (yield* open).keyring] as const
      for (let round = 0; round < 30; round++) {
        const forms = [`49${round}@s.whatsapp.net`, `${round}@lid`] as const
        const [a, b] = yield* Effect.all(
          [keyrings[0].person([forms[0]]), keyrings[1].person([forms[1], forms[0]])],
          { concurrency: 2 }
        )
        expect(a).toBe(b)
        const sealed = yield* Effect.forEach(keyrings, (keyring) => keyring.seal([a], january, round), {
          concurrency: 2
        })
        expect(sealed.map((text) => text.split(":")[1])).toEqual([
          sealed[0]!.split(":")[1],
          sealed[0]!.split(":")[1]
        ])
        expect(keyrings[0].open(sealed[1]!)).toBe(round)
      }
      expect(keyrings[0].account).toBe(keyrings[1].account)
    })
  )
})
