import { registeredDomain } from "./public-suffix.ts"
import { wrappersByForm } from "./wrappers/by-form.ts"
import { wrappersByParameter } from "./wrappers/by-parameter.ts"
import { percentDecoded, type Wrapper } from "./wrappers/wrapper.ts"

/** What is left of a link when its wrappers are taken off, and their names from the outside in. */
export interface Unwrapped {
  /** As it stood in the innermost wrapper, or as it was given. */
  readonly url: string
  readonly wrappers: ReadonlyArray<string>
}

/** Wrappers around one link. Two are common, three happen; more are made to wear somebody out. */
const wrappersMax = 10
const escapesMax = 3

/**
 * Takes off the wrappers that are known: links of services that only lead to another link, which stands in
 * them to be read (`l.facebook.com/l.php?u=…`). Nobody is asked; a link whose target only its service knows
 * (`t.co`, every shortener) stays as it is. Only a service's own hosts count, because what anybody else's
 * host does with such a link is his secret.
 *
 * The result is always an http or https URL if anything was taken off.
 *
 * @example unwrap("https://www.google.com/url?q=http://example.com/&sa=D") // { url: "http://example.com/", wrappers: ["google"] }
 */
export function unwrap(url: string): Unwrapped | { readonly error: string } {
  const outermost = URL.parse(url)
  if (outermost === null)
    return { error: "expected an absolute URL such as https://example.com/, found something else" }
  let link: Link = { text: url, url: outermost }
  const wrappers: Array<string> = []
  while (wrappers.length < wrappersMax) {
    const inner = innerOf(link.url)
    if (inner === undefined || inner.link.url.href === link.url.href) break
    wrappers.push(inner.wrapper)
    link = inner.link
  }
  return { url: link.text, wrappers }
}

interface Link {
  readonly text: string
  readonly url: URL
}

interface Inner {
  readonly link: Link
  readonly wrapper: string
}

const wrappersOfHost = new Map<string, Array<Wrapper>>()
for (const wrapper of [...wrappersByForm, ...wrappersByParameter]) {
  for (const host of wrapper.hosts) {
    const others = wrappersOfHost.get(host)
    if (others === undefined) wrappersOfHost.set(host, [wrapper])
    else others.push(wrapper)
  }
}

function innerOf(url: URL): Inner | undefined {
  // Nothing stands in a link to the front page.
  if (!isWeb(url) || (url.search === "" && url.pathname === "/")) return undefined
  const host = url.hostname.replace(/^www\./, "").replace(/\.$/, "")
  const found = inwardBy(wrappersOfHost.get(host), url)
  if (found !== undefined) return found
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    const below = inwardBy(wrappersOfHost.get(`*${host.slice(dot)}`), url)
    if (below !== undefined) return below
  }
  return undefined
}

function inwardBy(wrappers: ReadonlyArray<Wrapper> = [], url: URL): Inner | undefined {
  for (const wrapper of wrappers) {
    const link = asLink(wrapper.within(url))
    if (link !== undefined) return { link, wrapper: wrapper.name }
  }
  return undefined
}

// Services take links without a scheme and links that were escaped twice.
function asLink(within: string | undefined): Link | undefined {
  if (within === undefined) return undefined
  let text = within.trim()
  for (let again = 0; again < escapesMax && /^(?:https?%|%)/i.test(text); again++) text = percentDecoded(text)
  if (text.startsWith("//")) text = `https:${text}`
  const named = /^(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+(?=[:/?#]|$)/u.exec(text)?.[0]
  if (named !== undefined && registeredDomain(named) !== null) text = `http://${text}`
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  return url === null || !isWeb(url) ? undefined : { text, url }
}

const isWeb = ({ protocol }: URL): boolean => protocol === "https:" || protocol === "http:"
