/** Signing in, the own account, and those of others. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { PassPurpose, Role } from "../account.ts"
import { EpochMillis, KeyId, SignInId, UserId } from "../ids.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { namedHeaders } from "./idempotency.ts"
import {
  CodeNeeded,
  CrossSite,
  Impossible,
  InvalidRequest,
  NotFound,
  NotLetIn,
  NotSignedIn,
  TooMany
} from "./problems.ts"

const { NullOr } = Schema

/** What a person is called here: what is shown, without control characters. */
export const UserName = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[^\p{C}\p{Z}][^\p{C}]{0,62}[^\p{C}\p{Z}]$/u)),
  Schema.annotate({ description: "2 to 64 characters, none of them a control character" })
)

export const passwordCharactersMin = 12
const passwordCharactersMax = 256

/** Long enough; of what is no rule is made, as NIST SP 800-63B advises. */
export const NewPassword = Schema.String.pipe(
  Schema.check(Schema.isMinLength(passwordCharactersMin), Schema.isMaxLength(passwordCharactersMax)),
  Schema.annotate({ description: `${passwordCharactersMin} to ${passwordCharactersMax} characters` })
)

/** A password that is compared: however long it is, it costs no more than this. */
const Password = Schema.String.pipe(Schema.check(Schema.isMaxLength(passwordCharactersMax)))
const Code = Schema.String.pipe(Schema.check(Schema.isMaxLength(20)))
const PassText = Schema.String.pipe(Schema.check(Schema.isMaxLength(200)))
const TypedName = Schema.String.pipe(Schema.check(Schema.isMaxLength(200)))

/** Somebody who may sign in. */
export const User = Schema.Struct({
  user: UserId,
  name: Schema.String,
  role: Role,
  /** Whether a code of an authenticator app is asked for. */
  code: Schema.Boolean,
  createdAt: EpochMillis,
  /** When they were shut out; null while they may sign in. */
  closedAt: NullOr(EpochMillis)
})

/** Who asks: somebody who is signed in, and what the page has to show for its requests; or a key. */
export const Who = Schema.Union([
  Schema.Struct({
    as: Schema.Literal("user"),
    ...User.fields,
    signIn: SignInId,
    /** For the header `x-wadjet-page`, with whatever changes something. */
    pageToken: Schema.String
  }),
  Schema.Struct({ as: Schema.Literal("key"), key: KeyId, role: Role })
])

/** One browser. */
export const SignIn = Schema.Struct({
  signIn: SignInId,
  /** What the browser calls itself. */
  agent: NullOr(Schema.String),
  createdAt: EpochMillis,
  lastUsedAt: EpochMillis,
  /** Whether it is the one that asks. */
  own: Schema.Boolean
})

export const OneTimeLink = Schema.Struct({ link: Schema.String, expiresAt: EpochMillis })

const Done = Schema.Struct({ done: Schema.Boolean })

const signIn = HttpApiEndpoint.post("signIn", "/v1/sign-in", {
  payload: Schema.Struct({ name: TypedName, password: Password, code: Schema.optionalKey(Code) }),
  success: Who,
  error: [NotLetIn, CodeNeeded, CrossSite, TooMany]
})

const lookAtPass = HttpApiEndpoint.post("lookAtPass", "/v1/passes/look", {
  payload: Schema.Struct({ pass: PassText }),
  success: Schema.Struct({ purpose: PassPurpose, role: Role, name: NullOr(Schema.String) }),
  error: [NotFound, CrossSite]
})

const acceptPass = HttpApiEndpoint.post("usePass", "/v1/passes/use", {
  payload: Schema.Struct({ pass: PassText, name: Schema.optionalKey(UserName), password: NewPassword }),
  success: Who,
  error: [NotFound, InvalidRequest, Impossible, CrossSite, TooMany]
})

/** Open to whoever can reach the port: who they are is only found out here. */
export const entrance = HttpApiGroup.make("entrance").add(signIn, lookAtPass, acceptPass)

const who = HttpApiEndpoint.get("who", "/v1/account", { success: Who }).annotate(NeedsRole, "viewer")

const signOut = HttpApiEndpoint.post("signOut", "/v1/sign-out", {
  success: Done,
  error: NotSignedIn
}).annotate(NeedsRole, "viewer")

const password = HttpApiEndpoint.put("password", "/v1/account/password", {
  payload: Schema.Struct({ present: Password, wanted: NewPassword }),
  success: Done,
  error: [NotSignedIn, Impossible, TooMany]
}).annotate(NeedsRole, "viewer")

const beginCodes = HttpApiEndpoint.post("beginCodes", "/v1/account/codes/begin", {
  payload: Schema.Struct({ password: Password }),
  /** The secret to type, the same as a URI, and that as a QR code. It holds once a code was given. */
  success: Schema.Struct({ secret: Schema.String, uri: Schema.String, svg: Schema.String }),
  error: [NotSignedIn, Impossible, TooMany]
}).annotate(NeedsRole, "viewer")

const confirmCodes = HttpApiEndpoint.post("confirmCodes", "/v1/account/codes/confirm", {
  payload: Schema.Struct({ code: Code }),
  success: Done,
  error: [NotSignedIn, Impossible]
}).annotate(NeedsRole, "viewer")

const endCodes = HttpApiEndpoint.post("endCodes", "/v1/account/codes/end", {
  payload: Schema.Struct({ password: Password }),
  success: Done,
  error: [NotSignedIn, Impossible, TooMany]
}).annotate(NeedsRole, "viewer")

const signIns = HttpApiEndpoint.get("signIns", "/v1/account/sign-ins", {
  success: Schema.Struct({ items: Schema.Array(SignIn) }),
  error: NotSignedIn
}).annotate(NeedsRole, "viewer")

const endSignIn = HttpApiEndpoint.delete("endSignIn", "/v1/account/sign-ins/:signIn", {
  params: { signIn: SignInId },
  success: Done,
  error: [NotSignedIn, NotFound]
}).annotate(NeedsRole, "viewer")

/** The own account. */
export const account = HttpApiGroup.make("account")
  .add(who, signOut, password, beginCodes, confirmCodes, endCodes, signIns, endSignIn)
  .middleware(Authorization)

const ofUser = { user: UserId } as const

const list = HttpApiEndpoint.get("list", "/v1/accounts", {
  success: Schema.Struct({ items: Schema.Array(User) })
}).annotate(NeedsRole, "owner")

const change = HttpApiEndpoint.patch("change", "/v1/accounts/:user", {
  params: ofUser,
  payload: Schema.Struct({ role: Schema.optionalKey(Role), closed: Schema.optionalKey(Schema.Boolean) }),
  success: User,
  error: [NotFound, Impossible]
}).annotate(NeedsRole, "owner")

const reset = HttpApiEndpoint.post("reset", "/v1/accounts/:user/reset", {
  params: ofUser,
  success: OneTimeLink,
  error: NotFound
}).annotate(NeedsRole, "owner")

const signOutAll = HttpApiEndpoint.post("signOutAll", "/v1/accounts/:user/sign-out", {
  params: ofUser,
  success: Schema.Struct({ ended: Schema.Int }),
  error: NotFound
}).annotate(NeedsRole, "owner")

const invite = HttpApiEndpoint.post("invite", "/v1/passes", {
  headers: namedHeaders,
  payload: Schema.Struct({ role: Role }),
  success: OneTimeLink,
  error: InvalidRequest
}).annotate(NeedsRole, "owner")

/** The accounts of everybody. */
export const accounts = HttpApiGroup.make("accounts")
  .add(list, change, reset, signOutAll, invite)
  .middleware(Authorization)
