/** Flags that several commands have. */
import { Flag } from "effect/cli"

/** The shape of what is printed is said in each command's help. */
export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("print JSON for programs, one object a line; its shape is in the description"),
  Flag.withDefault(false),
  Flag.withoutNegation
)

/** A flag that is there or not. */
export const given = (name: string, about: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(about), Flag.withDefault(false), Flag.withoutNegation)
