import { Argument, Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const file = Argument.String("file").pipe(Argument.withDescription("the .txt or .zip that WhatsApp exported"))

const chat = Flag.String("chat").pipe(
  Flag.withDescription("the chat's name; the file's name tells it otherwise. The same name is the same chat"),
  Flag.optional
)

const zone = Flag.String("zone").pipe(
  Flag.withDescription(
    "the time zone of the phone that exported, such as Europe/Berlin; this machine's otherwise"
  ),
  Flag.optional
)

const dateOrder = Flag.Literals("date-order", ["DMY", "MDY", "YMD"]).pipe(
  Flag.withDescription("how dates are written, where the export alone does not tell"),
  Flag.optional
)

const all = given("all", "list benign links too")

export const ingest = Command.make("ingest", { file, chat, zone, dateOrder, all, json }, (input) =>
  lazily(
    () => import("../ingest/ingest.ts"),
    ({ ingest }) => ingest(input)
  )
).pipe(
  Command.withDescription(
    "Put an exported chat into the log and report every link in it with its verdict and reasons. Uses the system that runs on " +
      "the data folder, or starts one for as long as it takes. Doing it again appends nothing, and a later export of the same chat only what is new. " +
      "Lines that are no part of a message are listed. Nothing is ever said in an exported chat. " +
      "With --json: {file, chat, chatName, zone, dateOrder, dateOrderFrom, messages: {total, taken, known}, counts: {links, malicious, suspicious, benign, unjudged}, " +
      "links: [{url, defanged, level, status, score, probability, override, reasons, missing, times, first: {line, at, author}}], unparsed: [{line, text}]}."
  ),
  Command.withShortDescription("check every link of an exported chat"),
  Command.withExamples([
    { command: 'wadjet ingest "WhatsApp Chat with Family.zip"' },
    {
      command: "wadjet ingest _chat.txt --chat Family --zone Europe/Berlin",
      description: "say what the file does not"
    },
    {
      command: "wadjet ingest chat.txt --json | jq '.links[] | select(.level == \"malicious\")'",
      description: "for a program"
    }
  ])
)
