/** Which copy is restored, and by which identity it opens: what was asked for, or a reason that says what there is. */
import { resolve } from "node:path"
import { Effect, Option, Redacted } from "effect"
import type { Config } from "../../../infra/config/settings.ts"
import type { PlaceAddress } from "../../backup/places/open-place.ts"
import type { Place } from "../../backup/places/place.ts"
import { type HeldLog, logsAt } from "../../backup/restore/choose-log.ts"
import type { Identity } from "../../backup/segment/seal.ts"
import { OperatorFailed } from "../failure.ts"
import { bytesOf } from "../read-input.ts"
import { placesOf } from "../run-backup.ts"

const what = "Nothing was restored"

/** Why nothing is restored, and what to do. */
export const fail = (why: string, next: string, exit?: "usage") =>
  new OperatorFailed({ what, why, next, ...(exit === undefined ? {} : { exit }) })

const identityPattern = /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/u

/** The private half that opens the copy: of a file as `age-keygen` makes it, or of the settings. */
export const identityOf = Effect.fnUntraced(function* (file: Option.Option<string>, config: Config) {
  if (Option.isNone(file)) {
    if (config.backupIdentity !== undefined) return config.backupIdentity
    return yield* fail(
      "a copy opens with the private half of an age identity, and none was given",
      "Name the file that holds it: --identity FILE."
    )
  }
  const text = (yield* bytesOf(file.value, "identity")).toString("utf8")
  const found = identityPattern.exec(text)?.[0]
  if (found !== undefined) return Redacted.make(found)
  return yield* fail(
    `expected AGE-SECRET-KEY-1… in ${file.value}, found none`,
    "Name the file that age-keygen made."
  )
})

/** A place of the settings, or a folder by its path: a new machine has no settings yet. */
export const addressOf = Effect.fnUntraced(function* (from: Option.Option<string>, config: Config) {
  const places = yield* placesOf(config)
  const name = Option.getOrUndefined(from)
  if (name !== undefined && name.includes("/")) {
    const path = resolve(name)
    return { name: "folder", shown: path, everyMillis: 0, kind: "directory", path } satisfies PlaceAddress
  }
  const [only, ...others] = name === undefined ? places : places.filter((place) => place.name === name)
  if (only !== undefined && others.length === 0) return only
  const known =
    places.length === 0 ? "WADJET_BACKUP names none" : `it names ${places.map((it) => it.name).join(", ")}`
  return yield* fail(
    name === undefined
      ? `expected one place to restore from; ${known}`
      : `there is no place ${name}; ${known}`,
    "Name one with --from: a place of WADJET_BACKUP, or the folder of a copy.",
    "usage"
  )
})

const shownLog = ({ account, generation, last, time }: HeldLog) =>
  `${account}/${generation} (${last} events, ${time === null ? "cannot be opened" : `until ${new Date(time).toISOString()}`})`

/** The log that is wanted, and the others that are there. */
export const logOf = Effect.fnUntraced(function* (
  place: Place,
  identity: Identity,
  wanted: Option.Option<string>
) {
  const logs = yield* logsAt(place, identity)
  const found = Option.match(wanted, {
    onNone: () => logs[0],
    onSome: (name) =>
      logs.find(({ account, generation }) => name === `${account}/${generation}` || name === generation)
  })
  if (found === undefined)
    return yield* fail(
      logs.length === 0
        ? `${place.shown} holds no copy of any log`
        : `${place.shown} holds no such log; it holds ${logs.map(shownLog).join(", ")}`,
      "Name another place with --from, or another log with --log."
    )
  const accounts = new Set(logs.map(({ account }) => account))
  if (Option.isNone(wanted) && accounts.size > 1)
    return yield* fail(
      `${place.shown} holds logs of ${accounts.size} accounts: ${logs.map(shownLog).join(", ")}`,
      "Name one with --log ACCOUNT/GENERATION.",
      "usage"
    )
  if (found.time === null)
    return yield* fail(
      `nothing at the end of ${found.account}/${found.generation} opens with this identity`,
      "Give the identity that the copy was made for, or look at the place with `wadjet verify`."
    )
  return found
})
