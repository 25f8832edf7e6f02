import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ChatId } from "../../contracts/ids.ts"
import { type ListedOverride, readOverrideList, writeOverrideList } from "../../contracts/override-list.ts"

const rows = (format: "csv" | "hosts", text: string) => {
  const read = readOverrideList(format, text)
  return "rows" in read ? read.rows.map(({ line, override }) => [line, override]) : read.problem
}

describe("a list of overrides as CSV", () => {
  it("comes back as it was written, whatever is in it", () => {
    const words = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes("\r"))
    const listed: fc.Arbitrary<ListedOverride> = fc
      .record(
        {
          match: fc.constantFrom("url" as const, "host" as const, "domain" as const),
          pattern: words,
          effect: fc.constantFrom("allow" as const, "deny" as const),
          chat: fc.constantFrom(ChatId.make("c0example0"), ChatId.make("c0example1")),
          expiresAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000),
          reason: words
        },
        { requiredKeys: ["match", "pattern", "effect"] }
      )
      .map((it) => it)
    fc.assert(
      fc.property(fc.array(listed), (all) => {
        const read = readOverrideList("csv", writeOverrideList("csv", all))
        expect("rows" in read ? read.rows.map(({ override }) => override) : read).toEqual(all)
      })
    )
  })

  it("may come without the columns that are not needed, in any order, with a mark at its beginning", () => {
    expect(rows("csv", "\uFEFFeffect,pattern,match\ndeny,bad.example,domain\n")).toEqual([
      [2, { match: "domain", pattern: "bad.example", effect: "deny" }]
    ])
  })

  it.each([
    ["pattern\nx", "line 1: expected the columns match, pattern, effect"],
    [
      "match,pattern,effect\nsite,bad.example,deny",
      'line 2: expected url, host or domain as match, found "site"'
    ],
    ["match,pattern,effect\nhost,,deny", 'line 2: expected a pattern, found ""'],
    ["match,pattern,effect\nhost,a.example,block", 'line 2: expected allow or deny as effect, found "block"'],
    [
      'match,pattern,effect,reason\nhost,a.example,deny,"two\nlines"\nhost,b.example,no,',
      'line 4: expected allow or deny as effect, found "no"'
    ],
    ["match,pattern,effect,expires\nhost,a.example,deny,tomorrow", "line 2: expected a moment such as"],
    ["match,pattern,effect,chat\nhost,a.example,deny,Family", "line 2: expected a chat's id"]
  ])("says which line is at fault, and why: %j", (text, problem) => {
    expect(rows("csv", text)).toContain(problem)
  })
})

describe("a hosts file", () => {
  it("denies its hosts everywhere, and knows what is no host of others", () => {
    const text = [
      "# a list",
      "127.0.0.1 localhost",
      "::1 ip6-localhost ip6-loopback",
      "0.0.0.0 bad.example worse.example # both",
      "",
      "plain.example"
    ].join("\n")
    expect(rows("hosts", text)).toEqual([
      [4, { match: "host", pattern: "bad.example", effect: "deny" }],
      [4, { match: "host", pattern: "worse.example", effect: "deny" }],
      [6, { match: "host", pattern: "plain.example", effect: "deny" }]
    ])
  })

  it("is written with the hosts that are denied everywhere", () => {
    const deny = { match: "host", pattern: "bad.example", effect: "deny" } as const
    const all: ReadonlyArray<ListedOverride> = [
      deny,
      { ...deny, effect: "allow" },
      { ...deny, chat: ChatId.make("c0example0") },
      { ...deny, match: "url", pattern: "http://bad.example/" }
    ]
    expect(writeOverrideList("hosts", all)).toBe("0.0.0.0 bad.example\n")
  })

  it("says where an address has no host", () => {
    expect(rows("hosts", "0.0.0.0")).toContain("line 1: expected an address and a host, or a host")
  })
})
