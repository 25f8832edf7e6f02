/**
 * What can go wrong with a request, as RFC 9457 problem documents. `type` is stable and meant for programs,
 * `detail` is a sentence for people. The `type` is a URN: it names a problem and promises no page about it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
import { Schema } from "effect"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { Role } from "../account.ts"

const urn = <const Name extends string>(name: Name) => `urn:wadjet:problem:${name}` as const

/** After how long asking again may help, where a problem passes by itself. The header `Retry-After` says it too. */
export const retryAfterSeconds = 5

/** One value of a request that is not what was expected. `field` is its path, such as `query.limit`. */
export const FieldError = Schema.Struct({ field: Schema.String, message: Schema.String })

/** The request does not have its declared shape, or asks for something that cannot be. */
export class InvalidRequest extends HttpApiError.Problem<InvalidRequest>()(
  "InvalidRequest",
  { type: urn("invalid-request"), status: 400, title: "The request is not valid." },
  {
    /** The first field at fault, where one is known. */
    field: Schema.optionalKey(Schema.String),
    errors: Schema.optionalKey(Schema.Array(FieldError))
  }
) {}

/** No key was given, or it is not, or no longer, accepted. */
export class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: urn("unauthorized"),
  status: 401,
  title: "A valid key is needed."
}) {}

/** The key is good, and its role is too small. */
export class Forbidden extends HttpApiError.Problem<Forbidden>()(
  "Forbidden",
  { type: urn("forbidden"), status: 403, title: "The key's role does not allow this." },
  { needs: Role, has: Role }
) {}

/** The key is good, and is for other parts of the API. */
export class OutOfScope extends HttpApiError.Problem<OutOfScope>()(
  "OutOfScope",
  { type: urn("out-of-scope"), status: 403, title: "The key is not for this." },
  { needs: Schema.String }
) {}

/** A browser was made to ask this by a page that is not this server's own. */
export class CrossSite extends HttpApiError.Problem<CrossSite>()("CrossSite", {
  type: urn("cross-site"),
  status: 403,
  title: "Only the page of this server may ask this with a browser's cookie."
}) {}

/** It is about the own account, and nobody is signed in: a key has none. */
export class NotSignedIn extends HttpApiError.Problem<NotSignedIn>()("NotSignedIn", {
  type: urn("not-signed-in"),
  status: 403,
  title: "Nobody is signed in."
}) {}

/** The name, the password or the code is not right; which of them is not said. */
export class NotLetIn extends HttpApiError.Problem<NotLetIn>()("NotLetIn", {
  type: urn("not-let-in"),
  status: 401,
  title: "The name, the password or the code is not right."
}) {}

/** The password is right, and the code of an authenticator app is needed besides. */
export class CodeNeeded extends HttpApiError.Problem<CodeNeeded>()("CodeNeeded", {
  type: urn("code-needed"),
  status: 401,
  title: "A code of the authenticator app is needed as well."
}) {}

/** There is no such thing, or no such path. */
export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: urn("not-found"),
  status: 404,
  title: "There is nothing here."
}) {}

/** It was understood, and it is too late for it. `reason` is the actor's own word for why. */
export class Impossible extends HttpApiError.Problem<Impossible>()(
  "Impossible",
  { type: urn("impossible"), status: 409, title: "This cannot be done any more." },
  { reason: Schema.String }
) {}

/** Somebody has changed it since: what was asked rests on how it was before. */
export class Changed extends HttpApiError.Problem<Changed>()("Changed", {
  type: urn("changed"),
  status: 412,
  title: "Somebody has changed this since."
}) {}

/** The log is another one than the client knew: after a restore its numbering starts a new generation. */
export class GenerationChanged extends HttpApiError.Problem<GenerationChanged>()(
  "GenerationChanged",
  { type: urn("generation-changed"), status: 409, title: "The log is another one." },
  { generation: Schema.String }
) {}

/** It existed, and it was forgotten for ever. */
export class Forgotten extends HttpApiError.Problem<Forgotten>()("Forgotten", {
  type: urn("forgotten"),
  status: 410,
  title: "This was forgotten for ever."
}) {}

/** The request body is larger than this server takes. */
export class TooLarge extends HttpApiError.Problem<TooLarge>()(
  "TooLarge",
  { type: urn("too-large"), status: 413, title: "The request is too large." },
  { limitBytes: Schema.optionalKey(Schema.Int) }
) {}

/** It was asked for by a name that is not this server's: by a page of that name, whose address was turned to here. */
export class Misdirected extends HttpApiError.Problem<Misdirected>()("Misdirected", {
  type: urn("misdirected"),
  status: 421,
  title: "This server is not asked for by that name."
}) {}

/** As many of these are open as this server holds at once. */
export class TooMany extends HttpApiError.Problem<TooMany>()(
  "TooMany",
  { type: urn("too-many"), status: 429, title: "Too many at once." },
  { retryAfterSeconds: Schema.Int }
) {}

/** A fault of the server. What it was is in its log, not in the answer. */
export class Internal extends HttpApiError.Problem<Internal>()("Internal", {
  type: urn("internal"),
  status: 500,
  title: "Something broke."
}) {}

/** A part that is needed did not answer. Asking again later may help; nothing was lost. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", {
  type: urn("unavailable"),
  status: 503,
  title: "A part of Wadjet does not answer."
}) {}

/** What was asked to be seen is in the log, and not yet in the read models. */
export class Behind extends HttpApiError.Problem<Behind>()(
  "Behind",
  { type: urn("behind"), status: 503, title: "The read models are not that far yet." },
  { sequence: Schema.Int }
) {}

/** How an actor's refusal, or its silence, is answered. */
export const refusals = [InvalidRequest, NotFound, Impossible, Forgotten, TooLarge, Unavailable] as const
