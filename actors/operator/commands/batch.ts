import { Argument, Command } from "effect/cli"
import { lazily } from "./lazily.ts"

const operation = Argument.String("operation").pipe(
  Argument.withDescription(
    "one of extract, canonicalize, unwrap, safe-browsing, guard, public-suffix, lookalike, classify, score, occurrences, retain, chat-export"
  )
)

export const batch = Command.make("batch", { operation }, (input) =>
  lazily(
    () => import("../run-batch.ts"),
    ({ runBatchOperation }) => runBatchOperation(input)
  )
).pipe(
  Command.withDescription(
    "Compute over lines: reads one JSON object per line from standard input and writes one per line, in order, to " +
      'standard output. A line that cannot be handled gets {"error": "…"} and the next goes on. Needs no server and no data folder; lookalike and classify go by WADJET_BRANDS. ' +
      "extract {text}; canonicalize {url, base?}; unwrap {url}; safe-browsing {url}; guard {url} or {address}; public-suffix {host}; lookalike {host}; classify {url, rules?}; score {rules, evidence}; occurrences {start, zone, rule, from?, count?, until?}; retain {snapshots, now?, zone?, keep}; chat-export {text}."
  ),
  Command.withShortDescription("compute over lines of JSON, without a server"),
  Command.withExamples([
    { command: `echo '{"url": "http://paypa1.com/login"}' | wadjet batch classify` },
    { command: "wadjet batch extract < texts.jsonl > links.jsonl" }
  ])
)
