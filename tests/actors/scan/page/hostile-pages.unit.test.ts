import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodePage } from "../../../../actors/scan/page/decode-page.ts"
import { pageEvidence } from "../../../../actors/scan/page/page-evidence.ts"
import { readPage } from "../../../../actors/scan/page/read-page.ts"
import { wadjet } from "../../../../actors/scan/rules/wadjet.ts"

const url = "https://secure.example.net/"

const read = async (bytes: Buffer, contentType = "text/html") => {
  const page = await readPage(decodePage(bytes, contentType), url)
  return { page, evidence: pageEvidence(page, url) }
}

/** What is wrong with what was made of a page: nothing, whatever the page. */
const faultsIn = async (bytes: Buffer, contentType?: string): Promise<ReadonlyArray<string>> => {
  const { evidence, page } = await read(bytes, contentType)
  const wrong: ReadonlyArray<readonly [boolean, string]> = [
    [page.title.length > 500, "a long title"],
    [page.text.length > 65_536, "a long text"],
    ...evidence.flatMap(({ detail = "", kind, source }) => [
      [wadjet.weights[`${source}.${kind}`] === undefined, `${source}.${kind} without a weight`] as const,
      [detail.length > 300, `a long detail of ${kind}`] as const,
      [/https?:|[\p{Cc}\p{Cf}]/u.test(detail), `${detail} as a detail of ${kind}`] as const
    ])
  ]
  return wrong.filter(([is]) => is).map(([, what]) => what)
}

const piece = fc.oneof(
  fc.constantFrom(
    "<form action=https://a.example.org/ method=post>",
    "</form>",
    "<input type=password>",
    "<title>PayPal",
    "</title>",
    "<svg>",
    "</svg>",
    "<math><mtext>",
    "<script>",
    "</script>",
    "<template>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<base href='",
    "<link rel=icon href=data:,x>",
    "<plaintext>",
    "<textarea>",
    "&#0;",
    "&#x110000;",
    "&amp",
    "\0",
    "\uFEFF",
    "\u202E",
    '"',
    "'",
    ">",
    "<",
    "/"
  ),
  fc.string({ unit: "binary", maxLength: 20 })
)

describe("a page that is made to do harm", () => {
  it("is read, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        expect(await faultsIn(Buffer.from(pieces.join("")))).toEqual([])
      }),
      { numRuns: 400 }
    )
  })

  it("is read in any encoding, and under any name of one", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.string({ maxLength: 30 }),
        async (bytes, name) => {
          expect(await faultsIn(Buffer.from(bytes), `text/html; charset=${name}`)).toEqual([])
        }
      ),
      { numRuns: 300 }
    )
  })

  it.each([
    ["nests deeply", "<div>".repeat(26_000)],
    ["nests forms", "<form><input type=password>".repeat(5_000)],
    ["nests drawings", "<svg>".repeat(26_000)],
    ["nests templates", "<template>".repeat(13_000)],
    ["has an attribute without an end", `<a href="${"x".repeat(131_000)}`],
    [
      "has tens of thousands of attributes",
      `<input ${Array.from({ length: 16_000 }, (_, at) => `a${at}=1`).join(" ")}>`
    ],
    ["has no tag that ends", "<".repeat(131_000)],
    ["has no comment that ends", "<!--".repeat(32_000)],
    ["is full of references", "&amp".repeat(32_000)],
    ["is full of NULs", "\0".repeat(131_000)],
    ["says a brand without end", "PayPal ".repeat(18_000)],
    ["has a title without an end", `<title>${"PayPal ".repeat(18_000)}`],
    ["has an icon of a hundred kilobytes", `<link rel=icon href="data:,${"x".repeat(120_000)}">`]
  ])("is read where it %s", async (_, html) => {
    expect(await faultsIn(Buffer.from(`<input type=password>${html}`))).toEqual([])
  })
})

describe("the characters of a page", () => {
  const titleOf = async (bytes: Buffer, contentType?: string) => (await read(bytes, contentType)).page.title

  it("are those that it says, that its header says, or that its bytes look like", async () => {
    const title = "Пароль"
    const utf8 = Buffer.from(`<title>${title}</title>`)
    const koi8 = Buffer.concat([
      Buffer.from("<meta charset=koi8-r><title>"),
      Buffer.from([0xf0, 0xc1, 0xd2, 0xcf, 0xcc, 0xd8]),
      Buffer.from("</title>")
    ])
    expect(await titleOf(utf8)).toBe(title)
    expect(await titleOf(koi8)).toBe(title)
    expect(await titleOf(koi8.subarray("<meta charset=koi8-r>".length), "text/html;charset=KOI8-R")).toBe(
      title
    )
    expect(await titleOf(Buffer.from(`\uFEFF<title>${title}</title>`, "utf16le"))).toBe(title)
    expect(await titleOf(Buffer.from("<title>Señal</title>", "latin1"))).toBe("Señal")
    // What cannot be true, and what nobody knows.
    expect(await titleOf(Buffer.concat([Buffer.from("<meta charset=utf-16>"), utf8]))).toBe(title)
    expect(await titleOf(utf8, "text/html; charset=x-nothing")).toBe(title)
  })

  it("are those of UTF-8 also where the last one was cut", async () => {
    const whole = Buffer.from("<title>ü</title>Пароль")
    expect(await titleOf(whole.subarray(0, whole.length - 1))).toBe("ü")
  })
})
