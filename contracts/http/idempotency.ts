/**
 * The header by which a request that makes something can be asked again, because its answer was lost.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { Schema } from "effect"

const nameCharactersMax = 200

/** Headers of an endpoint that makes something. */
export const namedHeaders = {
  "idempotency-key": Schema.optionalKey(
    Schema.NonEmptyString.pipe(
      Schema.check(Schema.isMaxLength(nameCharactersMax)),
      Schema.annotate({
        description: `A name that whoever asks gives this request, up to ${nameCharactersMax} characters. Asked again under the same name by the same key or user, for a day at least, it makes nothing more, and has the same answer.`
      })
    )
  )
} as const

export interface NamedHeaders {
  readonly "idempotency-key"?: string
}
