import type { IncomingMessage, ServerResponse } from "node:http"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { follow, followLimits } from "../../../infra/guarded-client/follow.ts"
import { endsOf } from "./ends.ts"
import type { Zone } from "./loopback-dns.ts"
import { openWebsite, outsideAddress } from "./outside.ts"

const host = "site.example.com"
const here: Zone = new Map([[host, [[outsideAddress]]]])

describe("chains", () => {
  const paths: Readonly<Record<string, [status: number, headers: Record<string, string>, body?: string]>> = {
    "/one": [301, { location: "/two" }],
    "/two": [307, { location: `//${host}:PORT/three#fragment` }],
    "/three": [200, { refresh: "0; url=/four" }],
    "/four": [
      200,
      { "content-type": "text/html" },
      "<!-- <meta http-equiv=refresh content='0;url=/no'> --><META content='0; URL=&#x2F;five' http-equiv=Refresh>"
    ],
    "/five": [200, { "content-type": "text/html; charset=utf-8" }, "<title>arrived</title>"],
    "/loop": [302, { location: "/pool" }],
    "/pool": [302, { location: "/loop#again" }]
  }

  const website = (
    port: () => number,
    asked: Array<string> = []
  ): ((q: IncomingMessage, r: ServerResponse) => void) => {
    return (request, response) => {
      asked.push(`${request.method} ${request.url}`)
      const endless = /^\/endless\/(\d+)$/.exec(request.url!)
      const [status, headers, body] =
        endless === null
          ? (paths[request.url!] ?? [404, {}])
          : ([302, { location: `/endless/${Number(endless[1]) + 1}` }] as const)
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", String(port()))])
      )
      response.writeHead(status, sent).end(body)
    }
  }

  it.live("are followed by status, by header and by page, each hop once", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      let port = 0
      const open = yield* openWebsite(
        website(() => port, asked),
        here
      )
      port = open.port
      const trail = yield* follow(open.client, `http://${host}:${port}/one`)
      expect(trail.hops.map(({ by, status, url }) => [by, new URL(url).pathname, status])).toEqual([
        ["asked", "/one", 301],
        ["location", "/two", 307],
        ["location", "/three", 200],
        ["refresh-header", "/four", 200],
        ["meta-refresh", "/five", 200]
      ])
      expect(endsOf(trail)).toBe("arrived")
      expect(trail.page?.bytes.toString()).toContain("arrived")
      expect(asked).toEqual(["GET /one", "GET /two", "GET /three", "GET /four", "GET /five"])
    })
  )

  it.live("end where they come back to, and where they have no end", () =>
    Effect.gen(function* () {
      let port = 0
      const open = yield* openWebsite(
        website(() => port),
        here
      )
      port = open.port
      const loop = yield* follow(open.client, `http://${host}:${port}/loop`)
      expect(endsOf(loop)).toBe("loop")
      expect(loop.hops).toHaveLength(2)
      const endless = yield* follow(open.client, `http://${host}:${port}/endless/0`)
      expect(endsOf(endless)).toBe("too-many-hops")
      expect(endless.hops).toHaveLength(followLimits.redirectHopsMax + 1)
    })
  )

  it.live("do not wait for what a redirect or a file has to say besides", () =>
    Effect.gen(function* () {
      const { client, port } = yield* openWebsite((request, response) => {
        if (request.url === "/redirect") response.writeHead(302, { location: "/file" })
        else response.writeHead(200, { "content-type": "application/octet-stream" })
        response.write("the rest never comes")
      }, here)
      const trail = yield* follow(client, `http://${host}:${port}/redirect`)
      expect(trail.hops.map(({ status }) => status)).toEqual([302, 200])
      expect(endsOf(trail)).toBe("arrived")
      expect(trail.page?.bytes).toHaveLength(0)
    })
  )
})
