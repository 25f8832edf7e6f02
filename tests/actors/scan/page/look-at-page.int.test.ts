import type { IncomingMessage, ServerResponse } from "node:http"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Evidence } from "../../../../actors/scan/evidence.ts"
import { expansion } from "../../../../actors/scan/expand/expand.ts"
import { openWebsite, outsideAddress } from "../../../infra/guarded-client/outside.ts"
import type { Zone } from "../../../infra/guarded-client/loopback-dns.ts"

const host = "secure.example.net"
const zone: Zone = new Map([[host, [[outsideAddress]]]])

const fraud = `<!doctype html><title>PayPal: log in</title><link rel=icon href="/favicon.ico">
  <script src="/x.js"></script><img src="/logo.png">
  <form method=post action="https://collect.example.org/"><input type=password></form>`
const fraudKinds = ["password-off-site", "brand-login"]

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** Follows a link to a website, as the scanner does. */
const lookAt = Effect.fn("lookAt")(function* (handle: Handle, path = "/") {
  const asked: Array<string> = []
  const open = yield* openWebsite((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    handle(request, response)
  }, zone)
  const heard: Array<Evidence> = []
  const outlook = yield* expansion(open.client).look(`http://${host}:${open.port}${path}`, (evidence) =>
    Effect.sync(() => void heard.push(...evidence))
  )
  expect(open.counted.inside).toBe(0)
  return { asked, heard, outlook, kinds: outlook.evidence.map(({ kind }) => kind) }
})

const answer =
  (body: string | Buffer, headers: Readonly<Record<string, string>> = {}, status = 200): Handle =>
  (_, response) => {
    response.writeHead(status, { "content-type": "text/html", ...headers }).end(body)
  }

const missingPage = (reason: string) => [{ source: "page", reason }]

describe("the page that a link leads to", () => {
  it.live("is fetched once, and nothing that it names", () =>
    Effect.gen(function* () {
      const { asked, heard, kinds, outlook } = yield* lookAt(answer(fraud))
      expect(kinds).toEqual(fraudKinds)
      expect(outlook.missing).toEqual([])
      expect(asked).toEqual(["GET /"])
      expect(heard).toEqual(outlook.evidence)
    })
  )

  it.live("is that at the end of its redirects", () =>
    Effect.gen(function* () {
      const { asked, kinds } = yield* lookAt((request, response) => {
        if (request.url === "/end") answer(fraud)(request, response)
        else response.writeHead(302, { location: "/end", "content-type": "text/html" }).end(fraud)
      })
      expect(kinds).toEqual(fraudKinds)
      expect(asked).toEqual(["GET /", "GET /end"])
    })
  )

  it.live("is read through its compression", () =>
    Effect.gen(function* () {
      const gzip = yield* lookAt(answer(gzipSync(fraud), { "content-encoding": "gzip" }))
      const brotli = yield* lookAt(answer(brotliCompressSync(fraud), { "content-encoding": "br" }))
      expect([gzip.kinds, brotli.kinds]).toEqual([fraudKinds, fraudKinds])
    })
  )

  it.live("is read as far as the limit, however much of it there is", () =>
    Effect.gen(function* () {
      const padding = " ".repeat(64 * 1024 * 1024)
      const bomb = gzipSync(fraud + padding)
      const found = yield* lookAt(answer(bomb, { "content-encoding": "gzip" }))
      expect(found.kinds).toEqual(fraudKinds)
      const late = yield* lookAt(answer(gzipSync(padding + fraud), { "content-encoding": "gzip" }))
      expect(late.outlook).toMatchObject({
        evidence: [],
        missing: missingPage("no more than the beginning of the page was read")
      })
    })
  )

  it.live("is not looked at where it is none", () =>
    Effect.gen(function* () {
      for (const type of ["text/plain", "application/pdf", "image/png", "application/json", ""])
        expect([type, (yield* lookAt(answer(fraud, { "content-type": type }))).outlook]).toMatchObject([
          type,
          { evidence: [], missing: [] }
        ])
    })
  )

  it.live("is missing where what its reader sees is not in it", () =>
    Effect.gen(function* () {
      for (const html of [
        '<title>Welcome</title><div id=root></div><script src="/app.js"></script>',
        "<script>document.write(atob('PGZvcm0+'))</script>",
        '<iframe src="https://collect.example.org/"></iframe>',
        '<frameset><frame src="https://collect.example.org/"></frameset>'
      ])
        expect([html, (yield* lookAt(answer(html))).outlook.missing]).toEqual([
          html,
          missingPage("the page is made by scripts or frames, which are not run or fetched")
        ])
      for (const html of ["", "<title>It works</title>", `<p>${"words ".repeat(9)}</p><script></script>`])
        expect([html, (yield* lookAt(answer(html))).outlook.missing]).toEqual([html, []])
    })
  )

  it.live("is missing, and not clean, where there was none to see", () =>
    Effect.gen(function* () {
      const refused = yield* lookAt(answer(fraud, {}, 403))
      expect(refused.outlook.missing).toEqual(missingPage("the server answered with status 403"))
      const compressed = yield* lookAt(answer("??", { "content-encoding": "zstd" }))
      expect(compressed.outlook.missing).toEqual(missingPage("the page could not be read"))
      const broken = yield* lookAt((request) => void request.socket.destroy())
      expect(broken.outlook.missing).toEqual([
        { source: "redirects", reason: "the server could not be reached" },
        ...missingPage("no page was reached")
      ])
      const inside = yield* lookAt((_, response) => {
        response.writeHead(302, { location: "http://127.0.0.1/" }).end()
      })
      expect(inside.kinds).toEqual(["refused-address"])
      expect(inside.outlook.missing).toEqual(missingPage("no page was reached"))
    })
  )
})
