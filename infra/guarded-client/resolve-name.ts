/** Looking names up: straight from the DNS, never from the machine's own list of hosts. */
import { Resolver } from "node:dns/promises"
import { NameUnresolved } from "./fetch-failed.ts"

/** All addresses of a name; throws `NameUnresolved` where there is none. */
export type ResolveName = (name: string) => Promise<ReadonlyArray<string>>

/** A name server that has not answered after this is asked once more, and then given up. */
const answerMillis = 1_500
const triesMax = 2

/** Codes by which the DNS says that a name has no such address. */
const absent = new Set(["ENOTFOUND", "ENODATA"])

const isAbsent = (reason: unknown): boolean =>
  reason instanceof Error && "code" in reason && absent.has(String(reason.code))

/**
 * Asks the machine's name servers, or those given (`127.0.0.1:5353`), for IPv4 and IPv6 addresses at once. `getaddrinfo`
 * is passed over on purpose: it reads /etc/hosts, tries search domains and speaks multicast DNS, all of which make
 * public-looking names private, and four slow names would stop every other look-up of the process.
 */
export const dnsResolver = (servers?: ReadonlyArray<string>): ResolveName => {
  const resolver = new Resolver({ timeout: answerMillis, tries: triesMax })
  if (servers !== undefined) resolver.setServers(servers)
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
    if (addresses.length > 0) return addresses
    const unanswered = answers.find((answer) => answer.status === "rejected" && !isAbsent(answer.reason))
    throw unanswered === undefined
      ? new NameUnresolved("no-such-name", "the name has no address")
      : new NameUnresolved("unresolved", "the name servers did not answer")
  }
}
