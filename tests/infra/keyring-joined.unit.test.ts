import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import { inMemory, january, onDisk } from "./keyring/subject.ts"

const phone = "491@s.whatsapp.net"
const lid = "1@lid"

/** One who came by number and by LID before anybody knew that they are one, and what was sealed for each. */
const met = Effect.fnUntraced(function* (keyring: KeyringService) {
  const byPhone = yield* keyring.person([phone])
  const byLid = yield* keyring.person([lid])
  const words = {
    phone: yield* keyring.seal([byPhone], january, "by phone"),
    lid: yield* keyring.seal([byLid], january, "by lid")
  }
  return { byPhone, byLid, words }
})

describe("two pseudonyms that turn out to be one person", () => {
  it.effect("are joined under the older one, for all their forms, in whichever order they are learnt", () =>
    Effect.forEach(
      [
        [phone, lid],
        [lid, phone]
      ],
      (forms) =>
        inMemory((keyring) =>
          Effect.gen(function* () {
            const { byLid, byPhone } = yield* met(keyring)
            expect(byLid).not.toBe(byPhone)
            expect(yield* keyring.person(forms)).toBe(byPhone)
            expect(yield* keyring.person([lid])).toBe(byPhone)
            expect(keyring.pseudonymsOf(byPhone)).toEqual([byPhone, byLid])
            expect(keyring.pseudonymsOf(byLid)).toEqual([byPhone, byLid])
            expect(keyring.formsOf(byPhone)).toEqual([phone, lid])
            expect(keyring.formsOf(byLid)).toEqual([])
          })
        )
    )
  )

  it.effect("keep what was sealed for either readable, until one of them is forgotten: then both are", () =>
    Effect.forEach(["byPhone", "byLid"] as const, (which) =>
      inMemory((keyring) =>
        Effect.gen(function* () {
          const people = yield* met(keyring)
          yield* keyring.person([phone, lid])
          expect(keyring.open(people.words.phone)).toBe("by phone")
          expect(keyring.open(people.words.lid)).toBe("by lid")
          expect(yield* keyring.forget(people[which])).toEqual({ keysDestroyed: 2, mappingsDestroyed: 2 })
          expect([keyring.open(people.words.phone), keyring.open(people.words.lid)]).toEqual([null, null])
          for (const owner of [people.byPhone, people.byLid])
            expect(keyring.open(yield* keyring.seal([owner], january, "after"))).toBeNull()
          expect(yield* keyring.forget(people[which])).toEqual({ keysDestroyed: 0, mappingsDestroyed: 0 })
          // The pseudonyms say nothing of whom they stood for, but still that it was one.
          expect(keyring.pseudonymsOf(people.byLid)).toEqual([people.byPhone, people.byLid])
          expect([people.byPhone, people.byLid]).not.toContain(yield* keyring.person([phone, lid]))
        })
      )
    )
  )

  it.effect("are three where a third joins later, and forgotten together", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const second = "492@s.whatsapp.net"
        const { byLid, byPhone } = yield* met(keyring)
        const bySecond = yield* keyring.person([second])
        expect(yield* keyring.person([lid, second])).toBe(byLid)
        expect(yield* keyring.person([lid, phone])).toBe(byPhone)
        expect(keyring.pseudonymsOf(bySecond)).toEqual([byPhone, bySecond, byLid])
        yield* keyring.forget(bySecond)
        expect([byPhone, byLid, bySecond].flatMap(keyring.formsOf)).toEqual([])
      })
    )
  )

  it.effect("are not joined by a phone number that passed from one LID to another", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const before = yield* keyring.person([lid, phone])
        const after = yield* keyring.person(["2@lid", phone])
        expect(after).not.toBe(before)
        expect(keyring.formsOf(before)).toEqual([lid])
        expect(yield* keyring.person([phone])).toBe(after)
        expect(yield* keyring.person([lid])).toBe(before)
        expect(keyring.pseudonymsOf(after)).toEqual([after])
      })
    )
  )

  it.effect("are one chat, too, where the chat is with that person alone", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const byPhone = yield* keyring.chat([phone])
        const byLid = yield* keyring.chat([lid])
        expect(yield* keyring.chat([lid, phone])).toBe(byPhone)
        expect(keyring.pseudonymsOf(byLid)).toEqual([byPhone, byLid])
        // People and chats are joined each by themselves.
        expect(yield* keyring.person([lid])).not.toBe(yield* keyring.person([phone]))
      })
    )
  )

  it.live("are joined once, by whichever of two processes learns it first", () =>
    Effect.gen(function* () {
      const { open } = yield* onDisk
      const one = (yield* open).keyring
      const other = (yield* open).keyring
      for (let round = 0; round < 20; round++) {
        const forms = [`${round}@lid`, `49${round}@s.whatsapp.net`] as const
        const first = yield* one.person([forms[1]])
        yield* other.person([forms[0]])
        const both = yield* Effect.all([one.person(forms), other.person(forms)], { concurrency: 2 })
        expect(both).toEqual([first, first])
        expect(one.pseudonymsOf(first)).toEqual(other.pseudonymsOf(first))
      }
    })
  )
})
