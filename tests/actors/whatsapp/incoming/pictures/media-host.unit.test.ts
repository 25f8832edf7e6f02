import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import {
  getPicture,
  type GetMedia,
  pictureBytesMax
} from "../../../../../actors/whatsapp/incoming/pictures/media-host.ts"
import { pictureOf } from "../../../../../actors/whatsapp/incoming/pictures/picture.ts"
import { mediaKey } from "./pictures-made.ts"

const answering = (status: number, bytes = Buffer.from("file"), cut = false) => {
  const asked: Array<string> = []
  const get: GetMedia = (path) => {
    asked.push(path)
    return Effect.succeed({ status, bytes, cut })
  }
  return { asked, get }
}
const picture = { media: "image" as const, path: "/v/a?oh=1", key: mediaKey, length: 4 }
const got = (get: GetMedia, change: Partial<typeof picture> = {}) =>
  Effect.runPromise(Effect.result(getPicture(get, { ...picture, ...change })))

describe("a picture", () => {
  it("is got from its path on WhatsApp's media host", async () => {
    const { asked, get } = answering(200)
    expect(await got(get)).toMatchObject({ success: { got: "file" } })
    expect(asked).toEqual(["/v/a?oh=1"])
  })

  it("whose path would lead anywhere else is not asked for", async () => {
    const { asked, get } = answering(200)
    const paths = [
      "",
      "v/a",
      "//evil.example/a",
      "/\\evil.example/a",
      "\\\\evil.example",
      "@evil.example/",
      ":1/a"
    ]
    for (const path of [...paths, "http://127.0.0.1/", "/a\nhost: b"])
      expect(await got(get, { path }), path).toMatchObject({ success: { got: "nothing", reason: "absent" } })
    expect(asked).toEqual([])
  })

  it("of which only an address is named is looked for at its path, whatever host that names", () => {
    const url = "https://127.0.0.1:8443/v/a?oh=1"
    expect(pictureOf("image", { url, mediaKey })).toMatchObject({ path: "/v/a?oh=1", length: 0 })
    expect(pictureOf("image", { url, directPath: "/v/b", mediaKey })).toMatchObject({ path: "/v/b" })
    expect(pictureOf("image", {})).toMatchObject({ path: "", key: new Uint8Array() })
  })

  it("that is too large is not got, or no further than the limit", async () => {
    const { asked, get } = answering(200, Buffer.alloc(pictureBytesMax + 26), true)
    expect(await got(get, { length: pictureBytesMax + 1 })).toMatchObject({ success: { got: "nothing" } })
    expect(asked).toEqual([])
    expect(await got(get)).toMatchObject({ success: { got: "nothing", reason: "unsupported" } })
  })

  it("that the host does not have any more is gone; what else it answers may be otherwise the next time", async () => {
    for (const status of [401, 403, 404, 410])
      expect(await got(answering(status).get)).toMatchObject({ success: { got: "gone" } })
    for (const status of [301, 429, 500, 503])
      expect(await got(answering(status).get)).toMatchObject({ failure: { _tag: "MediaUnreachable" } })
    expect(await got(answering(200, Buffer.from("fi"), true).get)).toMatchObject({
      failure: { _tag: "MediaUnreachable" }
    })
  })
})
