/** The part of the machine that links a number. Pure. */
import {
  type LinkOutcome,
  SessionLinkBegan,
  SessionLinked,
  SessionLinkEnded
} from "../../../contracts/session.ts"
import { classify } from "./disconnect.ts"
import {
  type Action,
  type At,
  connect,
  disconnect,
  initial,
  type Input,
  type Linking,
  type Machine,
  never,
  record,
  type Step
} from "./machine-model.ts"

/** How long an operator has to take out a phone. */
const linkMillisMax = 5 * 60_000
/** WhatsApp gives several QR codes per connection: Baileys shows the first for a minute, the others for 20 s. */
const firstCodeMillis = 60_000
const codeMillis = 20_000
/** How long WhatsApp takes a pairing code. */
const pairingCodeMillis = 160_000
/** Between two connections while linking: the codes of one are used up. */
const againMillis = 1_000

type Begin = Extract<Input, { input: "link" }>

/** Begins, or begins anew. */
export const begin = (machine: Machine, { by, method, phone }: Begin, { now }: At): Step => {
  if (machine.linked) return [machine, []]
  const linking: Linking = { method, phone, deadline: now + linkMillisMax, codes: 0 }
  const next: Machine = {
    ...initial(machine.epoch, false, now),
    state: { state: "linking", since: now, method },
    linking
  }
  const again: ReadonlyArray<Action> = machine.linking === undefined ? [] : [disconnect]
  return [next, [record(SessionLinkBegan({ method, by })), ...again, connect]]
}

const end = (
  machine: Machine,
  { method }: Linking,
  outcome: LinkOutcome,
  { now }: At,
  code?: number
): Step => [
  initial(machine.epoch, false, now),
  [
    disconnect,
    { act: "wipe" },
    { act: "live", message: { live: "ended", outcome } },
    record(SessionLinkEnded({ method, outcome, ...(code === undefined ? {} : { code }) }))
  ]
]

const showCode = (machine: Machine, linking: Linking, text: string, { now }: At): Step => {
  const counted: Machine = { ...machine, linking: { ...linking, codes: linking.codes + 1 } }
  if (linking.method === "qr") {
    const expiresAt = now + (linking.codes === 0 ? firstCodeMillis : codeMillis)
    return [counted, [{ act: "live", message: { live: "qr", text, expiresAt } }]]
  }
  // The first QR code says that the server is ready; the pairing code is asked for in its place.
  return linking.codes === 0 && linking.phone !== undefined
    ? [counted, [{ act: "request-code", phone: linking.phone }]]
    : [counted, []]
}

/** A connection that ends while linking: its codes are used up, or WhatsApp refuses. */
const ended = (machine: Machine, linking: Linking, it: Extract<Input, { input: "closed" }>, at: At): Step => {
  const { next } = classify(it.disconnect)
  if (next === "logged-out" || next === "refused")
    return end(machine, linking, "refused", at, it.disconnect.code)
  const again: Linking = { ...linking, codes: 0 }
  if (next === "restart") return [{ ...machine, linking: again }, [connect]]
  return [{ ...machine, linking: { ...again, againAt: at.now + againMillis } }, []]
}

/** What an input means while a number is being linked; `undefined` where that makes no difference. */
export const step = (machine: Machine, linking: Linking, it: Input, at: At): Step | undefined => {
  switch (it.input) {
    case "qr":
      return showCode(machine, linking, it.text, at)
    case "code":
      return [
        machine,
        [{ act: "live", message: { live: "code", code: it.code, expiresAt: at.now + pairingCodeMillis } }]
      ]
    case "paired": {
      const { linking: _linking, ...rest } = machine
      const state = { state: "connecting" as const, since: at.now, attempt: 1 }
      // WhatsApp closes this connection next, and asks for another.
      return [
        { ...rest, linked: true, state, attempts: 1, downSince: at.now },
        [record(SessionLinked({ method: linking.method, at: at.now }))]
      ]
    }
    case "passkey":
      return end(machine, linking, "passkey-required", at)
    case "unlink":
      return end(machine, linking, "cancelled", at)
    case "closed":
      return ended(machine, linking, it, at)
    case "reconnect":
      return [machine, []]
    default:
      return undefined
  }
}

export const wakeAt = (linking: Linking | undefined): number =>
  linking === undefined ? never : Math.min(linking.deadline, linking.againAt ?? never)

export const tick = (machine: Machine, linking: Linking, at: At): Step => {
  if (linking.deadline <= at.now) return end(machine, linking, "expired", at)
  const { againAt = never, ...rest } = linking
  return againAt > at.now ? [machine, []] : [{ ...machine, linking: rest }, [connect]]
}
