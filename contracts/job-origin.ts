/** Where a job was made, other than by the operator: another system, or the chat that it speaks to. */
import { Schema } from "effect"

export const Origin = Schema.Literals(["older-scheduler", "chat"])
export type Origin = typeof Origin.Type
