/** A receiver of webhooks on loopback, over TLS, that answers as a test tells it to. */
import { createServer, type Server } from "node:https"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Effect } from "effect"
import type { RetryLimits } from "../../../actors/admin/webhooks/retry.ts"
import { openOutside, outsideAddress } from "../../infra/guarded-client/outside.ts"
import { issue } from "../../loopback-whatsapp/media/self-signed.ts"
import type { Told } from "./listen.ts"

export const receiverName = "hooks.example.org"
/** A name whose address no request may reach. */
export const insideName = "inside.example.org"

/**
 * A status, perhaps one that comes later; or the connection dropped, nothing answered, a redirect, or a body without an
 * end behind a 200.
 */
export type Mood = number | Promise<number> | "drop" | "hang" | "redirect" | "endless"

export interface Heard {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
  /** Whether it was answered that it has it. */
  readonly taken: boolean
}

const pour = (response: ServerResponse): void => {
  response.on("drain", () => pour(response))
  while (!response.destroyed && response.write("x".repeat(16_384))) continue
}

const answer = (mood: Exclude<Mood, Promise<number>>, request: IncomingMessage, response: ServerResponse) => {
  if (mood === "drop") return request.socket.destroy()
  if (mood === "hang") return undefined
  if (mood === "redirect") return response.writeHead(307, { location: "/elsewhere" }).end()
  if (mood === "endless") {
    response.writeHead(200)
    return pour(response)
  }
  return response.writeHead(mood, { "retry-after": "0" }).end("thanks")
}

const isTaken = (mood: Exclude<Mood, Promise<number>>) =>
  mood === "endless" || (typeof mood === "number" && mood < 300)

/** Opens it; `mood` is asked for each request, with how many there were before. */
export const openReceiver = Effect.gen(function* () {
  const { certificate, key } = issue({ hosts: [receiverName] })
  const heard: Array<Heard> = []
  const state: { mood: (request: Heard, before: number) => Mood } = { mood: () => 204 }
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
    let body = ""
    response.on("error", () => {})
    request.on("data", (chunk: Buffer) => (body += chunk.toString()))
    request.on("end", () => {
      const came = { path: request.url ?? "", headers: request.headers, body, taken: false }
      const settle = (mood: Exclude<Mood, Promise<number>>) => {
        came.taken = isTaken(mood)
        answer(mood, request, response)
      }
      const mood = state.mood(came, heard.length)
      heard.push(came)
      if (mood instanceof Promise) void mood.then(settle)
      else settle(mood)
    })
  })
  const zone = new Map([
    [receiverName, [[outsideAddress]]],
    [insideName, [["127.0.0.3"]]]
  ])
  const { client, counted, dns, port } = yield* openOutside(server, zone, { ca: certificate })
  const urlOf = (path: string, host = receiverName) => `https://${host}:${port}${path}`
  return { certificate, client, counted, dns, heard, port, state, urlOf }
})

export type Receiver = Effect.Success<typeof openReceiver>

/** So short that a test can wait for all of it. */
export const retrying: RetryLimits = {
  answerMillis: 250,
  firstMillis: 10,
  longestMillis: 40,
  failingMillisMax: 3_600_000
}

export const eventIn = ({ body }: Heard) => JSON.parse(body) as Told["event"]
export const takenOf = ({ heard }: Receiver) => heard.filter(({ taken }) => taken)
