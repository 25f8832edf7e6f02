/** `wadjet verify`: whether what the places for backups hold is worth anything. */
import { resolve } from "node:path"
import { Effect, Option, Random } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { openPlace, type PlaceAddress } from "../backup/places/open-place.ts"
import { prove, type Proven } from "../backup/verify/prove.ts"
import { scratchOf } from "../backup/verify/scratch.ts"
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

const unopened: Readonly<Record<Exclude<Proven["opening"], "opens">, string>> = {
  none: "ciphertext verified only: WADJET_BACKUP_IDENTITY is not set",
  others: "ciphertext verified only: WADJET_BACKUP_IDENTITY is none that it was copied for"
}

const howLine = ({ opening, report, seconds }: Proven): string => {
  const { damages, soundUpTo } = report
  if (opening !== "opens") return unopened[opening]
  if (!hasKeyring(report)) return "segments opened, and nothing restored, for want of the keyring"
  const how = damages.length === 0 ? "every event opened and restored" : `restored up to event ${soundUpTo}`
  return `${how} in ${seconds.toFixed(1)} s`
}

const hasKeyring = ({ stores }: Proven["report"]): boolean =>
  stores.some(({ bytes, damage, store }) => store === "keyring" && bytes !== null && damage === null)

/** What can be had from a place, and what cannot. */
const restorableLines = ({ report }: Proven): ReadonlyArray<string> => {
  const { damages, soundUpTo, upTo } = report
  if (!hasKeyring(report))
    return [
      "  Nothing can be restored from here: without the keyring what is personal in these events stays sealed for ever."
    ]
  if (damages.length === 0) return []
  const rest = soundUpTo + 1 < upTo ? `${soundUpTo + 1} to ${upTo} cannot` : "what follows cannot"
  return [
    soundUpTo === 0
      ? "  No event can be restored from here."
      : `  Events 1 to ${soundUpTo} can be restored from here; ${rest}.`
  ]
}

const reportLines = (place: string, proven: Proven): ReadonlyArray<string> => {
  const { points, problems, report } = proven
  const { account, bytes, generation, segments, upTo } = report
  return [
    `${place}, account ${account}, generation ${generation}: ${counted(segments, "segment")}, ${bytes} bytes, events up to ${upTo}; ${howLine(proven)}.`,
    ...points.map(pointLine),
    ...problems.map((problem) => `  problem: ${problem}.`),
    ...restorableLines(proven)
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
        scratch: scratchOf(dataFolder, address.name),
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

type Found = readonly [place: string, proven: Proven]

/** The place that gives back most of the log that is damaged at another one; `undefined` where none gives back more. */
const bestOf = (found: ReadonlyArray<Found>): string | undefined => {
  const broken = found.find(([, { problems }]) => problems.length > 0)?.[1].report
  const worth = ([, { report }]: Found) => (hasKeyring(report) ? report.soundUpTo : 0)
  const [best, ...others] = found
    .filter(([, { report }]) => report.generation === broken?.generation && report.account === broken.account)
    .toSorted((one, other) => worth(other) - worth(one))
  return best === undefined || others.every((other) => worth(other) === worth(best))
    ? undefined
    : `${best[0]} gives back most, up to event ${worth(best)}`
}

const mendsItself =
  "While Wadjet's own log is whole, `wadjet backup scrub` stores again what is broken. Move away what it cannot mend: a new copy begins in an empty place."
const nothingThere =
  "`wadjet run` copies the log there, for as long as it runs. If it was there before, look whether the disk is mounted and whether WADJET_BACKUP names the right place."
const otherIdentity = "Give the identity whose public half was in WADJET_BACKUP_RECIPIENTS."

/** What to do next, by what is worst. */
const nextOf = (found: ReadonlyArray<Found>, isBroken: boolean): string => {
  if (found.some(([, { opening }]) => opening === "others")) return otherIdentity
  if (!isBroken) return nothingThere
  const best = bestOf(found)
  return best === undefined ? mendsItself : `${mendsItself} For a restore now: ${best}.`
}

/** Checks one place, and says what was found there; a place that cannot be asked keeps no other one from being checked. */
const checkPlace = Effect.fnUntraced(function* (address: PlaceAddress, config: Config, json: boolean) {
  const output = yield* Output
  const { name } = address
  const asked = yield* Effect.result(provePlace(address, config))
  if (asked._tag === "Failure" && asked.failure._tag !== "PlaceFailed") return yield* asked.failure
  if (asked._tag === "Failure") {
    yield* json
      ? output.note(asked.failure.message)
      : output.line(`${name} cannot be asked: ${asked.failure.message}`)
    return { name, proofs: [], isSound: false }
  }
  const proofs = asked.success
  for (const proof of proofs)
    yield* json
      ? output.json(jsonOf(name, proof))
      : Effect.forEach(reportLines(name, proof), output.line, { discard: true })
  if (proofs.length === 0 && !json) yield* output.line(`${name} holds no copy of any log.`)
  return { name, proofs, isSound: proofs.length > 0 && proofs.every(({ problems }) => problems.length === 0) }
})

/** Checks what the places hold. Fails where anything of it is damaged, or nothing is there. */
export const verifyBackups = Effect.fn("verifyBackups")(function* ({ from, json }: VerifyInput) {
  const config = yield* Host.config
  const wanted = yield* wantedOf(yield* placesNamed(config), from)
  const checked = yield* Effect.forEach(wanted, (address) => checkPlace(address, config, json))
  const unsound = checked.filter(({ isSound }) => !isSound)
  if (unsound.length === 0) return
  const found = checked.flatMap(({ name, proofs }) => proofs.map((proof): Found => [name, proof]))
  return yield* new OperatorFailed({
    what: `Not everything can be given back by ${unsound.map(({ name }) => name).join(", ")}`,
    why: "expected everything whole and in its place, found what is listed above",
    next: nextOf(
      found,
      unsound.some(({ proofs }) => proofs.length > 0)
    )
  })
})
