/** `wadjet verify`: whether what the places for backups hold is worth anything. */
import { resolve } from "node:path"
import { Effect, Option, Random } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { openPlace, type PlaceAddress } from "../backup/places/open-place.ts"
import type { Place } from "../backup/places/place.ts"
import type { Origin } from "../backup/segment/segment.ts"
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

interface Checking {
  readonly address: PlaceAddress
  readonly config: Config
  /** The one log that is checked, as `account/generation` or its generation; all of them where none is named. */
  readonly log: Option.Option<string>
  readonly json: boolean
}

/** The logs of a place that are to be checked. */
const originsOf = (place: Place, log: Option.Option<string>) =>
  Effect.map(originsAt(place), (origins) =>
    origins.filter(
      ({ account, generation }) =>
        Option.isNone(log) || log.value === `${account}/${generation}` || log.value === generation
    )
  )

/** Checks one log of a place, and says what was found; `undefined` where it could not be checked. */
const checkLog = Effect.fnUntraced(function* (
  { address, config, json }: Checking,
  place: Place,
  origin: Origin
) {
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
  const identity = config.backupIdentity
  const program =
    identity === undefined ? undefined : yield* ensureNatsServer({ dataFolder, say: output.note })
  const proof = yield* Effect.result(
    prove({
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
  if (proof._tag === "Success") {
    yield* json
      ? output.json(jsonOf(address.name, proof.success))
      : Effect.forEach(reportLines(address.name, proof.success), output.line, { discard: true })
    return proof.success
  }
  // Somebody else is at it: that is no word about what is there.
  if (proof.failure._tag === "CheckedAlready") return yield* proof.failure
  const { account, generation } = origin
  const why = `${address.name}, account ${account}, generation ${generation}, could not be checked: ${proof.failure.message}`
  yield* json ? output.note(why) : output.line(why)
  return undefined
})

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
  readonly log: Option.Option<string>
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
  "While Wadjet's own log is whole, `wadjet backup scrub` stores again what is broken, and `wadjet backup prune --damaged` deletes older points that stay so. Move away what neither can mend: a new copy begins in an empty place."
const nothingThere =
  "`wadjet run` copies the log there, for as long as it runs. If it was there before, look whether the disk is mounted and whether WADJET_BACKUP names the right place."
const checkAgain = "Mend what kept it from being checked, which is said above, and check again."
const otherIdentity = "Give the identity whose public half was in WADJET_BACKUP_RECIPIENTS."

/** What to do next, by what is worst. */
const nextOf = (found: ReadonlyArray<Found>, unchecked: number): string => {
  if (found.some(([, { opening }]) => opening === "others")) return otherIdentity
  if (found.every(([, { problems }]) => problems.length === 0))
    return unchecked > 0 ? checkAgain : nothingThere
  const best = bestOf(found)
  return best === undefined ? mendsItself : `${mendsItself} For a restore now: ${best}.`
}

/**
 * Checks one place, log by log, and says of each what was found. Neither a place that cannot be asked nor a log that
 * cannot be checked keeps another one from it.
 */
const checkPlace = Effect.fnUntraced(function* (checking: Checking) {
  const { address, json, log } = checking
  const output = yield* Output
  const { name } = address
  const place = yield* openPlace(address)
  const asked = yield* Effect.result(originsOf(place, log))
  if (asked._tag === "Failure") {
    const { message } = asked.failure
    yield* json ? output.note(message) : output.line(`${name} cannot be asked: ${message}`)
    return { name, proofs: [], unchecked: 0, isSound: false }
  }
  const origins = asked.success
  const proofs: Array<Proven> = []
  for (const origin of origins) {
    const proof = yield* checkLog(checking, place, origin)
    if (proof !== undefined) proofs.push(proof)
  }
  const which = Option.match(log, { onNone: () => "any log", onSome: (it) => it })
  if (origins.length === 0 && !json) yield* output.line(`${name} holds no copy of ${which}.`)
  const unchecked = origins.length - proofs.length
  const isSound =
    proofs.length > 0 && unchecked === 0 && proofs.every(({ problems }) => problems.length === 0)
  return { name, proofs, unchecked, isSound }
}, Effect.scoped)

/** Checks what the places hold. Fails where anything of it is damaged, or nothing is there. */
export const verifyBackups = Effect.fn("verifyBackups")(function* ({ from, json, log }: VerifyInput) {
  const config = yield* Host.config
  const wanted = yield* wantedOf(yield* placesNamed(config), from)
  const checked = yield* Effect.forEach(wanted, (address) => checkPlace({ address, config, log, json }))
  const unsound = checked.filter(({ isSound }) => !isSound)
  if (unsound.length === 0) return
  const found = checked.flatMap(({ name, proofs }) => proofs.map((proof): Found => [name, proof]))
  return yield* new OperatorFailed({
    what: `Not everything can be given back by ${unsound.map(({ name }) => name).join(", ")}`,
    why: "expected everything whole and in its place, found what is listed above",
    next: nextOf(
      found,
      unsound.reduce((sum, { unchecked }) => sum + unchecked, 0)
    )
  })
})
