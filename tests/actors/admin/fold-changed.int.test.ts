/** A fold that is changed, and gone back from, over HTTP: while many connections ask and events arrive. */
import { Agent, get } from "node:http"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Schedule, Schema } from "effect"
import { Chat } from "../../../contracts/http/chats.ts"
import { pageOf } from "../../../contracts/http/lists.ts"
import { hashOf, MessageKey } from "../../../contracts/ids.ts"
import { type Entry, EventLog } from "../../../infra/event-log/event-log.ts"
import { received } from "../../projections/story.ts"
import { call, eventually, ground, whole } from "./whole.ts"

const connections = 200
const eventsPerSecond = 200
/** So many arrive before, between and after what is tried. */
const eventsMeanwhile = 400
/** What the changed fold makes of one message. More than there are messages, told by fewer than there are at first. */
const countedAs = 10
const atFirst = 5_000
const messagesMax = atFirst * countedAs - 1

const Status = Schema.Struct({
  building: Schema.NullOr(Schema.Unknown),
  failed: Schema.NullOr(Schema.String)
})
const Chats = pageOf(Chat)

/** One connection that asks again as soon as it is answered, and each answer's status and body. */
const asker = (url: string, key: string) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers: Array<{ readonly status: number; readonly messages: number }> = []
  const ask = () =>
    new Promise<void>((resolve) => {
      const broken = () => {
        answers.push({ status: 0, messages: 0 })
        resolve()
      }
      get(`${url}/v1/chats`, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece))
        response.once("error", broken)
        response.once("end", () => {
          const status = response.statusCode ?? 0
          const { items } =
            status === 200 ? Schema.decodeUnknownSync(Schema.fromJsonString(Chats))(text) : { items: [] }
          answers.push({ status, messages: items[0]?.messages ?? 0 })
          resolve()
        })
      }).once("error", broken)
    })
  return { answers, ask: Effect.promise(ask), end: () => agent.destroy() }
}

/** How many messages an answer stands for, whichever fold counted them. */
const countOf = (messages: number) => (messages > messagesMax ? messages / countedAs : messages)

it.live(
  "no query fails and none is told less than before while a fold is changed and gone back from",
  () =>
    Effect.gen(function* () {
      const installed: { workerEntry?: URL } = {}
      const { context, firstKey, projector, url } = yield* Effect.flatMap(ground, (it) =>
        whole(it, undefined, undefined, {}, installed)
      )
      const log = yield* EventLog.pipe(Effect.provideContext(context))
      const key = firstKey!.text
      let posted = 0
      const post = (count: number) =>
        Effect.suspend(() => {
          const entries = Array.from({ length: Math.min(count, messagesMax - posted) }, (): Entry => {
            posted += 1
            const message = MessageKey.make(hashOf("message", posted))
            return { fact: received({ message, links: [] }), id: `event-${posted}` }
          })
          return entries.length === 0
            ? Effect.void
            : Effect.asVoid(log.append(entries as [Entry, ...Array<Entry>], { actor: "test" }))
        }).pipe(Effect.provideContext(context))
      const replace = (path: string) =>
        Effect.promise(async () => {
          expect((await call(`${url}${path}`, key, { method: "POST" })).status).toBe(200)
          const status = async () => (await call(`${url}/v1/projections`, key)).as(Status)
          expect((await eventually(status, ({ building }) => building === null)).failed).toBeNull()
        })
      const folded = Effect.flatMap(log.last, projector.reached)

      for (let sent = 0; sent < atFirst; sent += 500) yield* post(500)
      yield* folded
      const askers = Array.from({ length: connections }, () => asker(url, key))
      const asking = yield* Effect.forEach(askers, ({ ask }) =>
        Effect.forkScoped(Effect.repeat(ask, Schedule.spaced("1 second")))
      )
      const began = performance.now()
      /** Those that are due by now, however long the ones before took. */
      const postDue = Effect.suspend(() =>
        post(atFirst + Math.floor(((performance.now() - began) * eventsPerSecond) / 1_000) - posted)
      )
      const arriving = yield* Effect.forkScoped(
        Effect.repeat(Effect.uninterruptible(postDue), Schedule.spaced("10 millis"))
      )
      const aWhile = Effect.suspend(() => projector.reached(projector.position() + eventsMeanwhile))

      yield* aWhile
      const before = projector.file()
      installed.workerEntry = new URL("../../projections/threads/changed.ts", import.meta.url)
      yield* replace("/v1/projections/rebuild")
      expect(projector.file()).not.toBe(before)
      yield* aWhile
      delete installed.workerEntry
      yield* replace("/v1/projections/back")
      expect(projector.file()).toBe(before)
      yield* aWhile
      yield* Fiber.interrupt(arriving)
      const seconds = (performance.now() - began) / 1_000
      const asked = askers.reduce((sum, { answers }) => sum + answers.length, 0)
      console.log(
        `${connections} connections: ${(asked / seconds).toFixed(0)} answers/s, ${((posted - atFirst) / seconds).toFixed(0)} events/s, ${seconds.toFixed(1)} s`
      )
      yield* folded
      // Everybody asks once more, of what is all there now.
      yield* Effect.forEach(asking, Fiber.interrupt)
      yield* Effect.forEach(askers, ({ ask }) => ask, { concurrency: connections })

      for (const { answers, end } of askers) {
        end()
        expect(answers.filter(({ status }) => status !== 200)).toEqual([])
        const counts = answers.map(({ messages }) => countOf(messages))
        expect(counts).toEqual(counts.toSorted((a, b) => a - b))
        expect(answers.at(-1)!.messages).toBe(posted)
      }
      // Both folds were asked.
      expect(askers.some(({ answers }) => answers.some(({ messages }) => messages > messagesMax))).toBe(true)
    }).pipe(Effect.scoped),
  120_000
)
