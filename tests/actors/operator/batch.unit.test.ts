import { PassThrough, Readable, Writable } from "node:stream"
import { describe, expect, it } from "vitest"
import type { BatchOperation } from "../../../actors/operator/batch/operation.ts"
import { operations } from "../../../actors/operator/batch/operations.ts"
import { runBatch } from "../../../actors/operator/batch/run.ts"

const echo: BatchOperation = (input) => ({ input })

const echoUnlessTwo: BatchOperation = (input) => {
  if (input === 2) throw new Error("no")
  return { input }
}
const ask = (name: string, input: unknown) => operations[name]?.(input)

async function run(
  operation: BatchOperation,
  chunks: Iterable<string | Uint8Array>
): Promise<ReadonlyArray<unknown>> {
  const output = new PassThrough({ highWaterMark: 1 << 26 })
  await runBatch(operation, Readable.from(chunks), output)
  output.end()
  const text = String((await output.toArray()).join(""))
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))
}

describe("a batch", () => {
  it("answers every line in order", async () => {
    expect(await run(echo, ['{"a":1}\n{"a":2}\n'])).toEqual([{ input: { a: 1 } }, { input: { a: 2 } }])
  })

  it("answers a last line without a line feed", async () => {
    expect(await run(echo, ["1\n2"])).toEqual([{ input: 1 }, { input: 2 }])
  })

  it("ends lines at the line feed only", async () => {
    expect(await run(echo, ['"a\u2028b\u2029c\u0085"\r\n1\n'])).toEqual([
      { input: "a\u2028b\u2029c\u0085" },
      { input: 1 }
    ])
  })

  it("puts characters together that were split between chunks", async () => {
    const bytes = Buffer.from('"日本😀"\n"é"\n')
    expect(
      await run(
        echo,
        [...bytes].map((byte) => Uint8Array.of(byte))
      )
    ).toEqual([{ input: "日本😀" }, { input: "é" }])
  })

  it("goes on after lines that it can't handle, blank ones too", async () => {
    const error = expect.any(String)
    expect(await run(echoUnlessTwo, ["1\n{\n\n  \n2\n3\n"])).toEqual([
      { input: 1 },
      { error },
      { error },
      { error },
      { error },
      { input: 3 }
    ])
  })

  it("writes no faster than its reader reads, and holds little meanwhile", async () => {
    let read = 0
    const input = Readable.from(
      (function* () {
        for (; read < 2_000; read++) yield `${JSON.stringify("x".repeat(1_000))}\n`
      })()
    )
    let taken = 0
    let ahead = 0
    const output = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        taken += chunk.toString().split("\n").length - 1
        ahead = Math.max(ahead, read - taken)
        setImmediate(done)
      }
    })
    await runBatch(echo, input, output)
    expect(taken).toBe(2_000)
    expect(ahead).toBeLessThan(200)
  })

  it("ends quietly when its reader goes away", async () => {
    const output = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))
      }
    })
    const input = Readable.from(
      (function* () {
        for (;;) yield `${JSON.stringify("x".repeat(100_000))}\n`
      })()
    )
    await expect(runBatch(echo, input, output)).resolves.toBeUndefined()
  })

  it("fails when its output does", async () => {
    const output = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error("disk full"), { code: "ENOSPC" }))
      }
    })
    await expect(runBatch(echo, Readable.from(["1\n"]), output)).rejects.toThrow("disk full")
  })
})

describe("an operation", () => {
  it("extract finds links with offsets", () => {
    expect(ask("extract", { text: "see bit.ly/a" })).toEqual({
      links: [{ raw: "bit.ly/a", url: "http://bit.ly/a", start: 4, end: 12, defanged: false }]
    })
  })

  it("canonicalize gives the URL and its id", () => {
    expect(ask("canonicalize", { url: "b", base: "https://Example.com/a" })).toEqual({
      canonical: "https://example.com/b",
      linkId: expect.stringMatching(/^[0-9a-f]{40}$/)
    })
  })

  it("public-suffix answers for a null host too", () => {
    expect(ask("public-suffix", { host: "a.example.co.uk" })).toEqual({
      suffix: "co.uk",
      registrable: "example.co.uk"
    })
    expect(ask("public-suffix", { host: null })).toEqual({ suffix: null, registrable: null })
  })

  it("lookalike names the brand", () => {
    expect(ask("lookalike", { host: "paypa1.com" })).toMatchObject({
      spoof: true,
      level: "high",
      brand: "paypal.com"
    })
  })

  it("classify takes either rule set", () => {
    expect(ask("classify", { url: "http://192.0.2.7/" })).toMatchObject({ probability: expect.any(Number) })
    expect(ask("classify", { url: "http://192.0.2.7/", rules: "classic" })).toMatchObject({
      level: "benign",
      score: 3
    })
  })

  it("says of the first thing that does not fit where it is, what was expected and what was found", () => {
    const faults = [
      ask("score", { rules: "classic", evidence: { vtMalicious: "3" } }),
      ask("score", { rules: "wadjet", evidence: [{ source: "urlhaus" }] }),
      ask("classify", { url: 5 })
    ].map((answer) => (answer as { error: string }).error)
    expect(faults).toEqual([
      expect.stringContaining('evidence.vtMalicious: Expected number | null, found "3"'),
      expect.stringContaining("evidence.0.kind: Expected a value, found nothing"),
      expect.stringContaining("url: Expected string, found 5")
    ])
  })

  it("score states how far what is missing could move it", () => {
    const missing = [{ source: "phishtank", reason: "slow" }]
    const answer = ask("score", { rules: "wadjet", evidence: [], missing }) as {
      score: number
      range: { least: number; most: number }
    }
    expect(answer.range.least).toBe(answer.score)
    expect(answer.range.most).toBeGreaterThan(answer.score)
  })

  it("score weighs the evidence it is given", () => {
    expect(ask("score", { rules: "classic", evidence: { vtMalicious: 4, unheardOf: 1 } })).toMatchObject({
      level: "malicious",
      score: 8,
      validSeconds: 900
    })
    expect(
      ask("score", { rules: "wadjet", evidence: [{ source: "urlhaus", kind: "listed" }] })
    ).toMatchObject({
      level: "malicious",
      reasons: [{ source: "urlhaus", kind: "listed", weight: expect.any(Number) }]
    })
  })

  it.each([
    ["extract", { text: 1 }, "text"],
    ["extract", [], "text"],
    ["extract", null, "text"],
    ["canonicalize", { url: "nonsense" }, "scheme"],
    ["classify", { url: "http://a.example/", rules: "other" }, "rules"],
    ["score", { rules: "classic", evidence: { vtMalicious: "many" } }, "vtMalicious"],
    ["score", { rules: "wadjet", evidence: {} }, "evidence"]
  ])("%s refuses %j and says what it expected", (name, input, part) => {
    expect(ask(name, input)).toEqual({ error: expect.stringContaining(part) })
  })
})
