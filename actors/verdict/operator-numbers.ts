/** The operator's own numbers, whose owner may give every command in every chat. */
import { Context } from "effect"

/** Each in digits with its country code, as in `491711234567`. */
export const OperatorNumbers = Context.Reference<ReadonlyArray<string>>("wadjet/verdict/OperatorNumbers", {
  defaultValue: () => []
})

/** Whether somebody of these forms is the operator: WhatsApp knows people by number too. */
export const isOperator = (numbers: ReadonlyArray<string>, forms: ReadonlyArray<string>): boolean =>
  numbers.some((number) => forms.includes(`${number}@s.whatsapp.net`))
