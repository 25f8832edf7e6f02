/**
 * Declaring a command: asking the one writer of a context to do something. It travels as a request on
 * `cmd.<account>.<context>.<verb>` and is answered once what it led to is in the log, or refused.
 */
import { Schema } from "effect"
import type { Writer } from "./contexts.ts"

export interface CommandType<
  Name extends string = string,
  Payload extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>,
  Answer extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>
> {
  readonly command: Name
  readonly context: string
  readonly verb: string
  readonly answeredBy: Writer
  readonly about: string
  readonly payload: Payload
  readonly answer: Answer
  readonly example: Payload["Type"]
}

/** Where in the log the outcome stands. `sequence` 0 means that nothing had to be written. */
export const Placed = Schema.Struct({ generation: Schema.String, sequence: Schema.Int })
export type Placed = typeof Placed.Type

/** A command that was understood and not carried out. Nothing was written. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  command: Schema.String,
  reason: Schema.Literals([
    "invalid",
    "not-found",
    "already-left",
    "already-done",
    "changed",
    "not-the-owner",
    "too-large",
    "forgotten",
    "unavailable"
  ]),
  message: Schema.String
}) {}

/**
 * Declares a command.
 *
 * @example
 * const MuteChat = command("chat.mute", { answeredBy: "verdict", about: "…", payload: {…}, example: {…} })
 */
export const command = <
  const Name extends string,
  const Fields extends Schema.Struct.Fields,
  const Extra extends Schema.Struct.Fields = Record<never, never>
>(
  name: Name,
  declaration: {
    readonly answeredBy: Writer
    readonly about: string
    readonly payload: Fields
    /** What the answer holds beside its place in the log. */
    readonly answer?: Extra
    readonly example: Schema.Struct<Fields>["Type"]
  }
) => {
  const [context, verb] = name.split(".") as [string, string]
  return {
    command: name,
    context,
    verb,
    answeredBy: declaration.answeredBy,
    about: declaration.about,
    payload: Schema.Struct(declaration.payload),
    answer: Schema.Struct({ ...Placed.fields, ...(declaration.answer ?? ({} as Extra)) }),
    example: declaration.example
  }
}

/** What a command asks with. */
export type Payload<C extends CommandType> = C["payload"]["Type"]
