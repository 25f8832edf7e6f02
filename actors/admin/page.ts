/** The page's own files: read once at start, so that no path of a request ever reaches the disk. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { extname, join } from "node:path"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { AdminFailed } from "./admin-failed.ts"

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml"
}

interface File {
  readonly path: `/${string}`
  readonly type: string
  readonly content: Buffer
  readonly tag: string
}

const indexFile = "index.html"

const readFiles = (folder: string): ReadonlyArray<File> =>
  readdirSync(folder)
    .filter((name) => contentTypes[extname(name)] !== undefined)
    .map((name) => {
      const content = readFileSync(join(folder, name))
      const tag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`
      return { path: name === indexFile ? "/" : `/${name}`, type: contentTypes[extname(name)]!, content, tag }
    })

const answer = (file: File) =>
  Effect.map(HttpServerRequest, ({ headers }) => {
    // The browser asks each time and is answered in a few bytes: a new version shows at once.
    const caching = { etag: file.tag, "cache-control": "no-cache" }
    return headers["if-none-match"] === file.tag
      ? HttpServerResponse.empty({ status: 304, headers: caching })
      : HttpServerResponse.uint8Array(file.content, { contentType: file.type, headers: caching })
  })

/** Serves the files of a folder, without a key: there is no fact in them. */
export const page = (folder: string) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const router = yield* HttpRouter
      const files = yield* Effect.try({
        try: () => readFiles(folder),
        catch: (cause) =>
          new AdminFailed({
            reason: "page-missing",
            message: `expected the files of the page in ${folder}, found: ${cause instanceof Error ? cause.message : String(cause)}; install Wadjet again`
          })
      })
      yield* Effect.forEach(files, (file) => router.add("GET", file.path, answer(file)), { discard: true })
    })
  )
