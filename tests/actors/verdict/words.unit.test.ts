import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { LinkifyIt } from "linkify-it"
import { localEvidence } from "../../../actors/scan/classify.ts"
import { score } from "../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import { languageWords } from "../../../actors/verdict/languages/all.ts"
import { noticeText, type Saying, summaryText } from "../../../actors/verdict/words.ts"
import { languages } from "../../../contracts/chat-settings.ts"
import { Level } from "../../../contracts/level.ts"
import { extractLinks } from "../../../contracts/link/extract.ts"
import { evidenceWords } from "../../../actors/operator/evidence-words.ts"

const saying = (change: Partial<Saying>): Saying => ({
  level: "malicious",
  url: "http://paypa1.example/login",
  evidence: [],
  overridden: false,
  correction: false,
  language: "en",
  short: false,
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

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true })

/** Everything in a text that a client may make clickable. */
const clickableIn = (text: string): ReadonlyArray<string> => [
  ...(linkify.match(text) ?? []).map(({ raw }) => raw),
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
  it.each(languages.flatMap((language) => Level.literals.map((level) => [language, level] as const)))(
    "in %s hold no link that can be clicked, whatever is %s",
    (language, level) => {
      fc.assert(
        fc.property(
          fc.oneof(url, odd),
          fc.boolean(),
          fc.boolean(),
          fc.boolean(),
          (it, overridden, correction, short) => {
            const evidence = evidenceOf(it)
            const said = noticeText(
              saying({ language, level, url: it, evidence, overridden, correction, short })
            )
            expect(clickableIn(said)).toEqual([])
            expect(clickableIn(summaryText(language, { malicious: 2, suspicious: 1 }, [it, it]))).toEqual([])
          }
        ),
        { numRuns: 200 }
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

  it("without reasons where a chat wants them short", () => {
    const evidence = [{ source: "structure", kind: "lure-name", detail: null }]
    expect(noticeText(saying({ evidence, short: true }))).toBe(noticeText(saying({})))
  })

  it("sum up what a mute silenced, with a few of the hosts once each", () => {
    const urls = ["a", "b", "a", "c", "d", "e", "f"].map((name) => `http://${name}.example/x`)
    expect(summaryText("en", { malicious: 7, suspicious: 1 }, urls)).toBe(
      "While Wadjet was muted, 7 dangerous links and 1 suspicious link went by without a word.\n" +
        "Do not open: a[.]example, b[.]example, c[.]example, d[.]example, e[.]example"
    )
    expect(summaryText("en", { malicious: 0, suspicious: 2 }, [])).toBe(
      "While Wadjet was muted, 2 suspicious links went by without a word."
    )
  })
})

describe("every language", () => {
  const english = languageWords.en
  const shapeOf = (words: object) => Object.keys(words).toSorted()
  /** Names of evidence that a rule set weighs, or a report has words for. */
  const kinds = [...new Set([...Object.keys(wadjet.weights), ...Object.keys(evidenceWords)])]

  it.each(languages)("has words for every kind of evidence, or says that none are needed: %s", (language) => {
    const { reasons } = languageWords[language]
    expect(kinds.filter((kind) => !(kind in reasons))).toEqual([])
    expect(Object.keys(reasons).filter((kind) => !kinds.includes(kind))).toEqual([])
    // What speaks against a link is worth saying, and what speaks for it is not.
    for (const [kind, weight] of Object.entries(wadjet.weights))
      expect([kind, reasons[kind] === null]).toEqual([kind, weight.weight <= 0])
  })

  it.each(languages)("has every message, and no two kinds of evidence sound alike: %s", (language) => {
    const words = languageWords[language]
    expect(shapeOf(words)).toEqual(shapeOf(english))
    expect(shapeOf(words.reasons)).toEqual(shapeOf(english.reasons))
    const said = Object.entries(words.reasons).flatMap(([kind, text]) =>
      text === null || kind === "override.deny" ? [] : [text]
    )
    expect(new Set(said).size).toBe(said.length)
    for (const text of said) expect(text.trim()).toBe(text)
  })

  it.each(languages)("counts in all the forms that its numbers have: %s", (language) => {
    const counts = [1, 2, 3, 11, 100].map((malicious) =>
      summaryText(language, { malicious, suspicious: malicious }, [])
    )
    expect(new Set(counts).size).toBe(counts.length)
    for (const text of counts) expect(text).not.toContain("#")
  })

  it("that is written from right to left sets hosts and names apart from what stands around them", () => {
    const evidence = [{ source: "look-alike", kind: "high", detail: "paypal" }]
    const text = noticeText(saying({ language: "ar", evidence }))
    expect(text.split("\n")[0]).toBe("⛔ رابط خطير: \u2066paypa1[.]example\u2069")
    expect(text).toContain("\u2068paypal\u2069")
    const opened = [...text].filter((it) => it === "\u2066" || it === "\u2068").length
    expect([...text].filter((it) => it === "\u2069")).toHaveLength(opened)
  })

  it("lets no detail break out of where it is set apart", () => {
    const evidence = [{ source: "look-alike", kind: "high", detail: "a\u2069\u202Eb" }]
    expect(noticeText(saying({ evidence }))).toContain("\u2068ab\u2069")
  })
})
