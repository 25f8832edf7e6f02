/** What is put around the services of a doomed process: a trap at each point, and the guard that is missing. */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import Database from "better-sqlite3"
import { Deferred, Effect, Stream } from "effect"
import { WhatsAppId } from "../../contracts/ids.ts"
import type { Batch, Entry, EventLogService } from "../../infra/event-log/event-log.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { GatewayService } from "../../actors/whatsapp/gateway.ts"
import type { Life } from "./life.ts"
import type { Trap } from "./points.ts"

type Append = EventLogService["append"]
type Entries = Parameters<Append>[0]

/** Inputs of a dead scanner come back after this long, instead of half a minute. */
const ackWaitSeconds = 2
/** How late what was agreed and set reaches others than its writer, where it is late. */
const lateMillis = 60
/** How long a reader waits for an append of this process whose answer never came. */
const heldBackMillis = 1_000

const holds = (entries: ReadonlyArray<Entry>, type: string) => entries.some(({ fact }) => fact.type === type)

/** Readers see an outcome only after its append was answered: death then comes between outcome and fold. */
const makeHoldBack = () => {
  const answered = new Set<string>()
  const waiting = new Map<string, Deferred.Deferred<void>>()
  const latchOf = (id: string) => {
    const latch = waiting.get(id) ?? Deferred.makeUnsafe<void>()
    waiting.set(id, latch)
    return latch
  }
  return {
    answer: (id: string) => {
      answered.add(id)
      Deferred.doneUnsafe(latchOf(id), Effect.void)
    },
    wait: (batch: Batch) =>
      Effect.forEach(
        batch.events.filter((event) => event.type === "outbox.sent" && !answered.has(event.id)),
        (event) =>
          event.type === "unreadable"
            ? Effect.void
            : Deferred.await(latchOf(event.id)).pipe(Effect.timeoutOption(heldBackMillis)),
        { discard: true }
      )
  }
}

const appendWithout = (without: Life["without"], append: Append): Append => {
  if (without === "deterministic-event-ids")
    return (entries, provenance) =>
      append(entries.map((entry) => ({ ...entry, id: randomUUID() })) as unknown as Entries, provenance)
  if (without === "claim-before-send")
    return (entries, provenance) =>
      holds(entries, "outbox.claimed")
        ? Effect.succeed({ sequence: 0, duplicate: false })
        : append(entries, provenance)
  return append
}

const isPolicy = ({ events }: Batch) => events.some(({ type }) => type.startsWith("policy."))

export const aroundLog =
  (trap: Trap, life: Life) =>
  (log: EventLogService): EventLogService => {
    const append = appendWithout(life.without, log.append)
    const holdBack = makeHoldBack()
    return {
      ...log,
      append: (entries, provenance) =>
        Effect.suspend(() => {
          trap.pass("before-append")
          if (holds(entries, "scan.completed")) trap.pass("before-scan")
          return append(entries, provenance)
        }).pipe(
          Effect.tap(() =>
            Effect.sync(() => {
              trap.pass("append-ack")
              if (holds(entries, "outbox.claimed")) trap.pass("claimed")
              if (holds(entries, "outbox.sent")) trap.pass("outcome-fold")
              for (const { id } of entries) holdBack.answer(id)
            })
          )
        ),
      read: (options) => {
        const isLate = life.late === true && options.contexts?.includes("policy") !== true
        const batches = isLate
          ? Stream.tap(log.read(options), (batch) =>
              isPolicy(batch) ? Effect.sleep(lateMillis) : Effect.void
            )
          : log.read(options)
        return trap.point === "outcome-fold" ? Stream.tap(batches, holdBack.wait) : batches
      },
      lastAmong: life.without === "policies-first" ? () => Effect.succeed(0) : log.lastAmong,
      work: (options) =>
        Effect.map(log.work({ ...options, ackWaitSeconds }), (deliveries) =>
          // Asking the server something on the same connection makes sure that the acknowledgement got there.
          life.without === "facts-before-ack"
            ? Stream.tap(deliveries, (delivery) => Effect.andThen(delivery.done, log.last))
            : deliveries
        )
    }
  }

export const aroundGateway =
  (trap: Trap, life: Life) =>
  (gateway: GatewayService): GatewayService => ({
    has: (whatsApp) => (life.unsure ? Effect.succeed("no") : gateway.has(whatsApp)),
    transmit: (message) => {
      const whatsApp =
        life.without === "deterministic-whatsapp-ids"
          ? WhatsAppId.make(randomUUID().replaceAll("-", "").slice(0, 20).toUpperCase())
          : message.whatsApp
      return Effect.tap(gateway.transmit({ ...message, whatsApp }), () =>
        Effect.sync(() => trap.pass("socket-write"))
      )
    }
  })

/** The keyring, with its keys counted from behind: one more after a seal or a hash means that one was made. */
export const aroundKeyring =
  (trap: Trap, life: Life, forgetful: KeyringService) =>
  (keyring: KeyringService): KeyringService => {
    if (life.without === "durable-keys")
      return {
        ...keyring,
        seal: forgetful.seal,
        open: (sealed) => forgetful.open(sealed) ?? keyring.open(sealed)
      }
    if (trap.point !== "key-event") return keyring
    const count = new Database(join(life.dataFolder, "keyring.db"), { readonly: true })
      .prepare<[], number>("select count(*) from data_key")
      .pluck()
    const watched = <A, E>(making: Effect.Effect<A, E>) =>
      Effect.suspend(() => {
        const before = count.get()!
        return Effect.tap(making, () =>
          Effect.sync(() => {
            if (count.get()! > before) trap.pass("key-event")
          })
        )
      })
    return {
      ...keyring,
      hash: (owners, text) => watched(keyring.hash(owners, text)),
      makeKeys: (needed) => watched(keyring.makeKeys(needed)),
      seal: (owners, timeMillis, value) => watched(keyring.seal(owners, timeMillis, value))
    }
  }
