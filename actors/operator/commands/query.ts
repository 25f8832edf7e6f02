import { Argument, Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const sql = Argument.String("sql").pipe(
  Argument.withDescription("one statement that begins with select, with or values")
)

const params = Flag.String("param").pipe(
  Flag.withMetavar("value"),
  Flag.withDescription("what stands for a question mark, in their order; a number where it looks like one"),
  Flag.atLeast(0)
)

const limit = Flag.Int("limit").pipe(
  Flag.withDescription("rows printed, 200 when absent; 0 for all there are"),
  Flag.withDefault(200)
)

const seconds = Flag.Int("seconds").pipe(
  Flag.withDescription("how long it may take, 60 when absent"),
  Flag.withDefault(60)
)

export const query = Command.make(
  "query",
  {
    sql,
    params,
    explain: given("explain", "say how SQLite would go about it, and do not do it"),
    csv: given("csv", "print a table (RFC 4180)"),
    limit,
    seconds,
    json
  },
  (input) =>
    lazily(
      () => import("../query.ts"),
      ({ queryModels }) => queryModels(input)
    )
).pipe(
  Command.withDescription(
    "Ask the read models whatever SQL can ask, over a connection that can only read, in a process that is ended where it takes too " +
      "long or more than 384 MB of memory. Nothing is started, and nothing is changed. What is sealed stays sealed. `select name, sql " +
      "from sqlite_schema` shows the tables. With --json a line for each row, an array, behind a line of {columns}; at the end {rows, " +
      "truncated, seconds, standsFor}. With --csv and --limit 0 a whole read model is exported."
  ),
  Command.withShortDescription("ask the read models in SQL"),
  Command.withExamples([
    { command: 'wadjet query "select level, count(*) from verdicts group by level"' },
    {
      command: 'wadjet query "select * from outbox" --csv --limit 0 > outbox.csv',
      description: "export one"
    },
    { command: 'wadjet query "select * from verdicts where level = ?" --param malicious --explain' }
  ])
)
