/** Read models of many verdicts, folded without a server, and a log that goes on behind them. */
import { join } from "node:path"
import Database from "better-sqlite3"
import { Effect } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { eventStream } from "../../contracts/streams.ts"
import { decodeMessage, encodeEntry, type LogMessage } from "../../infra/event-log/codec.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { NatsService } from "../../infra/nats/connection.ts"
import { readModels } from "../../projections/catalogue.ts"
import { createTables, readModelDatabase } from "../../projections/database.ts"
import { prepareFolds } from "../../projections/folding.ts"
import { locationIn } from "../../projections/location.ts"
import { manyLinks } from "./many-links.ts"

/** Four gigabytes, as far as it is needed: names of links and messages are random, and so is where they go in an index. */
const fillingPragmas = ["synchronous=OFF", "cache_size=-4000000"]

const startMillis = 1_767_225_600_000
const eventsPerCommit = 5_000
/** One link in so many is dangerous. */
const badEvery = 20
/** A second and a half between two messages with five links: a year of a busy installation. */
const millisPerEvent = 14

/** The facts of many links, each verdict resting on its own scan, and some of them malicious. */
export function* manyVerdicts(keyring: KeyringService, links: number, from = 1): Generator<AnyFact> {
  let sequence = from - 1
  let scan = 0
  for (const fact of manyLinks(keyring, links)) {
    sequence++
    const level = Math.floor(sequence / 2) % badEvery === 0 ? "malicious" : "benign"
    if (fact.type === "scan.completed") {
      scan = sequence
      const evidence = [{ source: "url", kind: "plain", weight: level === "benign" ? -3 : 21 }]
      yield { ...fact, data: { ...fact.data, level, evidence, found: { ...fact.data.found, details: [""] } } }
    } else if (fact.type === "verdict.decided") {
      yield { ...fact, data: { ...fact.data, level, basis: { ...fact.data.basis, scan } } }
    } else yield fact
  }
}

const storedOf = ({ data, headers, subject }: LogMessage, sequence: number) => {
  const named = new Map(headers)
  return { sequence, subject, header: (name: string) => named.get(name) ?? "", data: () => data }
}

/** Folds into the file that answers in a data folder. Answers with the last sequence that it stands for. */
export const fillReadModels = Effect.fnUntraced(function* (
  dataFolder: string,
  generation: string,
  keyring: KeyringService,
  links: number
) {
  const db = new Database(locationIn(dataFolder).database)
  for (const pragma of fillingPragmas) db.pragma(pragma)
  createTables(db, generation, readModels)
  const fold = prepareFolds(db, readModels)
  const { advance } = readModelDatabase(db)
  let sequence = 0
  db.exec("begin")
  for (const fact of manyVerdicts(keyring, links)) {
    sequence++
    const at = startMillis + sequence * millisPerEvent
    const message = yield* encodeEntry(keyring, { fact, id: `fill-${sequence}` }, { actor: "bench" }, at)
    const event = decodeMessage(storedOf(message, sequence))
    if (event.type === "unreadable") throw new Error(event.reason)
    fold(event)
    if (sequence % eventsPerCommit === 0) db.exec("commit; begin")
  }
  advance(0, sequence, startMillis + sequence * millisPerEvent)
  db.exec("commit; pragma journal_mode=WAL")
  db.close()
  return sequence
})

/** How far those are that were filled before, and of which log. */
export const filledBefore = (dataFolder: string) => {
  const db = new Database(locationIn(dataFolder).database)
  const { generation, sequence } = readModelDatabase(db).checkpoint()
  db.close()
  return { generation, sequence }
}

/** A log whose first event is the one behind those that are folded: nobody reads what was before. */
export const beginBehind = ({ manager }: NatsService, generation: string, sequence: number) =>
  Effect.promise(() =>
    manager.streams.add({
      name: eventStream.name,
      subjects: [...eventStream.subjects],
      allow_direct: true,
      allow_atomic: eventStream.atomic,
      deny_delete: true,
      deny_purge: true,
      first_seq: sequence + 1,
      metadata: { "wadjet-generation": generation }
    })
  )

export const keyringFile = (dataFolder: string) => join(dataFolder, "keyring.db")
