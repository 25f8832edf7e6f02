/** The command line: which commands there are, and how their outcome becomes an exit code. */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { Cause, Effect, Layer } from "effect"
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"
import { accounts } from "./commands/accounts.ts"
import { archive } from "./commands/archive.ts"
import { audit } from "./commands/audit.ts"
import { backup, verify } from "./commands/backup.ts"
import { mend } from "./commands/mend.ts"
import { batch } from "./commands/batch.ts"
import { contacts } from "./commands/contacts.ts"
import { config } from "./commands/config.ts"
import { database } from "./commands/database.ts"
import { doctor } from "./commands/doctor.ts"
import { drift } from "./commands/drift.ts"
import { erase } from "./commands/erase.ts"
import { events } from "./commands/events.ts"
import { explain } from "./commands/explain.ts"
import { importing } from "./commands/import.ts"
import { ingest } from "./commands/ingest.ts"
import { keys } from "./commands/keys.ts"
import { link, unlink } from "./commands/link.ts"
import { overrides } from "./commands/overrides.ts"
import { consent } from "./commands/consent.ts"
import { parked } from "./commands/parked.ts"
import { quality } from "./commands/quality.ts"
import { query } from "./commands/query.ts"
import { quarantine } from "./commands/quarantine.ts"
import { rebuild } from "./commands/rebuild.ts"
import { replay } from "./commands/replay.ts"
import { restore } from "./commands/restore.ts"
import { rulesCommand } from "./commands/rules.ts"
import { run } from "./commands/run.ts"
import { search } from "./commands/search.ts"
import { schedule } from "./commands/schedule.ts"
import { scan } from "./commands/scan.ts"
import { webhooks } from "./commands/webhooks.ts"
import { version as versionCommand } from "./commands/version.ts"
import { type ExitCode, exitCodes } from "./exit-codes.ts"
import type { Host } from "./host.ts"
import { outcomeOf } from "./outcome.ts"
import { Output } from "./output.ts"
import { usageLines } from "./usage.ts"
import { version } from "./version.ts"

const exitHelp = [
  "",
  "EXIT CODES",
  ...Object.values(exitCodes).map(({ about, code }) => `  ${String(code).padEnd(4)}  ${about}`),
  "",
  "Settings are environment variables: `wadjet config` shows them. Everything takes --help and --json."
]

/** The whole command line, as data: what help, completion and the reference are made from. */
export const wadjet = Command.make("wadjet").pipe(
  Command.withDescription(
    "Watches the links posted in WhatsApp chats, warns about the dangerous ones, and keeps every fact in one log."
  ),
  Command.withSubcommands([
    { group: "Start here", commands: [run, scan, ingest] },
    { group: "WhatsApp", commands: [link, unlink] },
    { group: "Say something", commands: [schedule, contacts, importing] },
    { group: "Rules", commands: [rulesCommand, replay] },
    {
      group: "Look inside",
      commands: [explain, search, query, events, audit, parked, quality, doctor, config, versionCommand]
    },
    {
      group: "Take care",
      commands: [
        overrides,
        consent,
        accounts,
        keys,
        webhooks,
        backup,
        verify,
        restore,
        quarantine,
        mend,
        archive,
        rebuild,
        drift,
        database,
        erase
      ]
    },
    { group: "For other programs", commands: [batch] }
  ]),
  Command.withExamples([
    { command: "wadjet run", description: "start everything; the page's address is printed" },
    { command: "wadjet scan http://paypa1.com/login", description: "what a link gives away by itself" },
    {
      command: 'wadjet ingest "WhatsApp Chat with Family.zip"',
      description: "check every link of an exported chat"
    }
  ])
)

const cliConfig = CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })

/** Help goes to standard output; what is wrong with a command line, in a line or two, to standard error. */
const presenter = Layer.effect(
  CliOutput.Presenter,
  Effect.gen(function* () {
    const output = yield* Output
    const formatter = CliOutput.defaultFormatter({ colors: output.colour, globalFlags: "summary" })
    return {
      present: (event) => {
        switch (event._tag) {
          case "Help":
            return Effect.forEach(
              [formatter.formatHelpDoc(event.helpDoc), ...(event.commandPath.length === 1 ? exitHelp : [])],
              output.line,
              { discard: true }
            )
          case "InvalidInvocation":
            return Effect.forEach(usageLines(event.commandPath, event.errors), output.note, { discard: true })
          case "Version":
            return output.line(`${event.name} ${event.version}`)
        }
      }
    }
  })
)

/** `wadjet help events` is what people try first. */
const withoutHelpWord = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args[0] === "help" ? [...args.slice(1), "--help"] : args

/** A command line that cannot be read has been answered with help already. */
const outcome = (
  cause: Cause.Cause<unknown>,
  json: boolean
): Effect.Effect<ExitCode, never, Host | Output> => {
  const error = Cause.squash(cause)
  if (CliError.isCliError(error) && error._tag === "ShowHelp")
    return Effect.succeed(error.errors.length === 0 ? "ok" : "usage")
  return outcomeOf(cause, json)
}

/** Runs one command line, and answers with how it ended. Never fails. */
export const runCli = (args: ReadonlyArray<string>): Effect.Effect<ExitCode, never, Host | Output> =>
  Command.runWith(wadjet, { version })(withoutHelpWord(args)).pipe(
    Effect.as<ExitCode>("ok"),
    Effect.provide(Layer.mergeAll(nodeServices, cliConfig, presenter)),
    Effect.catchCause((cause) => outcome(cause, args.includes("--json")))
  )
