import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { localEvidence } from "../../../actors/scan/classify.ts"
import { score } from "../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import { noticeText, type Saying } from "../../../actors/verdict/words.ts"
import { extractLinks } from "../../../contracts/link/extract.ts"

const saying = (change: Partial<Saying>): Saying => ({
  level: "malicious",
  url: "http://paypa1.example/login",
  evidence: [],
  overridden: false,
  correction: false,
  ...change
})

/** The evidence that the scanner finds for a URL, as a notice gets it. */
const evidenceOf = (url: string): Saying["evidence"] =>
  score(wadjet, localEvidence(url), []).reasons.map(({ detail, kind, source }) => ({
    source,
    kind,
    detail: detail ?? null
  }))

/** A dot inside a word, or a scheme: what chat clients turn into a link. */
const clickable = /[\p{L}\p{N}]\.[\p{L}\p{N}]|https?:\/\/|www\./iu

/** Everything in a text that a client may make clickable. */
const clickableIn = (text: string): ReadonlyArray<string> => [
  ...(clickable.exec(text) ?? []),
  ...extractLinks(text).flatMap(({ defanged, raw }) => (defanged ? [] : [raw]))
]

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?$/)
const wide = fc.constantFrom("пример", "例え", "مثال", "раураl", "bücher", "ｅｘａｍｐｌｅ")
const name = fc
  .tuple(
    fc.array(fc.oneof(label, wide), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("com", "co.uk", "top", "рф", "example")
  )
  .map(([labels, end]) => [...labels, end].join("."))
const brandish = fc
  .tuple(fc.constantFrom("paypa1", "micros0ft", "arnazon", "g00gle", "faceb00k"), label)
  .map(([brand, rest]) => `${brand}-${rest}.top`)
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6().map((it) => `[${it}]`)
)
const host = fc.oneof(name, brandish, address)
const url = fc
  .tuple(
    fc.constantFrom("http", "https", "ftp"),
    fc.constantFrom("", "paypal.com@", "a:b@"),
    host,
    fc.webPath(),
    fc.webQueryParameters()
  )
  .map(([scheme, user, at, path, query]) => `${scheme}://${user}${at}${path}?${query}`)
  .filter((it) => URL.canParse(it))
const odd = fc
  .tuple(fc.constantFrom("javascript:", "data:text/html,", "intent://", "upi://pay?pa=", "market://"), host)
  .map((parts) => parts.join(""))

describe("the words of a notice", () => {
  it.each(["malicious", "suspicious", "benign"] as const)(
    "hold no link that can be clicked, whatever is %s",
    (level) => {
      fc.assert(
        fc.property(fc.oneof(url, odd), fc.boolean(), fc.boolean(), (it, overridden, correction) => {
          expect(
            clickableIn(
              noticeText(saying({ level, url: it, evidence: evidenceOf(it), overridden, correction }))
            )
          ).toEqual([])
        }),
        { numRuns: 300 }
      )
    }
  )

  it("hold no link that can be clicked, whatever the details of a scan say", () => {
    const detail = fc
      .tuple(fc.string(), fc.oneof(name, brandish, fc.ipV4()), fc.string())
      .map((parts) => parts.join(" "))
    fc.assert(
      fc.property(detail, name, (one, at) => {
        const two = `see https://${at}/ and www.${at}`
        const evidence = [one, two].map((it) => ({ source: "look-alike", kind: "likely", detail: it }))
        expect(clickableIn(noticeText(saying({ evidence })))).toEqual([])
      }),
      { examples: [["::0 and 2001:db8::1", "example.com"]] }
    )
  })

  it("name the host so that a person knows which link is meant, and what to do", () => {
    expect(noticeText(saying({}))).toBe(
      "⛔ Dangerous link: paypa1[.]example\nDo not open it, and do not enter anything there."
    )
  })

  it("name something even where a link has no host", () => {
    for (const it of ["data:text/html,hello", "upi://pay?pa=x"])
      expect(noticeText(saying({ url: it }))).not.toMatch(/^⛔ Dangerous link: $/m)
  })

  it("give three reasons at most, the heaviest ones, in plain words", () => {
    const evidence = ["lure-name", "hyphens", "nobody-knows", "odd-port", "kit-path", "executable"].map(
      (kind) => ({
        source: "structure",
        kind,
        detail: null
      })
    )
    expect(noticeText(saying({ evidence })).split("\n")[2]).toBe(
      "Why: its name is made to lure; its name is strung together with hyphens; it uses an unusual port"
    )
  })

  it("give no reasons for a link that is harmless after all", () => {
    const evidence = [{ source: "structure", kind: "lure-name", detail: null }]
    expect(noticeText(saying({ level: "benign", evidence }))).not.toContain("Why")
  })

  it("say that an admin decided, and not the scan", () => {
    const evidence = [{ source: "structure", kind: "lure-name", detail: null }]
    const text = noticeText(saying({ evidence, overridden: true }))
    expect(text).toContain("Why: an admin has blocked it")
    expect(text).not.toContain("lure")
  })

  it("say that they correct an earlier notice", () => {
    expect(noticeText(saying({ correction: true }))).toMatch(/\(corrected\)$/)
    expect(noticeText(saying({}))).not.toContain("corrected")
  })
})
