/**
 * The session's states and what leads from one to another. Pure: the time and a random number come with every
 * input, and what is to be done comes out as actions, in their order.
 */
import {
  type DegradedReason,
  SessionClosed,
  SessionDegraded,
  SessionLoggedOut,
  SessionOpened,
  SessionRecovered,
  SessionRefused,
  type SessionState
} from "../../../contracts/session.ts"
import { classify, type Disconnect, type Next, waitMillis } from "./disconnect.ts"
import type { Judgement } from "./health.ts"
import * as linking from "./linking.ts"
import {
  type At,
  connecting,
  disconnect,
  initial,
  type Input,
  type Machine,
  never,
  record,
  type Step
} from "./machine-model.ts"

/** A connection that comes back sooner is a blip: counted, and not a fact. */
export const blipMillis = 30_000
/** One that was open this long was well: what befalls it now has nothing to do with earlier failures. */
const wellAfterMillis = 60_000
/** WhatsApp asks for a restart after linking; more than this in a row is trouble. */
const restartsMax = 5
/** How long a refusal for a time is held where WhatsApp does not say how long. */
const suspendedMillis = 24 * 60 * 60_000

/** States that no restart of the process mends: they are kept until an operator says otherwise. */
const staysPut = (state: SessionState): boolean =>
  state.state === "refused"
    ? state.until === undefined
    : state.state === "closed" && state.cause === "replaced"

const started = (machine: Machine, remembered: SessionState | undefined, at: At): Step => {
  if (!machine.linked)
    return [remembered?.state === "logged-out" ? { ...machine, state: remembered } : machine, []]
  if (remembered !== undefined && staysPut(remembered))
    return [{ ...machine, state: remembered, told: "down" }, []]
  // A hold outlives the process that was told to hold: a crash is no reason to ask sooner.
  if (remembered !== undefined && (wakeOf(remembered) ?? 0) > at.now)
    return [{ ...machine, state: remembered, told: "down" }, []]
  return connecting(machine, at)
}

const wakeOf = (state: SessionState): number | undefined => {
  if (state.state === "closed") return state.retryAt
  return state.state === "refused" ? state.until : undefined
}

/** What the state of an open connection is called, by what it suffers from. */
const openState = (ailments: Machine["ailments"], now: number): SessionState => {
  const [first] = ailments
  if (first === undefined) return { state: "open", since: now }
  const [reason, until] = first
  return { state: "degraded", since: now, reason, ...(until === undefined ? {} : { until }) }
}

const opened = (machine: Machine, { now }: At): Step => {
  const { attempts, downSince, epoch, told } = machine
  const facts =
    told === "open" ? [] : [SessionOpened({ epoch, attempts, downMillis: Math.max(0, now - downSince) })]
  const next: Machine = { ...machine, state: openState(machine.ailments, now), attempts: 0, told: "open" }
  return [next, facts.map(record)]
}

const isOpen = ({ state: { state } }: Machine) => state === "open" || state === "degraded"

const suffer = (machine: Machine, reason: DegradedReason, until: number | undefined, { now }: At): Step => {
  if (machine.ailments.has(reason)) return [machine, []]
  const ailments = new Map([...machine.ailments, [reason, until]])
  const fact = SessionDegraded({ reason, ...(until === undefined ? {} : { until }) })
  return [
    { ...machine, ailments, state: isOpen(machine) ? openState(ailments, now) : machine.state },
    [record(fact)]
  ]
}

const recover = (machine: Machine, reason: DegradedReason, { now }: At): Step => {
  if (!machine.ailments.has(reason)) return [machine, []]
  const ailments = new Map(machine.ailments)
  ailments.delete(reason)
  return [
    { ...machine, ailments, state: isOpen(machine) ? openState(ailments, now) : machine.state },
    [record(SessionRecovered({ reason }))]
  ]
}

/** What an outage begins with, at the first failure after it was open. */
const down = (machine: Machine, disconnected: Disconnect, now: number): Machine => {
  const wasOpen = isOpen(machine)
  const wasWell = wasOpen && now - machine.state.since >= wellAfterMillis
  return {
    ...machine,
    downSince: wasOpen ? now : machine.downSince,
    failures: wasWell ? 0 : machine.failures,
    restarts: wasWell ? 0 : machine.restarts,
    lastCode: disconnected.code
  }
}

const wait = (machine: Machine, next: Extract<Next, { next: "retry" }>, { now, random }: At): Step => {
  const { cause } = next
  const code = machine.lastCode
  const retryAt = now + waitMillis(next, machine.failures, random)
  const closed: Machine = {
    ...machine,
    failures: machine.failures + 1,
    state: { state: "closed", since: now, cause, code, retryAt }
  }
  if (cause === "transient") return [closed, []]
  return [{ ...closed, told: "down" }, [record(SessionClosed({ cause, code, retryAt }))]]
}

const closed = (before: Machine, disconnected: Disconnect, at: At): Step => {
  const { now } = at
  const machine = down(before, disconnected, now)
  const { code } = disconnected
  const next = classify(disconnected)
  switch (next.next) {
    case "restart":
      return machine.restarts < restartsMax
        ? connecting({ ...machine, restarts: machine.restarts + 1 }, at)
        : closed(machine, { code: 500, by: "network" }, at)
    case "retry":
      return wait(machine, next, at)
    case "yield": {
      const state: SessionState = { state: "closed", since: now, cause: "replaced", code }
      return [{ ...machine, state, told: "down" }, [record(SessionClosed({ cause: "replaced", code }))]]
    }
    case "logged-out":
      return [
        { ...initial(machine.epoch, false, now), state: { state: "logged-out", since: now, code } },
        [{ act: "wipe" }, record(SessionLoggedOut({ by: "whatsapp", code }))]
      ]
    case "refused": {
      const { forMillis, reason } = next
      const held = forMillis ?? (reason === "suspended" ? suspendedMillis : undefined)
      const until = held === undefined ? {} : { until: now + held }
      const state: SessionState = { state: "refused", since: now, reason, code, ...until }
      return [{ ...machine, state, told: "down" }, [record(SessionRefused({ reason, code, ...until }))]]
    }
  }
}

const unlinked = (machine: Machine, { now }: At): Step => [
  initial(machine.epoch, false, now),
  [{ act: "log-out" }, disconnect, { act: "wipe" }, record(SessionLoggedOut({ by: "operator" }))]
]

const judged = (machine: Machine, judgement: Judgement, at: At): Step => {
  if (!isOpen(machine)) return [machine, []]
  if (judgement === "undecryptable") return suffer(machine, "undecryptable", undefined, at)
  if (judgement === "well") return recover(machine, "undecryptable", at)
  const [told, facts] =
    judgement === "silent" ? ([machine, []] as Step) : suffer(machine, "unacknowledged", undefined, at)
  const [next, actions] = connecting({ ...told, downSince: at.now }, at)
  return [next, [...facts, disconnect, ...actions]]
}

/** What time does: a wait is over, an outage is no blip any more, a limit has run out. */
const tick = (machine: Machine, at: At): Step => {
  const { state } = machine
  const { now } = at
  if (machine.linking !== undefined) return linking.tick(machine, machine.linking, at)
  if ((wakeOf(state) ?? never) <= now) return connecting(machine, at)
  const limited = machine.ailments.get("reach-out-limited")
  if (limited !== undefined && limited <= now) return recover(machine, "reach-out-limited", at)
  if (reportAt(machine) > now) return [machine, []]
  const retry = wakeOf(state)
  const fact = SessionClosed({
    cause: "transient",
    code: machine.lastCode,
    ...(retry === undefined ? {} : { retryAt: retry })
  })
  return [{ ...machine, told: "down" }, [record(fact)]]
}

/** When an outage becomes a fact. */
const reportAt = (machine: Machine): number => {
  const isDown = machine.state.state === "connecting" || machine.state.state === "closed"
  return machine.linked && isDown && machine.told !== "down" ? machine.downSince + blipMillis : never
}

/** When the machine wants a tick, in milliseconds since the epoch; infinite for never. */
export const wakeAt = (machine: Machine): number =>
  Math.min(
    wakeOf(machine.state) ?? never,
    linking.wakeAt(machine.linking),
    machine.ailments.get("reach-out-limited") ?? never,
    reportAt(machine)
  )

export const step = (machine: Machine, it: Input, at: At): Step => {
  if (machine.linking !== undefined) {
    const handled = linking.step(machine, machine.linking, it, at)
    if (handled !== undefined) return handled
  }
  switch (it.input) {
    case "started":
      return started(machine, it.remembered, at)
    case "link":
      return linking.begin(machine, it, at)
    case "unlink":
      return machine.linked ? unlinked(machine, at) : [machine, []]
    case "reconnect": {
      if (!machine.linked) return [machine, []]
      const [next, actions] = connecting({ ...machine, failures: 0, restarts: 0 }, at)
      return [next, [disconnect, ...actions]]
    }
    case "open": {
      const [next, actions] = opened(machine, at)
      // The server takes messages again, as far as anyone knows.
      const [well, recovered] = recover(next, "unacknowledged", at)
      return [well, [...actions, ...recovered]]
    }
    case "closed":
      return closed(machine, it.disconnect, at)
    case "judged":
      return judged(machine, it.judgement, at)
    case "was-deaf": {
      const [next, actions] = suffer(machine, "deaf", undefined, at)
      const [well, recovered] = recover(next, "deaf", at)
      return [well, [...actions, ...recovered]]
    }
    case "reach-out-limit":
      return it.active
        ? suffer(machine, "reach-out-limited", it.until, at)
        : recover(machine, "reach-out-limited", at)
    case "tick":
      return tick(machine, at)
    case "qr":
    case "code":
    case "paired":
    case "passkey":
      return [machine, []]
  }
}
