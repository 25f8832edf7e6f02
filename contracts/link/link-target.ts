import { canonicalize } from "./canonical.ts"
import { unwrap } from "./unwrap.ts"

/** Where a link leads as far as it says so itself. */
export interface LinkTarget {
  /** The canonical URL of the link within all wrappers: what is looked up, judged and named to people. */
  readonly url: string
  /** The wrappers that were taken off, from the outside in; empty for nearly every link. */
  readonly wrappers: ReadonlyArray<string>
}

/**
 * The target of a link, by its canonical URL: every way of wrapping one link shares its identity, its overrides
 * and its verdict. A link that is no wrapper, or whose target cannot be read, is its own target.
 *
 * @example linkTarget("https://l.facebook.com/l.php?u=http%3A%2F%2Fexample.com").url // "http://example.com/"
 */
export function linkTarget(canonicalUrl: string): LinkTarget {
  const unwrapped = unwrap(canonicalUrl)
  if ("error" in unwrapped || unwrapped.wrappers.length === 0) return { url: canonicalUrl, wrappers: [] }
  const target = canonicalize(unwrapped.url)
  return "error" in target
    ? { url: canonicalUrl, wrappers: [] }
    : { url: target.canonical, wrappers: unwrapped.wrappers }
}
