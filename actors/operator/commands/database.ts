import { Argument, Command } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const name = Argument.String("name").pipe(
  Argument.withDescription("one database, such as keyring or read-model.blue; all of them when absent"),
  Argument.optional
)

const check = given("check", "read the whole file and say what is wrong with it; nothing is changed")
const analyze = given("analyze", "have SQLite learn how values are spread over indexes; read models only")
const vacuum = given("vacuum", "give pages with nothing in them back to the disk, a few at a time")
const checkpoint = given(
  "checkpoint",
  "move what was written last into the file itself, and empty the log beside it"
)

export const database = Command.make(
  "database",
  { name, check, analyze, vacuum, checkpoint, json },
  (input) =>
    lazily(
      () => import("../database.ts"),
      ({ lookAfterDatabases }) => lookAfterDatabases(input)
    )
).pipe(
  Command.withDescription(
    "The database files of the data folder: how large each is, what it holds, and looking after them, whether the system runs or not. " +
      "Each file is worked on in a process of its own, for an hour at most, beside those who read and write it. A damaged file is named, " +
      "and the exit code is 1. With --json a line for each: {name, bytes, walBytes, damaged, pageBytes, pages, freePages, incremental, " +
      "version, migrated: {at, name}, standsFor, tables: [{name, rows}]}; of an operation {name, operation, seconds, bytesBefore, " +
      "bytesAfter, walBytesAfter, problems, hindered}, or {name, operation, failed}."
  ),
  Command.withShortDescription("how the database files are, and looking after them"),
  Command.withExamples([
    { command: "wadjet database" },
    { command: "wadjet database --check", description: "read all of them whole" },
    { command: "wadjet database read-model.blue --vacuum" }
  ])
)
