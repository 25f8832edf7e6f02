/** Which addresses scanning may connect to: those of the public internet, and no other. */
import { type AddressBytes, addressBytes, addressText, isWithin, range } from "./address-bytes.ts"
import type { Judgement } from "./judgement.ts"
import {
  globalUnicastIpv6,
  ipv4Mapped,
  specialIpv4,
  specialIpv6,
  type SpecialRange
} from "./special-ranges.ts"

const compiled = (ranges: ReadonlyArray<SpecialRange>) =>
  ranges.map(([cidr, purpose]) => ({ range: range(cidr), reason: `${cidr} is ${purpose}` }))

const special = [...compiled(specialIpv4), ...compiled(specialIpv6)]
const mapped = range(ipv4Mapped)
const globalUnicast = range(globalUnicastIpv6)

/** `::0:5efe:a.b.c.d` and `::200:5efe:a.b.c.d` at the end of any prefix (RFC 5214): a tunnel to an IPv4 address. */
const isIsatap = (bytes: AddressBytes): boolean =>
  bytes.length === 16 &&
  (bytes[8]! & 0xfc) === 0 &&
  bytes[9] === 0 &&
  bytes[10] === 0x5e &&
  bytes[11] === 0xfe

const refusal = (bytes: AddressBytes): string | undefined => {
  const found = special.find(({ range }) => isWithin(bytes, range))
  if (found !== undefined) return found.reason
  if (bytes.length === 16 && !isWithin(bytes, globalUnicast))
    return `only ${globalUnicastIpv6} is global unicast (RFC 4291)`
  return isIsatap(bytes) ? "ISATAP reaches an IPv4 address (RFC 5214)" : undefined
}

/**
 * Judges an address in any spelling. An IPv4-mapped one is judged, and shown, as the IPv4 address that it is;
 * every other address that holds one in it is refused, whatever it holds, for who translates it is not known.
 *
 * @example judgeAddress("0x7f.1") // { allowed: false, rule: "address", reason: "127.0.0.0/8 is loopback …" }
 */
export const judgeAddress = (address: string): Judgement => {
  const bytes = addressBytes(address)
  if (bytes === undefined)
    return { allowed: false, rule: "address", reason: "not an address that a URL can hold" }
  const judged = isWithin(bytes, mapped) ? bytes.slice(12) : bytes
  const reason = refusal(judged)
  const text = addressText(judged)
  return reason === undefined
    ? { allowed: true, reason: "a public address", address: text }
    : { allowed: false, rule: "address", reason, address: text }
}
