/**
 * A log that is lost with its machine, again and again: the process and its server are killed under load, the data
 * folder is gone, and all there is left is the copy. Those outside, who are not lost, are the witnesses: who gets
 * messages, and who is asked about links.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { fetchedBinary } from "../../../infra/nats-server/find.ts"
import { wadjet } from "../../actors/operator/captured.ts"
import { readBook } from "../history.ts"
import { temporaryFolder } from "../temporary-folder.ts"
import { examine, type Examined, type Found, type Guard } from "./examine.ts"
import { liveAndDie } from "./load.ts"
import { questionsIn } from "./outside.ts"
import { leaveHalf, type PlaceKind, startPlace, toldOf } from "./place.ts"

export interface RestoreWorld {
  readonly rounds: number
  readonly seed: number
  /** The nats-server program. */
  readonly binary: string
  readonly place: PlaceKind
  /** Each round is examined without it. */
  readonly without?: Guard
  /** What the first round is examined without, beside being examined whole. */
  readonly beside?: ReadonlyArray<Guard>
  /** How long before the kill what is acknowledged must be in the copy, in milliseconds; left out, what the copy was said to hold must. */
  readonly withinMillis?: number
  /** How long messages come before the kill. */
  readonly loadMillis?: number
  /** Is told of each round that held. */
  readonly onRound?: (line: string) => void
}

export interface Report {
  readonly breaches: ReadonlyArray<string>
  readonly rounds: ReadonlyArray<
    Omit<Found, "breaches"> & { readonly acknowledged: number; readonly lost: number; readonly jobs: number }
  >
  /** What breaks without a guard. */
  readonly beside: Readonly<Partial<Record<Guard, ReadonlyArray<string>>>>
}

const loadMillisByDefault = 2_500

/** Where a process that starts its own server finds the program. */
const provideServer = (binary: string, dataFolder: string) => {
  const path = fetchedBinary(dataFolder)
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) symlinkSync(binary, path)
}

/** The book of what the other side got, which is a database, from one folder to another. */
const copyBook = (from: string, to: string) => {
  mkdirSync(to, { recursive: true })
  for (const name of ["sandbox.db", "sandbox.db-wal", "sandbox.db-shm"])
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name))
}

/** The same, on copies of all that was restored, each without one guard. */
const examineBeside = Effect.fnUntraced(function* (
  root: string,
  guards: ReadonlyArray<Guard>,
  options: Examined
) {
  const folders = guards.map((without) => {
    const dataFolder = join(root, `without-${without}`)
    const asked = `${dataFolder}-asked`
    cpSync(options.dataFolder, dataFolder, { recursive: true, verbatimSymlinks: true })
    if (existsSync(options.asked)) copyFileSync(options.asked, asked)
    return { ...options, without, dataFolder, asked }
  })
  const found = yield* Effect.forEach(
    folders,
    (it) => Effect.map(examine(it), ({ breaches }) => [it.without, breaches] as const),
    { concurrency: "unbounded" }
  )
  return Object.fromEntries(found) as Report["beside"]
})

/** Rounds of it on one lineage: each restored log is lived on, copied, and lost again. */
export const runRestoreWorld = Effect.fn("runRestoreWorld")(function* (options: RestoreWorld) {
  const { binary, loadMillis = loadMillisByDefault, withinMillis = Number.POSITIVE_INFINITY } = options
  const root = yield* temporaryFolder
  const [dataFolder, asked] = [join(root, "data"), join(root, "asked")]
  const place = yield* startPlace(options.place, root)
  const { from, settings } = toldOf(place)
  const identity = yield* Effect.promise(() => generateX25519Identity())
  const recipient = yield* Effect.promise(() => identityToRecipient(identity))
  const identityFile = join(root, "identity.txt")
  writeFileSync(identityFile, identity)
  const breaches: Array<string> = []
  const rounds: Array<Report["rounds"][number]> = []
  let beside: Report["beside"] = {}
  for (let round = 0; round < options.rounds; round++) {
    provideServer(binary, dataFolder)
    const lived = yield* liveAndDie(options.seed + round, loadMillis, { dataFolder, place, recipient, asked })
    const { jobs, killedAt, models, origin, posted, seen, shipped, tried } = lived
    const witness = join(root, `witness-${round}`)
    copyBook(dataFolder, witness)
    rmSync(dataFolder, { recursive: true })
    yield* leaveHalf(round, place, origin)
    provideServer(binary, dataFolder)
    const restored = yield* Effect.promise(() =>
      wadjet(["restore", "--json", "--from", from, "--identity", identityFile], {
        WADJET_DATA: dataFolder,
        ...settings
      })
    )
    if (restored.exit !== "ok")
      return { breaches: [...breaches, `round ${round}: ${restored.err}`], rounds, beside }
    const { generation, upTo } = JSON.parse(restored.out) as {
      readonly generation: string
      readonly upTo: number
    }
    copyBook(witness, dataFolder)
    const due = posted.filter(({ at, sequence }) => at < killedAt - withinMillis || sequence <= shipped)
    const missing = due.filter(({ sequence }) => sequence > upTo)
    breaches.push(
      ...missing.map(({ message }) => `round ${round}: ${message.id} was acknowledged in time and is lost`),
      ...(generation === origin.generation ? [`round ${round}: it is the old generation`] : [])
    )
    const examined: Examined = {
      binary,
      dataFolder,
      asked,
      questions: questionsIn(asked).length,
      upTo,
      generation,
      tried: tried.map((it) => posted.find(({ message }) => message.id === it.message.id) ?? it),
      jobs,
      seen,
      models,
      book: readBook(join(dataFolder, "sandbox.db")),
      decision: round % 2 === 0 ? "release" : "drop",
      without: options.without
    }
    if (round === 0) beside = yield* examineBeside(root, options.beside ?? [], examined)
    const { breaches: found, ...counts } = yield* examine(examined)
    breaches.push(...found.map((text) => `round ${round}: ${text}`))
    rounds.push({
      ...counts,
      acknowledged: posted.length,
      lost: posted.filter(({ sequence }) => sequence > upTo).length,
      jobs: jobs.length
    })
    options.onRound?.(`round ${round + 1}  ${JSON.stringify(rounds.at(-1))}`)
    if (breaches.length > 0) break
  }
  return { breaches, rounds, beside } satisfies Report
}, Effect.scoped)
