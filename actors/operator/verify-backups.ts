/** `wadjet verify`: whether what the places for backups hold is worth anything. */
import { join, resolve } from "node:path"
import { Effect, Option, Random } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { openPlace, type PlaceAddress } from "../backup/places/open-place.ts"
import { prove, type Proven } from "../backup/verify/prove.ts"
import { originsAt } from "../backup/verify/verify.ts"
import { placesNamed } from "./backup.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { counted } from "./words.ts"

const pointLine = ({ at, same, sequence }: Proven["points"][number]): string => {
  const how =
    same === null
      ? "every part is there"
      : same
        ? "folded again, and the same as the read models of then"
        : "folded again, and not the same as the read models of then"
  return `  point of ${new Date(at).toISOString()}, up to event ${sequence}: ${how}.`
}

const reportLines = (place: string, { points, problems, report, seconds }: Proven): ReadonlyArray<string> => {
  const { account, bytes, damages, generation, opened, segments, soundUpTo, stores, upTo } = report
  const how = opened
    ? `every event opened and restored in ${seconds.toFixed(1)} s`
    : "ciphertext verified only: WADJET_BACKUP_IDENTITY is not set"
  return [
    `${place}, account ${account}, generation ${generation}: ${counted(segments, "segment")}, ${bytes} bytes, events up to ${upTo}; ${how}.`,
    ...points.map(pointLine),
    ...problems.map((problem) => `  damaged: ${problem}.`),
    ...(stores.some(({ bytes: held, store }) => store === "keyring" && held === null)
      ? ["  missing: keyring: what is personal in these events stays sealed for ever."]
      : []),
    ...(damages.length === 0
      ? []
      : [soundUpTo === 0 ? "  No event can be restored." : `  Events 1 to ${soundUpTo} can be restored.`])
  ]
}

const provePlace = Effect.fnUntraced(function* (address: PlaceAddress, config: Config) {
  const output = yield* Output
  const place = yield* openPlace(address)
  const dataFolder = resolve(config.dataFolder)
  const identity = config.backupIdentity
  const program =
    identity === undefined ? undefined : yield* ensureNatsServer({ dataFolder, say: output.note })
  const proofs: Array<Proven> = []
  for (const origin of yield* originsAt(place)) {
    proofs.push(
      yield* prove({
        place,
        origin,
        identity,
        binary: program?.path ?? "",
        scratch: join(dataFolder, "backup", `verify-${address.name}`),
        random: yield* Random.next,
        onProgress: (done, of) => output.status(`${address.name}: ${done} of ${counted(of, "segment")}`)
      })
    )
    yield* output.status("")
  }
  return proofs
}, Effect.scoped)

const jsonOf = (place: string, { points, problems, report, seconds }: Proven) => ({
  place,
  sound: problems.length === 0,
  ...report,
  points,
  problems,
  seconds
})

export interface VerifyInput {
  readonly from: Option.Option<string>
  readonly json: boolean
}

const wantedOf = (places: ReadonlyArray<PlaceAddress>, from: Option.Option<string>) => {
  const wanted = places.filter(({ name }) => Option.isNone(from) || name === from.value)
  if (wanted.length > 0) return Effect.succeed(wanted)
  return Effect.fail(
    new OperatorFailed({
      what: "There is no such place",
      why: `expected one of ${places.map(({ name }) => name).join(", ")}`,
      next: "Leave --from out to check all of them.",
      exit: "usage"
    })
  )
}

/** Checks what the places hold. Fails where anything of it is damaged, or nothing is there. */
export const verifyBackups = Effect.fn("verifyBackups")(function* ({ from, json }: VerifyInput) {
  const config = yield* Host.config
  const output = yield* Output
  let unsound = 0
  for (const address of yield* wantedOf(yield* placesNamed(config), from)) {
    const proofs = yield* provePlace(address, config)
    if (proofs.length === 0 || proofs.some(({ problems }) => problems.length > 0)) unsound += 1
    for (const proof of proofs)
      yield* json
        ? output.json(jsonOf(address.name, proof))
        : Effect.forEach(reportLines(address.name, proof), output.line, { discard: true })
    if (proofs.length === 0 && !json) yield* output.line(`${address.name} holds no copy of any log.`)
  }
  if (unsound === 0) return
  return yield* new OperatorFailed({
    what: `${counted(unsound, "place")} cannot give back everything`,
    why: "expected everything whole and in its place, found what is listed above",
    next: "While Wadjet's own log is whole, `wadjet backup scrub` stores again what is broken. Move away what it cannot mend: a new copy begins in an empty place."
  })
})
