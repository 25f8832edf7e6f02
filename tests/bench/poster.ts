/** A thread that posts messages by the clock over a connection of its own, as somebody outside the system does. */
import { parentPort, workerData } from "node:worker_threads"
import { connect } from "@nats-io/transport-node"

/** One request, and when it is due: milliseconds of `process.hrtime`, which all threads share. */
export interface Post {
  readonly due: number
  readonly subject: string
  readonly text: string
}

export interface PosterPlace {
  readonly url: string
  readonly user: string
  readonly pass: string
}

/** A timer comes up to a millisecond late: so long before the moment the rest is slept through in one piece. */
const timersEndMillis = 2

const { pass, url, user } = workerData as PosterPlace
const connection = await connect({ servers: url, user, pass, noAsyncTraces: true })
const never = new Int32Array(new SharedArrayBuffer(4))
const left = (due: number) => due - Number(process.hrtime.bigint()) / 1e6

const sleepUntil = async (due: number) => {
  const first = left(due) - timersEndMillis
  if (first > 0) await new Promise((resolve) => void setTimeout(resolve, first))
  const rest = left(due)
  if (rest > 0) Atomics.wait(never, 0, 0, rest)
}

parentPort!.on("message", async (posts: ReadonlyArray<Post>) => {
  for (const { due, subject, text } of posts) {
    await sleepUntil(due)
    connection.request(subject, text, { timeout: 60_000 }).catch((error: unknown) => {
      parentPort!.postMessage(`a message was not taken: ${String(error)}`)
    })
  }
})
parentPort!.postMessage("ready")
