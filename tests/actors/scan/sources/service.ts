/** Services on loopback that answer as the real ones document, for tests of those who ask them. */
import type { IncomingMessage } from "node:http"
import { Effect } from "effect"
import { askSource, type AskLimits } from "../../../../actors/scan/sources/ask-source.ts"
import { quotaLedger } from "../../../../actors/scan/sources/quota-ledger.ts"
import type { Source } from "../../../../actors/scan/sources/source.ts"
import { openSqlite } from "../../../../infra/sqlite/open.ts"
import { openWebsite, outsideAddress } from "../../../infra/guarded-client/outside.ts"

/** What arrived. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

/** What is answered: a status with a body, or `silence`. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | "silence"

const contentOf = (body: unknown): string | Buffer =>
  typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body)

export const limits: AskLimits = { deadlineMillis: 20_000, attemptsMax: 3, backoffMillis: 2 }

/** Starts a service, and asks it through a source as the scanner does. */
export const openService = Effect.fn("openService")(function* (
  make: (base: string) => Source,
  reply: (request: Request) => Reply | Promise<Reply>,
  asked: AskLimits = limits
) {
  const requests: Array<Request> = []
  const open = yield* openWebsite((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", async () => {
      const { pathname, searchParams } = new URL(request.url!, "http://service/")
      const got: Request = {
        method: request.method!,
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(parts).toString()
      }
      requests.push(got)
      const answer = await reply(got)
      if (answer === "silence") return
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
      response.end(contentOf(answer.body))
    })
  })
  const ledger = quotaLedger(yield* openSqlite(":memory:", "derived"), 0)
  const source = make(`http://${outsideAddress}:${open.port}`)
  return { requests, ledger, source, client: open.client, ask: askSource(source, open.client, ledger, asked) }
})
