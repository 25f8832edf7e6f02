import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openingBy } from "../../../infra/keyring/keyring.ts"
import { february, inMemory, january, named, onDisk } from "./subject.ts"

describe("opening the texts of one answer", () => {
  it.effect("opens what `open` opens, once for the same text", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const words = { text: "ä 🐍", links: [1, 2] }
        const sealed = yield* keyring.seal([chat, sender], january, words)
        const nothing = yield* keyring.seal([chat], january, null)
        const open = keyring.opening()
        expect(open(sealed)).toEqual(words)
        expect(open(sealed)).toBe(open(sealed))
        expect(keyring.open(sealed)).toEqual(words)
        expect([open(nothing), open(null), open("no sealed text"), open("s1:a.b:c")]).toEqual([
          null,
          null,
          null,
          null
        ])
      })
    )
  )

  it.effect("refuses a text that was changed, or is under the names of other keys", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const [one, two] = [
          yield* keyring.seal([chat], january, "one"),
          yield* keyring.seal([sender], january, "two")
        ]
        const mixed = `${one.split(":").slice(0, 2).join(":")}:${two.split(":")[2]}`
        const last = one.at(-2) === "A" ? "B" : "A"
        const changed = `${one.slice(0, -2)}${last}${one.at(-1)}`
        for (const text of [mixed, changed]) {
          expect(() => keyring.open(text)).toThrow("authenticate")
          expect(() => keyring.opening()(text)).toThrow("authenticate")
        }
      })
    )
  )

  it.live("opens nothing whose keys another process destroyed before it began", () =>
    Effect.gen(function* () {
      const { open } = yield* onDisk
      const [here, there] = [(yield* open).keyring, (yield* open).keyring]
      const { chat, sender } = yield* named(here)
      const sealed = yield* here.seal([chat, sender], january, "words")
      const kept = yield* here.seal([chat], january, "kept")
      expect(here.opening()(sealed)).toBe("words")
      yield* there.forget(sender)
      const after = here.opening()
      expect([after(sealed), after(kept)]).toEqual([null, "kept"])
    })
  )

  it.effect("opens nothing again whose keys were destroyed after it was opened", () =>
    inMemory((keyring) =>
      Effect.gen(function* () {
        const { chat, sender } = yield* named(keyring)
        const said = yield* keyring.seal([chat, sender], january, "said")
        const old = yield* keyring.seal([chat], january, "old")
        const newer = yield* keyring.seal([chat], february, "newer")
        const before = keyring.opening()
        expect([said, old, newer].map((text) => before(text))).toEqual(["said", "old", "newer"])
        yield* keyring.expireMonths(chat, "2026-02")
        yield* keyring.forget(sender)
        for (const open of [before, keyring.opening()])
          expect([said, old, newer].map((text) => open(text))).toEqual([null, null, "newer"])
      })
    )
  )

  it("is done one by one where a keyring does no better", () => {
    const open = <T>(sealed: string | null) => sealed as T | null
    expect(openingBy({ open })).toBe(open)
  })
})
