/**
 * Leases in a key-value bucket whose entries vanish when they are not renewed. A holder that is dead on
 * this same host is succeeded at once, without waiting for its entry to vanish.
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { JetStreamApiError } from "@nats-io/jetstream"
import { Kvm, type KV } from "@nats-io/kv"
import { Clock, Deferred, Duration, Effect, Layer, Option, Schedule, Schema, Semaphore } from "effect"
import { leaseBucket } from "../../contracts/streams.ts"
import { LogUnavailable } from "../event-log/event-log.ts"
import { Nats } from "../nats/connection.ts"
import { isRunning, placeOfPids, startOf } from "../process/identity.ts"
import { type Lease, Leases, LeaseLost } from "./leases.ts"

/** How long a lease lives, in milliseconds. */
export interface LeaseTimes {
  /** An entry vanishes this long after its last renewal. */
  readonly leaseMillis: number
  readonly renewEveryMillis: number
  /** How often one who waits looks again. */
  readonly waitMillis: number
  /** A holder stops trusting its lease this long before the entry vanishes. */
  readonly marginMillis: number
}

/** Three renewals fit into the life of an entry, and take-over stays under ten seconds. */
export const leaseTimes: LeaseTimes = {
  leaseMillis: 6_000,
  renewEveryMillis: 2_000,
  waitMillis: 500,
  marginMillis: 1_000
}

/** Who holds a lease, as its entry says. */
const Holder = Schema.Struct({
  host: Schema.String,
  /** Where `pid` means this process; see `placeOfPids`. */
  place: Schema.String,
  pid: Schema.Int,
  started: Schema.String,
  /** Made for each time that a lease is taken. */
  hold: Schema.String
})

const encodeHolder = Schema.encodeSync(Schema.fromJsonString(Holder))
const decodeHolder = Schema.decodeUnknownOption(Schema.fromJsonString(Holder))

/** Whether a holder would be seen here if it lived, and is not. Of one that nobody can read, time will tell. */
const isDeadHere = (entry: string): boolean =>
  Option.exists(
    decodeHolder(entry),
    (holder) => holder.place !== "" && holder.place === placeOfPids() && !isRunning(holder)
  )

/** Takes the entry if it is free or its holder is dead. Answers with the revision, or `undefined`. */
const tryTake = async (bucket: KV, name: string, me: string): Promise<number | undefined> => {
  const entry = await bucket.get(name)
  if (entry === null || entry.operation !== "PUT") return await bucket.create(name, me).catch(() => undefined)
  return isDeadHere(entry.string())
    ? await bucket.update(name, me, entry.revision).catch(() => undefined)
    : undefined
}

/** JetStream's error code for an entry that has another revision than expected. */
const wrongRevision = 10071

/** Renews an entry. Answers with its new revision, or `undefined` where it is somebody else's, or gone. */
const tryRenew = async (
  bucket: KV,
  name: string,
  me: string,
  revision: number
): Promise<number | undefined> => {
  try {
    return await bucket.update(name, me, revision)
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError && cause.code === wrongRevision)) throw cause
    // The answer to an earlier renewal may have been lost.
    const entry = await bucket.get(name)
    const mine = entry !== null && entry.operation === "PUT" && entry.string() === me
    return mine ? await bucket.update(name, me, entry.revision) : undefined
  }
}

const make = Effect.fnUntraced(function* ({
  leaseMillis,
  marginMillis,
  renewEveryMillis,
  waitMillis
}: LeaseTimes) {
  const nats = yield* Nats
  const bucket = yield* Effect.tryPromise({
    try: () => new Kvm(nats.jetstream).create(leaseBucket, { ttl: leaseMillis, history: 1 }),
    catch: (cause) => new LogUnavailable({ operation: "make the lease bucket", message: String(cause) })
  })

  const hold = Effect.fn("hold a lease")(function* (name: string) {
    const me = encodeHolder({
      host: hostname(),
      place: placeOfPids(),
      pid: process.pid,
      started: startOf(process.pid),
      hold: randomUUID()
    })
    const take = Effect.gen(function* () {
      const asked = yield* Clock.currentTimeMillis
      const epoch = yield* Effect.tryPromise(() => tryTake(bucket, name, me))
      return epoch === undefined ? undefined : { epoch, asked }
    }).pipe(Effect.orElseSucceed(() => undefined))
    const first = yield* take
    if (first === undefined) yield* Effect.logInfo("waiting for a lease", { actor: name })
    const taken =
      first ??
      (yield* Effect.repeat(take, {
        schedule: Schedule.spaced(Duration.millis(waitMillis)),
        until: (it) => it !== undefined
      }))!
    const clock = yield* Clock.Clock
    const lost = yield* Deferred.make<never, LeaseLost>()
    // Renewing and giving back take turns, so that what is given back is the newest revision.
    const turn = yield* Semaphore.make(1)
    let revision = taken.epoch
    let held = true
    // The time counts from the question: the entry may have been stored at any moment after it.
    let trustedUntil = taken.asked + leaseMillis - marginMillis
    const giveUp = (message: string) => {
      held = false
      return Deferred.fail(lost, new LeaseLost({ name, message }))
    }
    const renew = Effect.gen(function* () {
      const asked = yield* Clock.currentTimeMillis
      const renewed = yield* Effect.tryPromise(() => tryRenew(bucket, name, me, revision))
      if (renewed === undefined) return yield* giveUp("another process took it over")
      revision = renewed
      trustedUntil = asked + leaseMillis - marginMillis
    }).pipe(
      Effect.catch(() =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now > trustedUntil ? giveUp("it could not be renewed in time") : Effect.void
        )
      ),
      Effect.uninterruptible,
      turn.withPermit
    )
    yield* Effect.sleep(Duration.millis(renewEveryMillis)).pipe(
      Effect.andThen(renew),
      Effect.repeat({ while: () => held }),
      Effect.forkScoped
    )
    yield* Effect.addFinalizer(() => {
      held = false
      return Effect.tryPromise(() => bucket.delete(name, { previousSeq: revision })).pipe(
        turn.withPermit,
        Effect.ignore
      )
    })
    return {
      epoch: taken.epoch,
      isHeld: () => held && clock.currentTimeMillisUnsafe() < trustedUntil,
      lost: Deferred.await(lost)
    } satisfies Lease
  })

  return Leases.of({ hold })
})

/** Leases that live for other times than the product's; all who share a server have the same. */
export const natsLeasesOf = (times: LeaseTimes) => Layer.effect(Leases, make(times))

export const natsLeases = natsLeasesOf(leaseTimes)

/** Every lease is granted at once: for a process that is alone by construction, as in simulation. */
export const soleLeases = Layer.succeed(
  Leases,
  Leases.of({ hold: () => Effect.succeed({ epoch: 1, isHeld: () => true, lost: Effect.never }) })
)
