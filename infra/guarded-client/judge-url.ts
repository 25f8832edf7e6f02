/** Whether scanning may ask for a URL, as far as the URL alone says. */
import { addressBytes } from "./address-bytes.ts"
import { judgeAddress } from "./judge-address.ts"
import { judgeName } from "./judge-name.ts"
import { isWebPort, portOf } from "./judge-port.ts"
import type { Judgement, Refused, Rule } from "./judgement.ts"

const refused = (rule: Rule, reason: string): Refused => ({ allowed: false, rule, reason })

/** The host of a parsed URL: an address is judged as one, everything else by its name. */
export const judgeHost = (hostname: string): Judgement =>
  addressBytes(hostname) === undefined ? judgeName(hostname) : judgeAddress(hostname)

const judgeParts = (url: URL): Refused | undefined => {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return refused("scheme", `only http and https are asked for, found ${url.protocol}`)
  if (url.username !== "" || url.password !== "")
    return refused("credentials", "a URL with a user or a password names another host than it shows")
  const port = portOf(url)
  return isWebPort(port)
    ? undefined
    : refused("port", `port ${port} is not one that web servers are found on`)
}

/**
 * Judges a URL as the URL Standard reads it. The host comes first: that an address is refused says more than that
 * its port is.
 *
 * @example judgeUrl("http://2130706433/") // { allowed: false, rule: "address", address: "127.0.0.1", … }
 */
export const judgeUrl = (url: string): Judgement => {
  const parsed = URL.parse(url)
  if (parsed === null)
    return refused("url", "the URL Standard rejects it (no scheme, bad host, port or characters)")
  const host = parsed.hostname === "" ? undefined : judgeHost(parsed.hostname)
  if (host?.allowed === false && parsed.protocol.startsWith("http")) return host
  return judgeParts(parsed) ?? host ?? refused("url", "it has no host")
}
