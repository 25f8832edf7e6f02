import * as Schema from "effect/Schema"
import { canonicalize } from "../../../contracts/link/canonical.ts"
import { extractLinks } from "../../../contracts/link/extract.ts"
import { linkId, publicLinkKey } from "../../../contracts/link/link-id.ts"
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import { unwrap } from "../../../contracts/link/unwrap.ts"
import { type BatchOperation, operation } from "./operation.ts"

/** Every link in a text, with UTF-16 offsets. */
export const extract: BatchOperation = operation(
  '{"text": "…"}',
  Schema.Struct({ text: Schema.String }),
  ({ text }) => ({ links: extractLinks(text) })
)

/**
 * The canonical URL and its id. There is no keyring here, so ids are made with the public all-zero key:
 * comparable between machines, and not those of any log.
 */
export const canonicalizeUrl: BatchOperation = operation(
  '{"url": "…", "base"?: "…"}',
  Schema.Struct({ url: Schema.String, base: Schema.optionalKey(Schema.NullOr(Schema.String)) }),
  ({ url, base }) => {
    const result = canonicalize(url, base ?? undefined)
    return "error" in result ? result : { ...result, linkId: linkId(publicLinkKey, result.canonical) }
  }
)

/** The link within known redirect wrappers, and their names; a link in none stays as it is. */
export const unwrapLink: BatchOperation = operation(
  '{"url": "…"}',
  Schema.Struct({ url: Schema.String }),
  ({ url }) => unwrap(url)
)

/** The public suffix and the registrable domain of a host; both null for a null host. */
export const publicSuffixOfHost: BatchOperation = operation(
  '{"host": "…"}',
  Schema.Struct({ host: Schema.NullOr(Schema.String) }),
  ({ host }) => (host === null ? { suffix: null, registrable: null } : publicSuffix(host))
)
