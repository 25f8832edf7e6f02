/** Keys, people who may sign in, and being forgotten. Written by `admin`. Secrets and names are never in the log. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, KeyId, PassId, PersonId, SignInId, UserId } from "./ids.ts"
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

const user = UserId.make("01941f29-7c00-7000-8000-000000000003")
const signIn = SignInId.make("01941f29-7c00-7000-8000-000000000004")
const pass = PassId.make("01941f29-7c00-7000-8000-000000000005")

/** What a one-time link is for: the first owner, somebody else, or a new password. */
export const PassPurpose = Schema.Literals(["set-up", "invitation", "reset"])
export type PassPurpose = typeof PassPurpose.Type

export const PassIssued = event("account.pass-issued", {
  about: "A one-time link was made, with which somebody can choose a password.",
  data: {
    pass: PassId,
    purpose: PassPurpose,
    role: Schema.optionalKey(Role),
    user: Schema.optionalKey(UserId),
    by: By,
    at: EpochMillis
  },
  example: { pass, purpose: "invitation", role: "viewer", by: "operator", at: 1_767_225_600_000 }
})

export const UserAdded = event("account.user-added", {
  about: "Somebody may sign in from now on.",
  data: { user: UserId, role: Role, by: By, at: EpochMillis },
  example: { user, role: "owner", by: "operator", at: 1_767_225_600_000 }
})

export const UserChanged = event("account.user-changed", {
  about: "Somebody has another role, or may no longer sign in, or may again.",
  data: { user: UserId, role: Role, closed: Schema.Boolean, by: By, at: EpochMillis },
  example: { user, role: "viewer", closed: false, by: "operator", at: 1_767_225_600_000 }
})

/** What somebody proves who they are with. `code` is that of an authenticator app. */
export const CredentialChange = Schema.Literals(["password-set", "code-on", "code-off"])
export type CredentialChange = typeof CredentialChange.Type

export const CredentialsChanged = event("account.credentials-changed", {
  about: "Somebody signs in with another password, or with a code besides, or without one.",
  data: { user: UserId, change: CredentialChange, by: By, at: EpochMillis },
  example: { user, change: "code-on", by: `owner:${user}`, at: 1_767_225_600_000 }
})

export const SignedIn = event("account.signed-in", {
  about: "Somebody signed in with a browser.",
  data: { user: UserId, signIn: SignInId, at: EpochMillis },
  example: { user, signIn, at: 1_767_225_600_000 }
})

export const SignedOut = event("account.signed-out", {
  about: "A browser is signed out before its time.",
  data: { user: UserId, signIn: SignInId, by: By, at: EpochMillis },
  example: { user, signIn, by: `owner:${user}`, at: 1_767_225_600_000 }
})

export const UserLocked = event("account.user-locked", {
  about: "So many passwords or codes were wrong that the next one has to wait.",
  data: { user: UserId, until: EpochMillis, at: EpochMillis },
  example: { user, until: 1_767_225_660_000, at: 1_767_225_600_000 }
})

export const Asked = event("account.asked", {
  about:
    "Somebody asked for something of which no other fact names who it was: to have the number unlinked or connected anew, a place for backups looked after.",
  data: {
    /** The name of the command. */
    what: Schema.String.pipe(Schema.check(Schema.isPattern(/^[a-z-]+\.[a-z-]+$/u))),
    subject: Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isMaxLength(200)))),
    by: By,
    at: EpochMillis
  },
  example: { what: "backup.prune", subject: "disk", by: "operator", at: 1_767_225_600_000 }
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
