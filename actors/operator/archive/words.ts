/** What a person is told of archiving, before it and after. Pure. */
import { counted } from "../words.ts"
import type { Look } from "./look.ts"

const units = ["bytes", "kB", "MB", "GB", "TB"]

/** `812 bytes`, `6.1 MB` */
export const sizeOf = (bytes: number): string => {
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1_000 ** power).toFixed(1)} ${units[power]}`
}

const events = (first: number, last: number): string =>
  first === last ? `event ${first}` : `events ${first.toLocaleString("en")} to ${last.toLocaleString("en")}`

const moment = (millis: number | null): string =>
  millis === null ? "" : `, until ${new Date(millis).toISOString().replace(/\.\d+Z$/u, "Z")}`

/** What archiving would do, or does. */
export const planLines = (
  { before, generation, last, room, survey, upTo }: Look,
  folder: string
): ReadonlyArray<string> => {
  const { archived, kept, places, upToTime } = survey
  return [
    ...(before.upTo === 0
      ? []
      : [
          `In files already: ${events(1, before.upTo)}, ${counted(before.files.length, "file")} of ${sizeOf(room.archive)} together.`
        ]),
    `Into files: ${events(before.upTo + 1, upTo)}${moment(upToTime)}; ${counted(archived.events, "event")}, ${sizeOf(archived.bytes)}, as ${counted(archived.files, "file")} of ${sizeOf(archived.packedBytes)} together in ${folder}.`,
    kept.events === 0
      ? "Stays in the stream: nothing; what happens next goes there."
      : `Stays in the stream: ${events(upTo + 1, last)}; ${counted(kept.events, "event")}, ${sizeOf(kept.bytes)}.`,
    `The store of the stream takes ${sizeOf(room.store)} now.`,
    ...places
      .filter(({ problem }) => problem === null)
      .map(
        (it) =>
          `${it.place} (${it.shown}) holds ${events(1, Math.min(it.upTo, upTo))}: read, and the same event by event.`
      ),
    `It stays the log ${generation}: the same events under the same numbers. Read models, actors, copies and whoever follows the log go on where they are.`
  ]
}

/** What speaks against it, a line each. */
export const problemLines = ({ problems }: Look): ReadonlyArray<string> =>
  problems.map((problem) => `In the way: ${problem}.`)

/** The same for programs. */
export const summaryOf = ({ before, generation, last, problems, room, survey, upTo }: Look) => ({
  generation,
  last,
  upTo,
  upToTime: survey.upToTime,
  before: before.upTo,
  events: survey.archived.events,
  bytes: survey.archived.bytes,
  files: survey.archived.files,
  packedBytes: survey.archived.packedBytes,
  stays: survey.kept,
  store: room.store,
  places: survey.places,
  problems
})
