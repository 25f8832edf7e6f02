/** Keys of the HTTP API, and being forgotten. Written by `admin`. Secrets are never in the log. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, KeyId, PersonId } from "./ids.ts"
import { By } from "./policy.ts"

/** What a key may do, from the least to the most. */
export const Role = Schema.Literals(["viewer", "moderator", "scheduler", "operator", "owner"])
export type Role = typeof Role.Type

const key = KeyId.make("01941f29-7c00-7000-8000-000000000002")

export const KeyIssued = event("account.key-issued", {
  about: "An API key was made.",
  data: { key: KeyId, role: Role, by: By, at: EpochMillis },
  example: { key, role: "owner", by: "operator", at: 1_767_225_600_000 }
})

export const KeyRevoked = event("account.key-revoked", {
  about: "An API key is no longer accepted.",
  data: { key: KeyId, by: By, at: EpochMillis },
  example: { key, by: "operator", at: 1_767_225_600_000 }
})

/** Who or what is forgotten. */
export const ErasureSubject = Schema.Union([ChatId, PersonId])
export type ErasureSubject = typeof ErasureSubject.Type

export const ErasureRequested = event("erasure.requested", {
  about: "A person or a chat is to be forgotten. From here on their keys are being destroyed.",
  data: { subject: ErasureSubject, by: By },
  example: { subject: PersonId.make("p0example0"), by: "operator" }
})

export const ErasureCompleted = event("erasure.completed", {
  about: "The keys and mappings are gone; every fold drops what it held.",
  data: { subject: ErasureSubject, keysDestroyed: Schema.Int, mappingsDestroyed: Schema.Int },
  example: { subject: PersonId.make("p0example0"), keysDestroyed: 1, mappingsDestroyed: 2 }
})
