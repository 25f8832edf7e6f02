/**
 * Safe Browsing's service with one long list, for a benchmark: a thread of its own, so that what it holds and does is
 * not measured. `workerData` is how many hashes the list has; it posts a `Ready` once it listens.
 */
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import { parentPort, workerData } from "node:worker_threads"
import { threatLists } from "../../actors/scan/safe-browsing/lists/list-names.ts"
import { bytes, duration, message, number } from "../actors/scan/safe-browsing/protobuf.ts"
import { riceMessageOf } from "../actors/scan/safe-browsing/rice-writer.ts"
import { outsideAddress } from "../infra/guarded-client/outside.ts"
import { spread } from "./spread.ts"

export interface Ready {
  readonly port: number
  /** Some of the hashes that are on the list in the end. */
  readonly sample: Uint32Array
  readonly answerBytes: ReadonlyArray<number>
}

const hashCount = workerData as number

const checksumOf = (values: Uint32Array): Buffer => {
  const content = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) content.writeUInt32BE(value, at * 4)
  return createHash("sha256").update(content).digest()
}

const listMessage = (name: string, parts: ReadonlyArray<Buffer>): Buffer =>
  message(1, bytes(1, name), duration(6, 1), ...parts)

const emptyLists = threatLists
  .slice(1)
  .map((name) => listMessage(name, [bytes(7, createHash("sha256").digest())]))

/** All of a list, and the answer after one in two hundred of its hashes was replaced. */
const makeAnswers = () => {
  const before = spread(hashCount, 1)
  const changed = Math.max(1, Math.floor(before.length / 200))
  const known = new Set(before)
  const added = spread(changed, 2).filter((value) => !known.has(value))
  const removed = Uint32Array.from({ length: changed }, (_, at) => at * 199)
  const gone = new Set(removed)
  const after = Uint32Array.from([...before.filter((_, at) => !gone.has(at)), ...added]).toSorted()
  const answer = (version: string, parts: ReadonlyArray<Buffer>) =>
    Buffer.concat([listMessage("se-4b", [bytes(2, version), ...parts]), ...emptyLists])
  const whole = answer("1", [message(4, riceMessageOf(before)), bytes(7, checksumOf(before))])
  const changes = answer("2", [
    number(3, 1),
    message(4, riceMessageOf(added)),
    message(5, riceMessageOf(removed)),
    bytes(7, checksumOf(after))
  ])
  const sample = after.filter((_, at) => at % Math.max(1, Math.floor(after.length / 1_000)) === 0)
  return { answers: [whole, changes], sample }
}

const { answers, sample } = makeAnswers()
let turn = 0
const server = createServer(
  (_, response) =>
    void response.writeHead(200, { "content-type": "application/x-protobuf" }).end(answers[turn++])
)
server.listen({ port: 0, host: outsideAddress }, () => {
  const address = server.address()
  if (address === null || typeof address !== "object") return
  const ready: Ready = { port: address.port, sample, answerBytes: answers.map(({ length }) => length) }
  parentPort?.postMessage(ready)
})
