/** Clients of the API that knew a log before it was lost and restored. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Context, Effect, Redacted, Schema } from "effect"
import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { parseStreamId } from "../../../contracts/http/events.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { fetchedBinary } from "../../../infra/nats-server/find.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { call, whole } from "../../actors/admin/whole.ts"
import { wadjet } from "../../actors/operator/captured.ts"
import { allShipped, directoryAddress, startCopying } from "../../actors/backup/world.ts"
import { program } from "../../infra/started-server.ts"
import { readLog } from "../history.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const Problem = Schema.Struct({ type: Schema.String, generation: Schema.String })

/** Everything, with its API, on the log of a data folder, until the scope closes. */
const serving = Effect.fnUntraced(function* (dataFolder: string) {
  const nats = yield* startNatsServer({ binary: program(), dataFolder })
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: "",
    died: Effect.never
  }
  return yield* whole({ nats, dataFolder, foundation })
})

/** The ids of the events that a client hears from a place on, until one of a sequence. */
const heard = async (url: string, key: string, upTo: number): Promise<ReadonlyArray<string>> => {
  const stopping = new AbortController()
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${key}` },
    signal: stopping.signal
  })
  const ids: Array<string> = []
  let text = ""
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  while (true) {
    const { done, value } = await reader.read()
    if (done) return ids
    text += value
    const frames = text.split("\n\n")
    text = frames.pop()!
    for (const frame of frames) {
      const id = /^id: (.+)$/m.exec(frame)?.[1]
      if (id === undefined || !/^data: /m.test(frame)) continue
      ids.push(id)
      if (parseStreamId(id)!.sequence < upTo) continue
      stopping.abort()
      return ids
    }
  }
}

const post = (url: string, key: string, text: string) =>
  call(`${url}/v1/sandbox/messages`, key, { method: "POST", body: JSON.stringify({ author: "Bea", text }) })

it.live(
  "who followed a log that was restored is told that it is another one, and hears every event of it once",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder
      const [dataFolder, place, identity] = ["data", "place", "identity.txt"].map((name) => join(root, name))
      mkdirSync(place!)
      const secret = yield* Effect.promise(() => generateX25519Identity())
      const recipient = yield* Effect.promise(() => identityToRecipient(secret))
      writeFileSync(identity!, secret)

      const before = yield* Effect.scoped(
        Effect.gen(function* () {
          const { context, firstKey, url } = yield* serving(dataFolder!)
          const log = Context.get(context, EventLog)
          yield* Effect.promise(() => post(url, firstKey!.text, "see http://paypa1-login.com/verify"))
          const last = yield* log.last
          const ids = yield* Effect.promise(() => heard(`${url}/v1/events?from=0`, firstKey!.text, last))
          return { ids, key: firstKey!.text, generation: log.generation }
        })
      )
      yield* Effect.scoped(
        Effect.gen(function* () {
          const base = yield* startCopying(dataFolder!, {
            places: [directoryAddress(place!)],
            recipients: [recipient]
          })
          yield* Effect.provideContext(allShipped, base)
        })
      )
      const server = fetchedBinary(dataFolder!)
      mkdirSync(dirname(server), { recursive: true })
      symlinkSync(program(), server)
      const restored = yield* Effect.promise(() =>
        wadjet(["restore", "--replace", "--from", place!, "--identity", identity!], {
          WADJET_DATA: dataFolder!
        })
      )
      expect([restored.exit, restored.err]).toEqual(["ok", ""])

      yield* Effect.scoped(
        Effect.gen(function* () {
          const { context, projector, url } = yield* serving(dataFolder!)
          const log = Context.get(context, EventLog)
          const { generation } = log
          expect(generation).not.toBe(before.generation)
          // The key is that of before: accounts come back with the log.
          const told = yield* Effect.promise(() =>
            call(`${url}/v1/events`, before.key, { headers: { "last-event-id": before.ids.at(-1)! } })
          )
          expect(told.status).toBe(409)
          expect(told.as(Problem)).toMatchObject({
            type: "urn:wadjet:problem:generation-changed",
            generation
          })
          yield* Effect.promise(() => post(url, before.key, "see http://paypa1-login.com/again"))
          const last = yield* log.last
          const ids = yield* Effect.promise(() => heard(`${url}/v1/events?from=0`, before.key, last))
          expect(ids).toEqual(Array.from({ length: last }, (_, index) => `${generation}-${index + 1}`))
          // Read models were folded anew, on the generation that is there, and no link was scanned twice.
          yield* projector.reached(last)
          const { events } = yield* readLog(log)
          const scans = events.filter(({ type }) => type === "scan.completed").map(({ cause }) => cause)
          expect(new Set(scans).size).toBe(scans.length)
        })
      )
    }).pipe(Effect.scoped),
  120_000
)
