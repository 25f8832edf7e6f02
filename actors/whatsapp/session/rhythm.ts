/** The rhythm of an account, kept over restarts: what silence it is used to. */
import { Effect, Option, Schema } from "effect"
import { noRhythm, type Rhythm } from "./health.ts"
import { type SessionError, sessionError } from "./session-error.ts"
import type { OwnedStore } from "./store.ts"
import type { Watch } from "./watch.ts"

const place = { type: "wadjet-rhythm", id: "rhythm" } as const
/** A rhythm of hours need not be written every second. */
const keepEveryMillis = 5 * 60_000

const Stored = Schema.fromJsonString(
  Schema.Struct({ gaps: Schema.Array(Schema.Finite), fruitless: Schema.Int })
)
const decode = Schema.decodeUnknownOption(Stored)

export const rhythmIn = (store: OwnedStore): Rhythm => {
  const bytes = store.read(place.type, place.id)
  return bytes === undefined ? noRhythm : Option.getOrElse(decode(bytes.toString("utf8")), () => noRhythm)
}

/** Writes the rhythm now and then; to be called again and again. */
export const rhythmKeeper = (store: OwnedStore, watch: Watch, now: () => number) => {
  let keptAt = now()
  let kept = watch.vitals().rhythm
  return Effect.suspend((): Effect.Effect<void, SessionError> => {
    const { rhythm } = watch.vitals()
    const at = now()
    if (rhythm === kept || at - keptAt < keepEveryMillis) return Effect.void
    keptAt = at
    kept = rhythm
    return Effect.try({
      try: () => store.write({ changes: [{ ...place, value: Buffer.from(JSON.stringify(rhythm)) }], at }),
      catch: sessionError("keep its rhythm")
    })
  })
}
