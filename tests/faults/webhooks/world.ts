/**
 * Two processes that could tell a webhook, of which one does: it is paused or killed in the middle of a request, and
 * the other one goes on. What the receiver heard is held against what is promised.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Context, Effect, Layer, Redacted } from "effect"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { makeWebhookSecret } from "../../../actors/admin/webhooks/signature.ts"
import { openWebhooks } from "../../../actors/admin/webhooks/start-webhooks.ts"
import { ActorParked } from "../../../contracts/actor.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import type { LeaseTimes } from "../../../infra/leases/nats-leases.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { type Heard, openReceiver } from "../../actors/admin/webhook-receiver.ts"
import { outsideAddress } from "../../infra/guarded-client/outside.ts"
import { type Met, breachesOf } from "./laws.ts"
import type { Life } from "./life.ts"

export type Round = "pause" | "kill"

export interface WorldOptions {
  readonly nats: Life["nats"]
  readonly dataFolder: string
  readonly lease: LeaseTimes
  readonly rounds: ReadonlyArray<Round>
  /** Below 1: which of the events of a round is the one in whose middle something happens. */
  readonly random: () => number
}

/** Of each round. */
const eventsEach = 8
const waitSeconds = 60

const entry = fileURLToPath(new URL("teller-process.ts", import.meta.url))

const until = async (holds: () => boolean | Promise<boolean>, what: () => string) => {
  const end = Date.now() + waitSeconds * 1_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came to hold: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const startTeller = (life: Life) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [entry, JSON.stringify(life)], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      await once(child.stdout, "data")
      return child
    }),
    // Also one that is stopped.
    (child) => Effect.sync(() => void child.kill("SIGKILL"))
  )

const sequenceOf = ({ body }: Heard): number => (JSON.parse(body) as { readonly sequence: number }).sequence
const tellerOf = ({ headers }: Heard): string => String(headers["x-teller"])

const parked = (sequence: number) => ({
  id: `parked-${sequence}`,
  fact: ActorParked({
    actor: "scan",
    sequence,
    event: "message.received",
    boundary: "c0example0",
    reason: "for a test",
    attempts: 1
  })
})

/** Runs the rounds, and answers with what was heard and what of it is against what is promised. */
export const runWebhookWorld = Effect.fn("runWebhookWorld")(function* (options: WorldOptions) {
  const { dataFolder, lease, nats, random, rounds } = options
  const receiver = yield* openReceiver
  const { heard, state } = receiver
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const context = yield* Layer.build(
    jetStreamLog.pipe(
      Layer.provideMerge(sqliteKeyring(join(dataFolder, "keyring.db"))),
      Layer.provideMerge(Nats.layer(address, "wadjet"))
    )
  )
  const log = Context.get(context, EventLog)
  const hooks = yield* openWebhooks(yield* openAccounts(join(dataFolder, accountsFile)), { dataFolder })
  const target = { url: receiver.urlOf("/in"), secret: makeWebhookSecret() }
  const told = { generation: log.generation, sequence: yield* log.last }
  yield* hooks.add({ contexts: ["actor"], events: [], words: false, label: null, target, told }, "operator")

  const certificate = String(receiver.certificate)
  let started = 0
  const start = Effect.suspend(() => {
    const name = `teller-${++started}`
    const place = { address: outsideAddress, port: receiver.port, certificate }
    const life = { name, nats, dataFolder, receiver: place, dns: receiver.dns.server, lease }
    return Effect.map(startTeller(life), (child) => [name, child] as const)
  })
  const tellers = new Map(yield* Effect.all([start, start], { concurrency: 2 }))

  let last = told.sequence
  const append = Effect.gen(function* () {
    for (let count = 0; count < eventsEach; count++)
      last = (yield* log.append([parked(last + 1)], { actor: "scan" })).sequence
  })
  const isTold = (sequence: number) => heard.some((one) => one.taken && sequenceOf(one) === sequence)
  const met: Array<Met> = []

  for (const [index, round] of rounds.entries()) {
    const at = last + 1 + Math.floor(random() * eventsEach)
    let answerHeld: (status: number) => void = () => {}
    const held = new Promise<number>((resolve) => (answerHeld = resolve))
    let inFlight: Heard | undefined
    state.mood = (one) => {
      if (inFlight !== undefined || sequenceOf(one) !== at) return 204
      inFlight = one
      return held
    }
    yield* append
    yield* Effect.promise(() =>
      until(
        () => inFlight !== undefined,
        () => `a request about event ${at}`
      )
    )
    const name = tellerOf(inFlight!)
    const child = tellers.get(name)!
    const from = heard.length
    child.kill(round === "pause" ? "SIGSTOP" : "SIGKILL")
    yield* Effect.promise(() =>
      until(
        () => isTold(last),
        () => `event ${last} is told by another one`
      )
    )
    answerHeld(204)
    met.push({ round, at, name, from })
    if (round === "pause") child.kill("SIGCONT")
    else {
      tellers.delete(name)
      if (index < rounds.length - 1) tellers.set(...(yield* start))
    }
  }
  // What was told is noted once the answer has come.
  const place = Effect.map(hooks.list, ([hook]) => hook?.sequence)
  yield* Effect.promise(() =>
    until(
      async () => (await Effect.runPromise(place)) === last,
      () => `it is noted that event ${last} was told`
    )
  )
  const requests = heard.map((one) => ({
    sequence: sequenceOf(one),
    id: String(one.headers["webhook-id"]),
    teller: tellerOf(one),
    taken: one.taken
  }))
  return { requests, breaches: breachesOf({ requests, met, from: told.sequence + 1, last }) }
})
