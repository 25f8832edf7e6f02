import { Effect, Fiber } from "effect"
import fc from "fast-check"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it, vi } from "vitest"
import type { CodesRead } from "../../../../../actors/whatsapp/incoming/pictures/code-protocol.ts"
import { codeReader } from "../../../../../actors/whatsapp/incoming/pictures/code-reader.ts"
import { mediaKey, pictureOfCodes, png, sealed } from "./pictures-made.ts"

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))

/** Each file read, one beside the other, by one thread. */
const readAll = (
  files: ReadonlyArray<Uint8Array>,
  { key = mediaKey, media = "image" as "image" | "document" } = {}
): Promise<ReadonlyArray<CodesRead>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(codeReader(), (read) =>
        Effect.forEach(files, (file) => read({ file: Uint8Array.from(file), key, media }), {
          concurrency: "unbounded"
        })
      )
    )
  )

const threads = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length

describe("the codes of a picture", () => {
  it("are read in drawings and in photos, each of several", async () => {
    const long = `https://long.example/${"x".repeat(600)}`
    expect(
      await readAll([
        sealed(pictureOfCodes("https://a.example/")),
        sealed(pictureOfCodes("https://a.example/", "WIFI:T:WPA;S:home;P:secret;;", long)),
        sealed(fixture("turned.jpg")),
        sealed(fixture("turned-progressive.jpg")),
        sealed(pictureOfCodes())
      ]).then((all) => all.map((read) => ("codes" in read ? new Set(read.codes) : read)))
    ).toEqual([
      new Set(["https://a.example/"]),
      new Set(["https://a.example/", "WIFI:T:WPA;S:home;P:secret;;", long]),
      new Set(["https://photo.example/from-a-phone"]),
      new Set(["https://photo.example/from-a-phone"]),
      new Set()
    ])
  })

  it("are read in a document under a document's key", async () => {
    const file = sealed(pictureOfCodes("https://a.example/"), "WhatsApp Document Keys")
    expect(await readAll([file], { media: "document" })).toEqual([{ codes: ["https://a.example/"] }])
    expect(await readAll([file])).toEqual([{ failed: "corrupt" }])
  })

  it("are not read in what was changed, is broken, of another kind, or too large, and the next picture is", async () => {
    const whole = pictureOfCodes("https://a.example/")
    const changed = Buffer.from(sealed(whole))
    changed[20] = changed.readUInt8(20) ^ 1
    expect(
      await readAll([
        changed,
        Buffer.alloc(0),
        Buffer.alloc(7),
        sealed(fixture("turned.webp")),
        sealed(Buffer.from("no picture")),
        sealed(whole.subarray(0, 60)),
        sealed(png({ width: 60_000, height: 60_000 }, Buffer.alloc(10))),
        sealed(png({ width: 10, height: 10 }, Buffer.alloc(120 * 1024 * 1024))),
        sealed(whole)
      ])
    ).toEqual([
      { failed: "corrupt" },
      { failed: "corrupt" },
      { failed: "corrupt" },
      { failed: "unsupported" },
      { failed: "unsupported" },
      { failed: "malformed" },
      { failed: "unsupported" },
      { failed: "unsupported" },
      { codes: ["https://a.example/"] }
    ])
  })

  it("no picture whatever breaks the reader", async () => {
    const starts = [
      fixture("turned.jpg"),
      fixture("turned-progressive.jpg"),
      pictureOfCodes("https://a.example/")
    ]
    const mutated = fc
      .tuple(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }),
        fc.integer({ min: 1, max: 100 })
      )
      .map(([start, changes, percent]) => {
        const bytes = Buffer.from(start.subarray(0, Math.ceil((start.length * percent) / 100)))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    const pictures = fc.sample(mutated, 150)
    const reads = await readAll([...pictures.map((picture) => sealed(picture)), sealed(starts[0]!)])
    expect(reads).toHaveLength(151)
    expect(reads.at(-1)).toEqual({ codes: ["https://photo.example/from-a-phone"] })
  })

  it("take no more memory than the settings' reference says, in the largest picture that is read", () => {
    const program = fileURLToPath(new URL("./largest-picture.ts", import.meta.url))
    const printed = execFileSync(process.execPath, [program], { encoding: "utf8" })
    const { megabytes, read } = JSON.parse(printed) as { megabytes: number; read: CodesRead }
    expect(read).toEqual({ codes: [] })
    // 250, and what another machine's allocator may add.
    expect(megabytes).toBeLessThan(300)
  })

  it("are read by a thread that ends with the last picture", async () => {
    const before = threads()
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const read = yield* codeReader()
          for (let n = 0; n < 2; n++) {
            const file = Uint8Array.from(sealed(pictureOfCodes(`https://a.example/${n}`)))
            const reading = yield* Effect.forkChild(read({ file, key: mediaKey, media: "image" }))
            yield* Effect.promise(() => vi.waitUntil(() => threads() > before))
            expect(yield* Fiber.join(reading)).toEqual({ codes: [`https://a.example/${n}`] })
            expect(threads()).toBe(before)
          }
        })
      )
    )
  })
})

/** Reads pictures that say what the thread is to do about them, one after the other. */
const scripted = (threadEntry: URL, ...doings: ReadonlyArray<string>) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(codeReader({ threadEntry, limitMillis: 2_000 }), (read) =>
        Effect.forEach(
          doings,
          (doing) =>
            Effect.result(read({ file: Uint8Array.from(Buffer.from(doing)), key: mediaKey, media: "image" })),
          { concurrency: "unbounded" }
        )
      )
    )
  )

describe("a thread that reads codes", () => {
  it("is stopped where a picture takes too long, or ends over one, and the next picture is read all the same", async () => {
    const threadEntry = new URL("./doing-as-told.ts", import.meta.url)
    expect(await scripted(threadEntry, "stall", "read", "exit", "throw", "read")).toMatchObject([
      { success: { failed: "malformed" } },
      { success: { codes: ["read"] } },
      { success: { failed: "malformed" } },
      { success: { failed: "malformed" } },
      { success: { codes: ["read"] } }
    ])
  })

  it("that does not start is no fault of the picture", async () => {
    const threadEntry = new URL("./no-such-thread.ts", import.meta.url)
    expect(await scripted(threadEntry, "read", "read")).toMatchObject([
      { failure: { _tag: "ReaderFailed" } },
      { failure: { _tag: "ReaderFailed" } }
    ])
  })
})
