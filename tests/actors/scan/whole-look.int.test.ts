import { createServer } from "node:https"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { combined } from "../../../actors/scan/both-ends.ts"
import { localEvidence } from "../../../actors/scan/classify.ts"
import { evidenceName } from "../../../actors/scan/evidence.ts"
import { expansion } from "../../../actors/scan/expand/expand.ts"
import { score } from "../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import { quotaLedger } from "../../../actors/scan/sources/quota-ledger.ts"
import { sourcesOf } from "../../../actors/scan/sources/known-sources.ts"
import { outsideWith } from "../../../actors/scan/sources/sources.ts"
import { openSqlite } from "../../../infra/sqlite/open.ts"
import { openOutside, outsideAddress } from "../../infra/guarded-client/outside.ts"
import { issue } from "../../loopback-whatsapp/media/self-signed.ts"

const authority = { ...issue({ hosts: [], name: "authority" }), name: "authority" }
const [short, end] = ["go.example.org", "account-check.example.net"]
const hourMillis = 3_600_000

const fraud = `<!doctype html><title>Log in to PayPal</title>
  <form method=post action="https://collect.example.com/"><input type=password></form>`

/** A short link and the fraud that it leads to, on one server with one certificate, and a whole look at them. */
const lookAt = Effect.fn("lookAt")(function* (by: typeof authority | undefined) {
  const from = new Date(Date.now() - 3 * hourMillis)
  const shown = issue({ hosts: [short, end], from, name: "leaf", ...(by === undefined ? {} : { by }) })
  const asked: Array<string> = []
  const server = createServer({ cert: shown.certificate, key: shown.key }, (request, response) => {
    asked.push(`${request.method} ${request.headers.host?.split(":")[0]}${request.url}`)
    if (request.headers.host?.startsWith(short))
      response.writeHead(302, { location: `https://${end}:${request.socket.localPort}/login` }).end()
    else response.writeHead(200, { "content-type": "text/html" }).end(fraud)
  })
  const zone = new Map([short, end].map((name) => [name, [[outsideAddress]]]))
  const open = yield* openOutside(server, zone, { ca: authority.certificate })
  const none = { safeBrowsing: undefined, urlhaus: undefined, virusTotal: undefined, phishTank: undefined }
  const sources = sourcesOf({ ...none, keyless: false, certificates: true })
  const ledger = quotaLedger(yield* openSqlite(":memory:", "derived"), 0)
  const outside = outsideWith(expansion(open.client), sources, open.client, ledger)
  const link = `https://${short}:${open.port}/x`
  const outlook = yield* outside.look(link, () => Effect.void)
  expect(open.counted.inside).toBe(0)
  return { asked, outlook, scored: score(wadjet, combined(localEvidence(link), outlook), outlook.missing) }
})

describe("a look at a link from outside", () => {
  it.live("sees where it leads, the page there and the certificate, and asks for the page once", () =>
    Effect.gen(function* () {
      const { asked, outlook, scored } = yield* lookAt(authority)
      expect(outlook.evidence.map(evidenceName).toSorted()).toEqual([
        "certificate.age-1",
        "page.brand-login",
        "page.password-off-site",
        "redirects.final-host-mismatch"
      ])
      expect(outlook.missing).toEqual([])
      expect(asked).toEqual([`GET ${short}/x`, `GET ${end}/login`])
      expect(scored.level).toBe("malicious")
    })
  )

  it.live(
    "follows nowhere on the word of a certificate that nobody vouches for, and says what is wrong with it",
    () =>
      Effect.gen(function* () {
        const { asked, outlook, scored } = yield* lookAt(undefined)
        expect(outlook.evidence.map(evidenceName)).toEqual(["certificate.self-signed"])
        expect(outlook.missing).toEqual([
          { source: "redirects", reason: "the server's certificate is not trusted" },
          { source: "page", reason: "no page was reached" }
        ])
        expect(asked).toEqual([])
        expect(scored.level).toBe("benign")
      })
  )
})
