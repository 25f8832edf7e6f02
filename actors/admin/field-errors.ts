/** From a schema's complaint about a request to the fields at fault. */
import { Effect, SchemaIssue } from "effect"
import { layerSchemaErrorTransform } from "effect/http-api/HttpApiMiddleware"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import { FieldErrors } from "../../contracts/http/access.ts"
import { Internal, InvalidRequest } from "../../contracts/http/problems.ts"

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

type Segment = PropertyKey | { readonly key: PropertyKey }

const nameOf = (segment: Segment): string => String(typeof segment === "object" ? segment.key : segment)

/** Fields are named by their part of the request and their path in it, such as `payload.text`. */
export const fieldErrors = layerSchemaErrorTransform(FieldErrors, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders")
    return Effect.logError("an answer does not have its declared shape", { error: error.cause.message }).pipe(
      Effect.andThen(HttpServerRespondable.toResponse(new Internal({})))
    )
  const part = error.kind.toLowerCase()
  const errors = issuesOf(error.cause.issue).issues.map(({ message, path }) => ({
    field: [part, ...(path ?? []).map(nameOf)].join("."),
    message
  }))
  const [first] = errors
  return Effect.fail(
    first === undefined
      ? new InvalidRequest({ field: part, errors })
      : new InvalidRequest({ field: first.field, errors, detail: `${first.field}: ${first.message}` })
  )
})
