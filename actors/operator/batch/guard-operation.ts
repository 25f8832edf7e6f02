import * as Schema from "effect/Schema"
import { judgeAddress } from "../../../infra/guarded-client/judge-address.ts"
import type { Judgement } from "../../../infra/guarded-client/judgement.ts"
import { judgeUrl } from "../../../infra/guarded-client/judge-url.ts"
import { type BatchOperation, operation } from "./operation.ts"

const Input = Schema.Union([
  Schema.Struct({
    url: Schema.String,
    resolvesTo: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
    redirects: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Struct({ location: Schema.String }))))
  }),
  Schema.Struct({ address: Schema.String })
])

const shown = ({ address, allowed, reason }: Judgement): object => ({
  allowed,
  reason,
  ...(address === undefined ? {} : { address })
})

/** What is given of the world outside: addresses that the name resolves to, and where its answers redirect to. */
interface Told {
  readonly url: string
  readonly resolvesTo?: ReadonlyArray<string> | null
  readonly redirects?: ReadonlyArray<{ readonly location: string }> | null
}

const ofUrl = ({ redirects, resolvesTo, url }: Told): Judgement => {
  const first = judgeUrl(url)
  const later = [
    // A literal address is not looked up.
    ...(first.address === undefined ? (resolvesTo ?? []) : []).map(judgeAddress),
    ...(redirects ?? []).map(({ location }) => judgeUrl(URL.parse(location, url)?.href ?? location))
  ]
  return [first, ...later].find(({ allowed }) => !allowed) ?? first
}

/**
 * Whether scanning would connect to a URL or an address. A name is judged by itself; where `resolvesTo` or
 * `redirects` say what the outside answers, that is judged as well, and one refusal is enough.
 */
export const guard: BatchOperation = operation(
  '{"url": "…", "resolvesTo"?: ["address", …], "redirects"?: [{"location": "…"}]} or {"address": "…"}',
  Input,
  (input) => shown("url" in input ? ofUrl(input) : judgeAddress(input.address))
)
