import type { CommandType } from "../../contracts/command.ts"
import { commands } from "../../contracts/commands.ts"
import { Refused } from "../../contracts/command.ts"
import { fieldHeads, fieldRows, fieldsOf } from "./fields.ts"
import { anchor, code, generatedNote, json, page, table } from "./markdown.ts"

const declared = commands as unknown as ReadonlyArray<CommandType>

const section = (type: CommandType): string =>
  page(
    `## ${type.command}`,
    `${type.about} Ask on ${code(`cmd.<account>.${type.context}.${type.verb}`)}; ${code(type.answeredBy)} answers.`,
    table(fieldHeads, fieldRows(fieldsOf(type.payload))),
    "Answer:",
    table(fieldHeads, fieldRows(fieldsOf(type.answer))),
    json(type.example)
  ).trimEnd()

/** `commands.md`: everything that can be asked of an actor. */
export const commandPage = (): string =>
  page(
    generatedNote,
    "# Commands",
    "A command is a request on its subject, with JSON as its body. It is answered by the one writer of what it changes once the outcome is in the log (`sequence` 0 where nothing had to be written), or refused, and then nothing was written.",
    table(
      ["command", "answered by", "asks to"],
      declared.map((type) => [
        `[${type.command}](#${anchor(type.command)})`,
        code(type.answeredBy),
        type.about
      ])
    ),
    "A refusal:",
    table(fieldHeads, fieldRows(fieldsOf(Refused))),
    ...declared.map(section)
  )
