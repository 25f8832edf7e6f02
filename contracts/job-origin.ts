/**
 * Where a job was made, other than by the operator: another system, or the chat that it speaks to; and what it is in the
 * other system.
 */
import { Schema } from "effect"

export const Origin = Schema.Literals(["older-scheduler", "chat"])
export type Origin = typeof Origin.Type

/** Of the older scheduler: one of its single messages, or one of its jobs. */
export const OriginKind = Schema.Literals(["message", "job"])
export type OriginKind = typeof OriginKind.Type
