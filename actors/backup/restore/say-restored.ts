/**
 * What a restored log begins with: that it was restored, which opens the quarantine; who was forgotten after its
 * point, or on this machine; and what the scanner is to do again. All of it is there before anything can run on it.
 */
import { Effect } from "effect"
import { ErasureRequested, type ErasureSubject } from "../../../contracts/account.ts"
import { ActorUnparked } from "../../../contracts/actor.ts"
import { eventId } from "../../../contracts/ids.ts"
import { BackupRestored } from "../../../contracts/quarantine.ts"
import { encodeEntry } from "../../../infra/event-log/codec.ts"
import type { Entry, FactRefused, LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { Rebuilding } from "../../../infra/event-log/rebuild-log.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { LogRecord } from "../segment/messages.ts"
import type { RestoredLog } from "./restore-log.ts"

export interface Said {
  readonly generation: string
  /** The generation that the copy was of. */
  readonly from: string
  readonly place: string
  readonly at: number
}

export interface Left extends Pick<RestoredLog, "erasures" | "unscanned" | "upTo"> {
  /** Whom this machine has forgotten, of which the copy knows nothing: they are forgotten again, whole, at the first start. */
  readonly unknown: ReadonlyArray<ErasureSubject>
}

/** A fact as the log stores it. */
const recordOf = Effect.fnUntraced(function* (keyring: KeyringService, entry: Entry, at: number) {
  const { data, headers, subject } = yield* encodeEntry(keyring, entry, { actor: "backup" }, at)
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  return {
    subject,
    headers: ["NATS/1.0", ...lines, "", ""].join("\r\n"),
    data: Buffer.from(data)
  } satisfies LogRecord
})

/** Says it, each under an id of this generation. */
export const sayRestored = Effect.fn("sayRestored")(function* (
  log: Pick<Rebuilding, "add">,
  keyring: KeyringService,
  { at, from, generation, place }: Said,
  { erasures, unknown, unscanned, upTo }: Left
): Effect.fn.Return<void, FactRefused | LogUnavailable> {
  const said: Entry = {
    id: eventId(generation, "backup", "restored"),
    fact: BackupRestored({ from, upTo, place, at })
  }
  yield* log.add([yield* recordOf(keyring, said, at), ...erasures])
  const asked = yield* Effect.forEach(unknown, (subject) =>
    recordOf(
      keyring,
      {
        id: eventId(generation, "backup", `forget ${subject}`),
        fact: ErasureRequested({ subject, by: "system" })
      },
      at
    )
  )
  const again = yield* Effect.forEach(unscanned, (sequence) =>
    recordOf(
      keyring,
      {
        id: eventId(generation, "backup", `again ${sequence}`),
        fact: ActorUnparked({ actor: "scan", sequence, decision: "retry", by: "system" })
      },
      at
    )
  )
  yield* log.add([...asked, ...again])
})
