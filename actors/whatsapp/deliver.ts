/**
 * From the outbox to the socket: claim, write, outcome. The claim is appended immediately before the write,
 * where sending and cancelling meet; a claim without an outcome is found out about before anything else.
 */
import { Clock, Effect } from "effect"
import type { Fact } from "../../contracts/event.ts"
import { whatsAppIdOf } from "../../contracts/ids.ts"
import {
  type OutboxBody,
  OutboxCancelled,
  OutboxClaimed,
  OutboxFailed,
  OutboxSent,
  OutboxStepped,
  OutboxUnresolved,
  type WireKind
} from "../../contracts/outbox.ts"
import type { Reason, Self } from "../../infra/actor/process-manager.ts"
import type { StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { saysAll, type Turn, turn, whenRefused, whenTaken } from "./decide.ts"
import { resolveWork, urgency } from "./evolve.ts"
import { Gateways, type GatewayService, TransmitFailed } from "./gateway.ts"
import { type Claim, outbox, type OutboxEntry } from "./model.ts"
import { isGivenUp, waitMillisAfter } from "./outgoing/after-failure.ts"
import { takeBack, type ToBeCalledOff } from "./outgoing/call-off.ts"
import { closedFor } from "./outgoing/closed-for.ts"
import { waitForOutcome } from "./outgoing/wait-for-outcome.ts"
import { wireMessage } from "./outgoing/wire-message.ts"
import type { PacingLimits } from "./pacing/limits.ts"
import type { Pacer } from "./pacing/pacer.ts"
import { makeTakeTurn } from "./pacing/take-turn.ts"
import { passedWithout } from "./session/outages.ts"

export const publishes = [
  OutboxClaimed,
  OutboxSent,
  OutboxStepped,
  OutboxUnresolved,
  OutboxFailed,
  OutboxCancelled
] as const
export type Published = Fact<(typeof publishes)[number]>

/** How long what follows a message that waits for a decision waits itself, before that is asked again. */
const heldAgainMillis = 1_000

const reasonOf = (work: Work): Reason => ({ cause: work.cause, correlation: work.correlation })

const gatewayOf = ({ gateway }: OutboxEntry) =>
  Effect.map(Gateways, (gateways) => gateways[gateway] ?? missingGateway(gateway))

const missingGateway = (name: string): GatewayService => {
  const refuse = new TransmitFailed({
    gateway: name,
    final: true,
    message: `there is no way out to a chat of ${name}`
  })
  return { transmit: () => Effect.fail(refuse), has: () => Effect.succeed("no") }
}

/** Whether the other side says that it has what is about to be written: it left before a restore. */
const hasIt = (gateway: GatewayService, { whatsApp }: Claim) =>
  gateway.has(whatsApp).pipe(
    Effect.map((has) => has === "yes"),
    Effect.orElseSucceed(() => false)
  )

/** An entry that was never sent, and earlier ones that it was about, end together. */
const cancelFacts = (
  entry: OutboxEntry,
  it: Turn & { do: "cancel" }
): readonly [Published, ...Array<Published>] => {
  const { chat } = entry
  const by = "system"
  const [first, ...rest] = [...it.supersedes, entry.outbox].map((outbox) =>
    OutboxCancelled({ chat, outbox, reason: it.reason, by })
  )
  return [first!, ...rest]
}

/** The claim, together with the end of earlier entries that it takes the place of. */
const claimFacts = (
  entry: OutboxEntry,
  it: Turn & { do: "send" },
  claim: Claim,
  isFirst: boolean
): readonly [Published, ...Array<Published>] => {
  const { chat, outbox: id } = entry
  const [first, ...rest] = [
    ...it.supersedes.map((outbox) => OutboxCancelled({ chat, outbox, reason: "superseded", by: "system" })),
    OutboxClaimed({ chat, outbox: id, ...claim, ...(isFirst ? { first: true } : {}) })
  ]
  return [first!, ...rest]
}

/** The entry that one is about, the one which that one is about, and so on: the newest first. */
const earlierThan = function* (state: StateReader, entry: OutboxEntry): Generator<OutboxEntry> {
  let { target } = entry
  while (target !== undefined) {
    const earlier = state.get(outbox, target)
    if (earlier === undefined) return
    yield earlier
    target = earlier.target
  }
}

/** Each step of an entry goes out under an id of its own, and its words under that of the entry. */
const stepOf = (wire: WireKind): "edit" | "revoke" | "unreact" | undefined =>
  saysAll(wire) ? undefined : wire

/** What is said of an entry whose claim the receiving side took. */
export const takenFact = (
  entry: OutboxEntry,
  claim: Claim,
  at: number
): Fact<typeof OutboxSent | typeof OutboxStepped> => {
  const { whatsApp, wire, attempt } = claim
  const fact = { chat: entry.chat, outbox: entry.outbox, whatsApp, wire, attempt, at }
  return whenTaken(entry, wire) === "sent" ? OutboxSent(fact) : OutboxStepped({ ...fact, outcome: "taken" })
}

/** What is said of one that it refused for good. */
const refusedFact = (entry: OutboxEntry, claim: Claim, reason: string, at: number): Published => {
  const { whatsApp, wire, attempt } = claim
  const fact = { chat: entry.chat, outbox: entry.outbox, whatsApp, attempt, reason }
  return whenRefused(entry, wire) === "failed"
    ? OutboxFailed(fact)
    : OutboxStepped({ ...fact, wire, outcome: "refused", at })
}

export const makeDeliver = (limits: PacingLimits, pacer: Pacer, toBeCalledOff: ToBeCalledOff) => {
  const takeTurn = makeTakeTurn(limits, pacer)

  /** Writes what was claimed, and records what came of it. */
  const write = Effect.fnUntraced(function* (
    entry: OutboxEntry,
    claim: Claim,
    body: OutboxBody,
    reason: Reason,
    self: Self<Published>
  ) {
    const gateway = yield* gatewayOf(entry)
    const { outbox: id } = entry
    const { attempt } = claim
    const outcome = yield* gateway
      .transmit(yield* wireMessage(self, entry, claim, body))
      .pipe(Effect.match({ onSuccess: () => undefined, onFailure: (error) => error }))
    const at = yield* Clock.currentTimeMillis
    if (outcome === undefined) {
      yield* self.record(reason, `sent:${id}:${attempt}`, takenFact(entry, claim, at))
      return undefined
    }
    if (isGivenUp(outcome, attempt, entry.priority)) {
      yield* self.record(reason, `failed:${id}:${attempt}`, refusedFact(entry, claim, outcome.message, at))
      return undefined
    }
    const waitMillis = waitMillisAfter(outcome, attempt)
    yield* Effect.logWarning(
      "a message was not acknowledged: it is found out whether it was taken, or written again later under the same id",
      { outbox: id, attempt, waitMillis, error: outcome.message }
    )
    return { later: at + waitMillis, ...(outcome.mayOpen === undefined ? {} : { orWoken: true as const }) }
  })

  const claimAndWrite = Effect.fnUntraced(function* (
    entry: OutboxEntry,
    it: Turn & { do: "send" },
    body: OutboxBody,
    work: Work,
    self: Self<Published>
  ) {
    const gateway = yield* gatewayOf(entry)
    const closed = yield* closedFor(gateway, entry, self.state)
    if (closed !== undefined) return closed
    const isUrgent = work.priority === urgency.warning
    const wanted = { entry, wire: it.wire, text: body.text, isUrgent }
    const turned = yield* takeTurn(gateway, self.state, wanted)
    if (turned.waits !== undefined) return turned.waits
    const claim: Claim = {
      // What is written again goes out under the id of its first claim.
      whatsApp:
        entry.status === "claimed" && entry.claim !== undefined
          ? entry.claim.whatsApp
          : whatsAppIdOf(entry.outbox, stepOf(it.wire)),
      wire: it.wire,
      attempt: (entry.claim?.attempt ?? 0) + 1,
      ...(it.target === undefined ? {} : { targetWhatsApp: it.target })
    }
    const reason = reasonOf(work)
    const facts = claimFacts(entry, it, claim, turned.isFirst)
    const { duplicate } = yield* self
      .append(reason, `claim:${entry.outbox}:${claim.attempt}`, facts)
      // Nothing was written: a claim that lost a race is made anew at once, and waits for no second turn.
      .pipe(Effect.tapError(() => turned.giveBack))
    // Whoever made this very claim before may have written, or be writing now: that is found out first.
    if (duplicate) {
      yield* turned.giveBack
      return undefined
    }
    if (entry.released === true && (yield* hasIt(gateway, claim))) {
      const at = yield* Clock.currentTimeMillis
      yield* self.record(reason, `sent:${entry.outbox}:${claim.attempt}`, takenFact(entry, claim, at))
      return undefined
    }
    return yield* write(entry, claim, body, reason, self)
  })

  /** A claim without an outcome: the process that made it is gone, or its write failed in passing. */
  const resolve = Effect.fnUntraced(function* (work: Work, entry: OutboxEntry, self: Self<Published>) {
    const keyring = yield* Keyring
    const gateway = yield* gatewayOf(entry)
    const now = yield* Clock.currentTimeMillis
    const claim = entry.claim!
    const { chat, outbox: id } = entry
    const has = yield* gateway.has(claim.whatsApp).pipe(Effect.orElseSucceed(() => "unknown" as const))
    if (has === "unknown") return yield* waitForOutcome(gateway, entry, claim, reasonOf(work), self)
    if (has === "yes") {
      toBeCalledOff.delete(id)
      // When it left nobody says: with its last claim at the latest. Where that is too late a guess, an edit or a
      // revoke is refused, and the next way is taken.
      const at = entry.lastClaimedAt ?? now
      yield* self.record(reasonOf(work), `sent:${id}:${claim.attempt}`, takenFact(entry, claim, at))
      return undefined
    }
    const calledOff = takeBack(toBeCalledOff, entry)
    if (calledOff !== undefined) {
      yield* self.append(reasonOf(work), `called-off:${id}`, [calledOff])
      return undefined
    }
    const body = keyring.open<OutboxBody>(entry.body ?? null)
    if (body === null) {
      yield* self.record(
        reasonOf(work),
        `failed:${id}`,
        OutboxFailed({
          chat,
          outbox: id,
          whatsApp: claim.whatsApp,
          attempt: claim.attempt,
          reason: "its words were forgotten"
        })
      )
      return undefined
    }
    const again: Turn = {
      do: "send",
      wire: claim.wire,
      supersedes: [],
      ...(claim.targetWhatsApp === undefined ? {} : { target: claim.targetWhatsApp })
    }
    return yield* claimAndWrite(entry, again, body, work, self)
  })

  const deliver = Effect.fnUntraced(function* (work: Work, entry: OutboxEntry, self: Self<Published>) {
    const keyring = yield* Keyring
    const now = yield* Clock.currentTimeMillis
    const { chat, outbox: id } = entry
    const it = turn(entry, earlierThan(self.state, entry), now)
    if (passedWithout(self.state, entry, now)) {
      yield* self.append(reasonOf(work), `cancel:${id}`, [
        OutboxCancelled({ chat, outbox: id, reason: "too-late", by: "system" })
      ])
      return undefined
    }
    // Both are in this lane, and the earlier one may be less urgent: it is found out about here and now.
    if (it.do === "resolve" && it.target.held !== undefined) return { later: now + heldAgainMillis }
    if (it.do === "resolve") return (yield* resolve(work, it.target, self)) ?? { later: now }
    if (it.do === "cancel") {
      yield* self.append(reasonOf(work), `cancel:${id}`, cancelFacts(entry, it))
      return undefined
    }
    const body = keyring.open<OutboxBody>(entry.body ?? null)
    if (body === null) {
      yield* self.append(reasonOf(work), `cancel:${id}`, [
        OutboxCancelled({ chat, outbox: id, reason: "forgotten", by: "system" })
      ])
      return undefined
    }
    return yield* claimAndWrite(entry, it, body, work, self)
  })

  return Effect.fnUntraced(function* (work: Work, self: Self<Published>) {
    const entry = self.state.get(outbox, work.key)
    if (entry === undefined) return undefined
    return yield* work.kind === resolveWork ? resolve(work, entry, self) : deliver(work, entry, self)
  })
}
