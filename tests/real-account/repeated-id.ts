/**
 * What WhatsApp does with a message id that comes twice, on a real account:
 *
 *     npm run repeated-id -- --data data --to 491700000000
 *
 * Run it while Wadjet is stopped; see docs/how-to/check-repeated-ids.md. It sends four messages at most, and what
 * they say can be read on the other phone.
 */
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { Effect, Queue, Stream } from "effect"
import { type OpenSocket, Session, type SocketEvent } from "../../actors/whatsapp/session/connection.ts"
import { sessionLayer } from "../../actors/whatsapp/session/session.ts"
import { claimDataFolder } from "../../actors/operator/claim.ts"

const { values } = parseArgs({
  options: { data: { type: "string", default: "data" }, to: { type: "string" } }
})
const dataFolder = resolve(values.data)
const number = values.to ?? ""
const openWithinSeconds = 60
const ackWithinSeconds = 20
const receiptsSeconds = 4

const say = (line: string) => Effect.sync(() => console.log(line))
const fail = (message: string) => Effect.fail(new Error(message))

/** A connection over the credentials of the data folder, until the scope closes. */
const connection = Effect.gen(function* () {
  const session = yield* Session
  const events = yield* session.subscribe
  const held = yield* session.hold
  yield* Effect.forkScoped(held.run(undefined, () => Effect.succeed(0)))
  const queue = yield* Queue.unbounded<SocketEvent>()
  yield* Effect.forkScoped(Stream.runForEach(events, (event) => Queue.offer(queue, event)))
  return { session, queue }
})

type Connection = Effect.Success<typeof connection>

/** The next event that is wanted; `undefined` where none comes in time. */
const next = <E extends SocketEvent>(
  { queue }: Connection,
  seconds: number,
  isWanted: (event: SocketEvent) => event is E
) =>
  Effect.gen(function* () {
    while (true) {
      const event = yield* Queue.take(queue)
      if (isWanted(event)) return event
    }
  }).pipe(Effect.timeoutOrElse({ duration: `${seconds} seconds`, orElse: () => Effect.undefined }))

/** Sends under an id, and tells what the server said to it. */
const send = Effect.fnUntraced(function* (
  connected: Connection,
  socket: OpenSocket,
  id: string,
  text: string
) {
  const isAck = (event: SocketEvent): event is SocketEvent & { event: "ack" } =>
    event.event === "ack" && event.id === id
  const isReceipt = (event: SocketEvent): event is SocketEvent & { event: "receipt" } =>
    event.event === "receipt" && event.ids.includes(id)
  yield* Effect.tryPromise(() => socket.sendMessage(`${number}@s.whatsapp.net`, { text }, { messageId: id }))
  const ack = yield* next(connected, ackWithinSeconds, isAck)
  const answer =
    ack === undefined ? "no answer" : ack.error === undefined ? "taken" : `refused with ${ack.error}`
  const receipt = yield* next(connected, receiptsSeconds, isReceipt)
  yield* say(`"${text}": ${answer}; then ${receipt === undefined ? "no receipt" : `receipt ${receipt.kind}`}`)
})

const program = Effect.gen(function* () {
  if (!/^[1-9]\d{6,14}$/u.test(number))
    return yield* fail(`expected --to with a number in digits and its country code, found "${number}"`)
  if (!existsSync(join(dataFolder, "session.db")))
    return yield* fail(`expected ${dataFolder} to be linked, found no session.db; run \`wadjet link\` first`)
  yield* claimDataFolder(dataFolder)
  const connected = yield* connection
  const opened = yield* next(
    connected,
    openWithinSeconds,
    (event): event is SocketEvent & { event: "opened" } => event.event === "opened"
  )
  const socket = yield* connected.session.socket
  if (opened === undefined || socket === undefined)
    return yield* fail(`expected the connection to open within ${openWithinSeconds} s; see \`wadjet doctor\``)
  const id = () => `3EB0${randomBytes(9).toString("hex").toUpperCase()}`
  const [first, second] = [id(), id()]
  yield* say("The same id and the same words, twice:")
  yield* send(connected, socket, first, "one id, sent twice")
  yield* send(connected, socket, first, "one id, sent twice")
  yield* say("The same id and other words:")
  yield* send(connected, socket, second, "one id, first words")
  yield* send(connected, socket, second, "one id, second words")
  yield* say(
    "Now look at the other phone. Expected: two messages, the first words of each. Anything else is worth a report."
  )
})

await Effect.runPromise(
  program.pipe(
    Effect.provide(
      sessionLayer({
        connects: true,
        path: join(dataFolder, "session.db"),
        keyringPath: join(dataFolder, "keyring.db"),
        speak: () => Effect.succeed(() => {})
      })
    ),
    Effect.scoped
  )
).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
process.exit()
