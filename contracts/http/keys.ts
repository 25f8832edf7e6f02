/** Keys of programs. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Role } from "../account.ts"
import { EpochMillis, KeyId } from "../ids.ts"
import { Authorization, NeedsRole, Scope } from "./access.ts"
import { namedHeaders } from "./idempotency.ts"
import { InvalidRequest, NotFound } from "./problems.ts"

const { NullOr, optionalKey } = Schema

const PerMinute = Schema.Int.pipe(
  Schema.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  Schema.annotate({ description: "requests a minute, 1 to 1,000,000" })
)
const Label = Schema.String.pipe(Schema.check(Schema.isMaxLength(100)))
const Scopes = Schema.Array(Scope).pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(50)))

/** A key as it may be shown: everything but its text, which nobody has. */
export const ShownKey = Schema.Struct({
  key: KeyId,
  role: Role,
  scopes: NullOr(Schema.Array(Scope)),
  perMinute: NullOr(Schema.Int),
  label: NullOr(Schema.String),
  createdAt: EpochMillis,
  expiresAt: NullOr(EpochMillis),
  revokedAt: NullOr(EpochMillis),
  lastUsedAt: NullOr(EpochMillis)
})

const list = HttpApiEndpoint.get("list", "/v1/keys", {
  success: Schema.Struct({ items: Schema.Array(ShownKey) })
}).annotate(NeedsRole, "owner")

const create = HttpApiEndpoint.post("create", "/v1/keys", {
  headers: namedHeaders,
  payload: Schema.Struct({
    role: Role,
    scopes: optionalKey(Scopes),
    perMinute: optionalKey(PerMinute),
    label: optionalKey(Label),
    expiresAt: optionalKey(EpochMillis)
  }),
  /** `text` is the key itself, shown this once. */
  success: Schema.Struct({ ...ShownKey.fields, text: Schema.String }),
  error: InvalidRequest
}).annotate(NeedsRole, "owner")

const revoke = HttpApiEndpoint.delete("revoke", "/v1/keys/:key", {
  params: { key: KeyId },
  success: Schema.Struct({ revoked: Schema.Boolean }),
  error: NotFound
}).annotate(NeedsRole, "owner")

export const keys = HttpApiGroup.make("keys").add(list, create, revoke).middleware(Authorization)
