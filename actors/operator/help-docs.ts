/** What `--help` says of every command, as data: for the reference and for tests. */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { CliOutput, Command, type HelpDoc } from "effect/cli"
import { wadjet } from "./cli.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"

/** A command and its help. */
export interface CommandHelp {
  /** `events tail`; empty for `wadjet` itself. */
  readonly path: ReadonlyArray<string>
  readonly doc: HelpDoc.HelpDoc
}

const pathsOf = (
  command: Command.Command.Any,
  path: ReadonlyArray<string> = []
): ReadonlyArray<ReadonlyArray<string>> => [
  path,
  ...command.subcommands.flatMap(({ commands }) => commands.flatMap((it) => pathsOf(it, [...path, it.name])))
]

const helpOf = (path: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const docs: Array<HelpDoc.HelpDoc> = []
    const presenter = CliOutput.layerPresenter({
      present: (event) => Effect.sync(() => void ("helpDoc" in event && docs.push(event.helpDoc)))
    })
    yield* Command.runWith(wadjet, { version: "" })([...path, "--help"]).pipe(
      Effect.provide(Layer.merge(nodeServices, presenter))
    )
    return { path, doc: docs[0]! } satisfies CommandHelp
  })

/** All commands in the order of the help, each before its subcommands. Nothing is run. */
export const commandHelp: Effect.Effect<ReadonlyArray<CommandHelp>> = Effect.forEach(
  pathsOf(wadjet),
  helpOf
).pipe(
  Effect.provideService(Host, {} as Host["Service"]),
  Effect.provideService(Output, {} as Output["Service"]),
  Effect.orDie
)
