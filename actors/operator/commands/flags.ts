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

/** Which rules weigh the evidence. */
export const rulesFlag = Flag.String("rules").pipe(
  Flag.withMetavar("name or file"),
  Flag.withDescription(
    "which rules weigh the evidence: wadjet (decibans), classic (the older scanner's points), or a file of your own"
  )
)

/** As it stood at a place in the log. */
export const asOf = Flag.String("as-of").pipe(
  Flag.withMetavar("event or time"),
  Flag.withDescription("as it stood at an event, by its number, or at a time such as 2026-01-31T10:00Z"),
  Flag.optional
)

/** A flag that names a place in the log. */
export const placeFlag = (name: string, about: string) =>
  Flag.String(name).pipe(Flag.withMetavar("event or time"), Flag.withDescription(about), Flag.optional)
