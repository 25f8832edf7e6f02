/**
 * Swagger UI, which `/docs.html` shows the description of the API with. Its script and its style come with Effect, as
 * one page that has them inline; here they are files of their own, as the content security policy has it. They are
 * loaded when somebody opens the page, and not before.
 */
import { createHash } from "node:crypto"
import { Effect, Layer } from "effect"
import { HttpRouter, toWebHandler } from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"

interface Asset {
  readonly content: Buffer
  readonly tag: string
  readonly type: string
}

const asset = (text: string, type: string): Asset => {
  const content = Buffer.from(text)
  return { content, type, tag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"` }
}

/** What stands between two marks of a text. Throws where one of them is missing: Effect's page is another one then. */
const between = (text: string, from: string, to: string): string => {
  const start = text.indexOf(from)
  const end = text.lastIndexOf(to)
  if (start < 0 || end < start) throw new Error(`expected ${from} and ${to} in Swagger UI's page, found none`)
  return text.slice(start + from.length, end)
}

/** Pictures within the style are of another origin than this server, and only adorn. */
const withoutPictures = (css: string) => css.replaceAll(/url\(\s*["']?data:[^)]*\)/g, "none")

/** Where Effect puts its page, which nobody asks for: what is in it is taken out. */
const path = "/docs"

const load = Effect.promise(async () => {
  const { dispose, handler } = toWebHandler(HttpApiSwagger.layer(HttpApi.make("none"), { path }), {
    disableLogger: true
  })
  const page = await (await handler(new Request(`http://localhost${path}`))).text()
  await dispose()
  return {
    "/swagger-ui.css": asset(
      withoutPictures(between(page, "<style>", "</style>")),
      "text/css; charset=utf-8"
    ),
    "/swagger-ui.js": asset(between(page, "<script>", "window.onload"), "text/javascript; charset=utf-8")
  } as const
})

/** Both files, without a key: there is no fact in them. */
export const docsPage = Layer.effectDiscard(
  Effect.gen(function* () {
    const router = yield* HttpRouter
    const assets = yield* Effect.cached(load)
    const answer = (name: "/swagger-ui.css" | "/swagger-ui.js") =>
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest
        const { content, tag, type } = (yield* assets)[name]
        const caching = { etag: tag, "cache-control": "no-cache" }
        return headers["if-none-match"] === tag
          ? HttpServerResponse.empty({ status: 304, headers: caching })
          : HttpServerResponse.uint8Array(content, { contentType: type, headers: caching })
      })
    yield* router.add("GET", "/swagger-ui.css", answer("/swagger-ui.css"))
    yield* router.add("GET", "/swagger-ui.js", answer("/swagger-ui.js"))
  })
)
