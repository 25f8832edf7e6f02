/** A way to a real S3 server on which things go wrong as they are told to: what goes through is passed on as it is. */
import {
  createServer,
  type IncomingMessage,
  request as ask,
  type Server,
  type ServerResponse
} from "node:http"
import { Effect } from "effect"
import type { S3Address } from "../../actors/backup/places/s3-request.ts"
import type { Trouble } from "./server.ts"

/** What can go wrong on the way: whoever shortens what is signed is refused by the server itself. */
export type TroubleOnTheWay = Exclude<Trouble, "shorten">

export interface TroubledS3 {
  /** The server's, by this way. */
  readonly address: S3Address
  /** What goes wrong with a request, if anything does; asked for each. */
  trouble: (method: string) => TroubleOnTheWay | undefined
}

const answers: Partial<Record<TroubleOnTheWay, readonly [status: number, code: string]>> = {
  refuse: [403, "ExpiredToken"],
  full: [507, "StorageFull"],
  down: [500, "InternalError"],
  busy: [503, "SlowDown"],
  lie: [200, ""]
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Array<Buffer> = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Asks the server, under the name by which it was asked here: that is signed. */
const passOn = async (endpoint: string, incoming: IncomingMessage, body: Buffer) => {
  const { hostname, port } = new URL(endpoint)
  const { headers, method, url: path } = incoming
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    ask({ hostname, port, method, path, headers, agent: false }, resolve).once("error", reject).end(body)
  })
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await bodyOf(answer) }
}

const handling =
  (endpoint: string, state: Pick<TroubledS3, "trouble">) =>
  async (incoming: IncomingMessage, response: ServerResponse) => {
    const trouble = state.trouble(incoming.method ?? "")
    if (trouble === "break") return incoming.socket.destroy()
    const body = await bodyOf(incoming)
    if (trouble === "slow") return
    const answer = trouble === undefined ? undefined : answers[trouble]
    if (answer !== undefined) {
      const [status, code] = answer
      response.writeHead(status)
      return response.end(code === "" ? "" : `<Error><Code>${code}</Code><Message>as told</Message></Error>`)
    }
    const passed = await passOn(endpoint, incoming, body)
    // The server did what it was asked, and nobody hears of it.
    if (trouble === "cut") return incoming.socket.destroy()
    response.writeHead(passed.status, passed.headers)
    response.end(passed.body)
  }

const listen = (server: Server) =>
  Effect.callback<number>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(address !== null && typeof address === "object" ? address.port : 0))
    })
  })

/** Opens the way until the scope closes. */
export const startTroubledS3 = Effect.fn("startTroubledS3")(function* (to: S3Address) {
  const state: Pick<TroubledS3, "trouble"> = { trouble: () => undefined }
  const handle = handling(to.endpoint, state)
  const server = createServer(
    (incoming, response) => void handle(incoming, response).catch(() => response.destroy())
  )
  const port = yield* Effect.acquireRelease(listen(server), () =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
  )
  const address: S3Address = { ...to, endpoint: `http://127.0.0.1:${port}` }
  return Object.assign(state, { address }) satisfies TroubledS3
})
