/** A command line that was not understood, in words: what is wrong, what was probably meant, where help is. */
import type { CliError } from "effect/cli"

const quoted = (words: ReadonlyArray<string>) => words.map((word) => `"${word}"`).join(" or ")

const meant = (suggestions: ReadonlyArray<string>) =>
  suggestions.length === 0 ? "" : `; did you mean ${quoted(suggestions.slice(0, 2))}?`

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, " ").trim()

const complaint = (error: CliError.NonShowHelpErrors): string => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return `there is no flag ${error.option}${meant(error.suggestions)}`
    case "UnknownSubcommand":
      return `there is no command "${error.subcommand}"${meant(error.suggestions)}`
    case "MissingArgument":
      return `expected ${error.argument.toUpperCase()}, found nothing`
    case "MissingOption":
      return `expected the flag --${error.option}, found nothing`
    case "UnexpectedArgument":
      return `there is nothing to do with ${quoted(error.arguments)}`
    case "InvalidValue": {
      const name = error.kind === "flag" ? `--${error.option}` : error.option.toUpperCase()
      const expected = oneLine(error.expected).replace(/^Expected:? /u, "")
      return `expected ${name} to be ${expected}, found "${error.value}"`
    }
    default:
      return oneLine(error.message)
  }
}

/** The lines to show, the first of which says what is wrong. */
export const usageLines = (
  commandPath: ReadonlyArray<string>,
  errors: ReadonlyArray<CliError.NonShowHelpErrors>
): ReadonlyArray<string> => [
  ...new Set(errors.map((error) => `${commandPath.join(" ")}: ${complaint(error)}`)),
  `        \`${commandPath.join(" ")} --help\` shows what there is, with examples.`
]
