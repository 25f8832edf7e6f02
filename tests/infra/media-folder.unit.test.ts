import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { Effect } from "effect"
import { type MediaReference, mediaBytesMax } from "../../contracts/outbox.ts"
import { checkMedia } from "../../infra/media-folder/media-folder.ts"

const folder = mkdtempSync(join(tmpdir(), "wadjet-media-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("a picture")])
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

const put = (file: string, bytes: Uint8Array, change: Partial<MediaReference> = {}): MediaReference => {
  writeFileSync(join(folder, file), bytes)
  return { kind: "image", file, sha256: digest(bytes), mime: "image/jpeg", ...change }
}

/** The sentence about a file, or nothing where it can be sent. */
const problemOf = (reference: MediaReference) =>
  Effect.runPromise(
    checkMedia(folder, reference).pipe(
      Effect.match({ onFailure: ({ message }) => message, onSuccess: () => undefined })
    )
  )

describe("a file that is to be sent", () => {
  test("is taken where it is what it is said to be, of any type that nobody knows, and as a document of any", async () => {
    expect(await problemOf(put("cake.jpg", jpeg))).toBeUndefined()
    const text = Buffer.from("notes")
    expect(await problemOf(put("a.x", text, { mime: "image/x-unknown" }))).toBeUndefined()
    expect(await problemOf(put("a.txt", text, { kind: "document", mime: "text/plain" }))).toBeUndefined()
    expect(await problemOf(put("b.jpg", jpeg, { kind: "document" }))).toBeUndefined()
  })

  test("is refused with what is wrong about it", async () => {
    const good = put("cake.jpg", jpeg)
    mkdirSync(join(folder, "album"))
    const large = put("large.jpg", jpeg)
    truncateSync(join(folder, "large.jpg"), mediaBytesMax.image + 1)
    const found = await Promise.all(
      [
        { ...good, file: "missing.jpg" },
        { ...good, file: "album" },
        large,
        put("empty.jpg", Buffer.alloc(0)),
        { ...good, sha256: "0".repeat(64) },
        put("page.jpg", Buffer.from("%PDF-1.7")),
        { ...good, mime: "application/pdf" },
        { ...good, kind: "video" as const, mime: "image/jpeg" }
      ].map(problemOf)
    )
    expect(found).toEqual(
      [
        "expected the file missing.jpg in the folder media, found none",
        "expected album to be a file, found something else",
        `expected a file of at most 16000000 bytes, found large.jpg of ${mediaBytesMax.image + 1}`,
        "expected a file with something in it, found empty.jpg empty",
        "it was changed",
        "expected page.jpg to be image/jpeg, found that it does not begin like that",
        "expected image to have a type such as image/…, found application/pdf for cake.jpg",
        "expected video to have a type such as video/…, found image/jpeg for cake.jpg"
      ].map((sentence) => expect.stringContaining(sentence) as string)
    )
  })
})
