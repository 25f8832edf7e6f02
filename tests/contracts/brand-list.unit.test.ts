import { Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseBrands, readBrandList } from "../../contracts/brand-list.ts"

const read = (list: string) => Result.getOrThrow(readBrandList(list))
const faultIn = (list: string) => Result.getOrThrow(Result.flip(readBrandList(list)))

const acme = {
  name: "acme",
  isWord: false,
  isOnlyThere: false,
  owns: ["acme.com", "acme.org"],
  neighbours: ["acne", "acmei-"]
}

describe("a brand list that somebody wrote", () => {
  it.each([
    ["on a line", "acme: acme.com acme.org ~ acne acmei-"],
    ["over indented lines", "acme: acme.com\n  acme.org\n\t~ acne\n  acmei-\n"],
    [
      "with comments and empty lines",
      "# ours\n\nacme: acme.com # since 1990; really\n\n  acme.org ~ acne acmei-"
    ],
    [
      "with the line ends of Windows and a mark of its encoding",
      "\uFEFFacme: acme.com\r\n  acme.org ~ acne acmei-\r\n"
    ],
    ["in capitals", "Acme: ACME.com acme.ORG ~ Acne acmeI-"],
    ["with a domain twice", "acme: acme.com acme.org acme.com ~ acne acmei-"],
    ["beginning on the next line", "acme:\n  acme.com acme.org ~\n  acne acmei-"]
  ])("is read %s", (_, list) => {
    expect(read(list)).toEqual([acme])
  })

  it("has entries on lines, or with semicolons between them, and marks behind names", () => {
    const names = (list: string) =>
      read(list).map(({ isOnlyThere, isWord, name, owns }) => [name, isWord, isOnlyThere, ...owns])
    const expected = [
      ["acme", false, false, "acme.com"],
      ["ups", true, false, "ups.com"],
      ["vault", false, true, "vault.example"]
    ]
    expect(names("acme: acme.com\nups*: ups.com\nvault!: vault.example")).toEqual(expected)
    expect(names("acme: acme.com; ups*: ups.com;vault!: vault.example;")).toEqual(expected)
    expect(names("acme:\n  acme.com; ups*: ups.com\nvault!: vault.example")).toEqual(expected)
  })

  it("takes names and domains of any script, the domains as they are encoded", () => {
    expect(read("сбербанк: сбербанк.рф\nmüller: Müller.de")).toMatchObject([
      { name: "сбербанк", owns: ["xn--80abap1arsf.xn--p1ai"] },
      { name: "müller", owns: ["xn--mller-kva.de"] }
    ])
  })

  it("takes names of digits, which would be addresses where they stand by themselves", () => {
    expect(read("1688: 1688.com; 0008: 0008.example; 0x10: 0x10.example").map(({ name }) => name)).toEqual([
      "1688",
      "0008",
      "0x10"
    ])
  })

  it("may say of a name only what honest names are close to it, and may be empty", () => {
    expect(read("paypal: ~ paypalette")).toMatchObject([{ owns: [], neighbours: ["paypalette"] }])
    expect(read("# nobody yet\n")).toEqual([])
  })

  it.each([
    ["acme: acme", 1, "a domain such as acme.com", "acme"],
    ["acme: acme.com\n  https://acme.org/", 2, "a domain such as acme.com", "https://acme.org/"],
    ["acme: *.acme.com", 1, "stands for all of its sub-domains", "*.acme.com"],
    ["acme: acme.com, acme.org", 1, "a domain such as acme.com", "acme.com,"],
    ["acme: 192.0.2.7", 1, "a domain such as acme.com", "192.0.2.7"],
    ["acme: acme..com", 1, "a domain such as acme.com", "acme..com"],
    ["acme: acme.com.", 1, "a domain such as acme.com", "acme.com."],
    ["acme: ä/b.com", 1, "a domain such as acme.com", "ä/b.com"],
    [`acme: ${"a".repeat(64)}.com`, 1, "a domain such as acme.com", `${"a".repeat(60)}…`],
    ["ok: ok.com", 1, "ok*, which counts only where", "ok"],
    ["ok!: ok.com", 1, "4 characters or more, or ok*", "ok!"],
    ["# ours\n\nacme: acme.com co.uk", 3, "no public suffix", "co.uk"],
    ["acme: github.io", 1, "no public suffix", "github.io"],
    [": acme.com", 1, "a name before the colon", ""],
    ["*: acme.com", 1, "a name before the colon", "*"],
    ["acme-bank: acme.com", 1, "letters and digits as domains have them", "acme-bank"],
    ["acme.com: acme.org", 1, "letters and digits as domains have them", "acme.com"],
    ["acme corp: acme.com", 1, "letters and digits as domains have them", "acme corp"],
    [`${"a".repeat(64)}: acme.com`, 1, "letters and digits as domains have them", `${"a".repeat(60)}…`],
    ["acme: acme.com\nacme.org", 2, "or a line that is indented", "acme.org"],
    ["acme:", 1, "domains behind the colon", "acme:"],
    ["  acme.com\nacme: acme.com", 1, "at the beginning of a line", "acme.com"],
    ["acme: acme.com ~ acne ~ acmed", 1, "one ~", "acme: acme.com ~ acne ~ acmed"],
    ["acme: acme.com ~ acne.org", 1, "an honest name of letters and digits", "acne.org"],
    ["fine: fine.com; acme: acme", 1, "a domain such as acme.com", "acme"]
  ])(
    "is refused as a whole where it says %j, with line %i and what was expected",
    (list, line, expected, found) => {
      const fault = faultIn(list)
      expect(fault.line).toBe(line)
      expect(fault.problem).toMatch(/^expected /)
      expect(fault.problem).toContain(expected)
      expect(fault.problem).toContain(`found ${JSON.stringify(found)}`)
    }
  )

  it("comes back from any text that it is written as, with nothing lost", () => {
    const name = fc.stringMatching(/^[a-z0-9]{4,12}$/)
    const domain = fc
      .tuple(name, fc.constantFrom("com", "co.uk", "example"))
      .map(([it, end]) => `${it}.${end}`)
    const gap = fc.constantFrom(" ", "\n  ", "  # why\n\t", "\r\n ")
    const entry = fc.record({
      name,
      mark: fc.constantFrom("", "*", "!"),
      owns: fc.uniqueArray(domain, { minLength: 1, maxLength: 5 }),
      neighbours: fc.array(
        fc.tuple(name, fc.constantFrom("", "-")).map(([it, end]) => it + end),
        { maxLength: 3 }
      ),
      gap,
      end: fc.constantFrom("\n", ";", " ;\n", "# next\n\n")
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        const list = entries
          .map((it) => {
            const words = [...it.owns, ...(it.neighbours.length > 0 ? ["~", ...it.neighbours] : [])]
            return `${it.name}${it.mark}:${it.gap}${words.join(it.gap)}${it.end}`
          })
          .join("")
        const expected = entries.map((it) => ({
          name: it.name,
          isWord: it.mark === "*",
          isOnlyThere: it.mark === "!",
          owns: it.owns,
          neighbours: it.neighbours
        }))
        expect(read(list)).toEqual(expected)
        expect(parseBrands(list)).toEqual(expected)
      })
    )
  })

  it("of any text is read, or refused with a line that it has", () => {
    const text = fc
      .array(fc.constantFrom("acme", "*", ":", " ", "~", "\n", "\n ", ";", "#", ".com", "co.uk", "é"))
      .map((some) => some.join(""))
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "grapheme" })), (list) => {
        const line = Result.match(readBrandList(list), { onFailure: (it) => it.line, onSuccess: () => 1 })
        expect(line).toBeGreaterThan(0)
        expect(line).toBeLessThanOrEqual(list.split("\n").length)
      })
    )
  })
})
