/** What is put around the services of a doomed process: a trap at each point, and the guard that is missing. */
import { randomUUID } from "node:crypto"
import { Effect } from "effect"
import type { GatewayService } from "../../../actors/whatsapp/gateway.ts"
import { WhatsAppId } from "../../../contracts/ids.ts"
import type { Entry, EventLogService } from "../../../infra/event-log/event-log.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { Guard } from "./life.ts"
import type { Trap } from "./points.ts"

const holds = (entries: ReadonlyArray<Entry>, type: string) => entries.some(({ fact }) => fact.type === type)

/** Claims that are stored whatever else was stored since they were decided upon. */
const unexpected = (entries: readonly [Entry, ...ReadonlyArray<Entry>]): typeof entries => {
  const strip = ({ expected: _expected, ...entry }: Entry): Entry => entry
  const [first, ...more] = entries
  return holds(entries, "outbox.claimed") ? [strip(first), ...more.map(strip)] : entries
}

export const aroundLog =
  (trap: Trap, without: Guard | undefined) =>
  (log: EventLogService): EventLogService => ({
    ...log,
    append: (entries, provenance) =>
      Effect.suspend(() => {
        trap.pass("before-append")
        if (holds(entries, "message.received")) trap.pass("before-log")
        if (holds(entries, "outbox.sent")) trap.pass("answered")
        return without === "claim-before-write" && holds(entries, "outbox.claimed")
          ? Effect.succeed({ sequence: 0, duplicate: false })
          : log.append(without === "expected-claim" ? unexpected(entries) : entries, provenance)
      }).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            trap.pass("append-ack")
            if (holds(entries, "schedule.fired")) trap.pass("fired")
            if (holds(entries, "schedule.cancelled")) trap.pass("called-off")
            if (holds(entries, "outbox.cancelled")) trap.pass("call-off-told")
            if (holds(entries, "message.received")) trap.pass("logged")
            if (holds(entries, "outbox.claimed")) trap.pass("claimed")
            if (holds(entries, "outbox.sent")) trap.pass("outcome-logged")
          })
        )
      )
  })

/** Keys and event ids of messages come from this hash. */
export const aroundKeyring =
  (without: Guard | undefined) =>
  (keyring: KeyringService): KeyringService =>
    without === "one-fact-per-message"
      ? { ...keyring, hash: (owners, text) => keyring.hash(owners, `${text} ${randomUUID()}`) }
      : keyring

const anyId = () => WhatsAppId.make(`3EB0${randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()}`)

export const aroundGateway =
  (trap: Trap, without: Guard | undefined) =>
  (gateway: GatewayService): GatewayService => ({
    ...gateway,
    transmit: (message) =>
      gateway
        .transmit(without === "same-id-on-retry" ? { ...message, whatsApp: anyId() } : message)
        .pipe(Effect.tapError(() => Effect.sync(() => trap.pass("unanswered"))))
  })
