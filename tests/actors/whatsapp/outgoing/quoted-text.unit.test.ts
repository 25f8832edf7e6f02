import { expect, test } from "vitest"
import fc from "fast-check"
import { shownOf } from "../../../../actors/whatsapp/outgoing/quoted-text.ts"
import { linksOf } from "../../../../actors/whatsapp/sightings.ts"

const key = new Uint8Array(32)
const saidOf = (text: string) => ({ text, whatsAppId: "3A00", links: linksOf(key, text).spelled })

test("a message is shown again without its links, and no longer than a phone shows", () => {
  expect(shownOf(saidOf("hello"))).toBe("hello")
  expect(shownOf(saidOf("see https://evil.example/x and http://b.example, ok"))).toBe("see … and …, ok")
  expect(shownOf(saidOf("a".repeat(500)))).toBe(`${"a".repeat(99)}…`)
})

test("no link of any text is shown again, and what is shown is well formed", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.constantFrom("https://evil.example/x", "b.example", " ", "😀")
        )
      ),
      (parts) => {
        const said = saidOf(parts.join(" "))
        const shown = shownOf(said)
        expect(shown.isWellFormed() || !said.text.isWellFormed()).toBe(true)
        expect(shown.length).toBeLessThanOrEqual(100)
        for (const { raw } of said.links) expect(shown).not.toContain(raw)
      }
    )
  )
})
