import { isIPv4, isIPv6 } from "node:net"

// The longest textual IPv6 address (RFC 4291, with an embedded IPv4 tail) has 45 characters.
const ipv6LengthMax = 45
const bracketed = /\[([0-9a-f:.]{2,45})\]/iy
const unbracketed = /[0-9a-f:]{2,45}(?:\d{1,3}(?:\.\d{1,3}){3})?/iy

/** Whether `host` is a dotted quad as people write it: four decimal numbers, no leading zeros. */
export const isDottedQuad = (host: string): boolean => isIPv4(host)

/** The end of the bracketed IPv6 address that starts at `at`, or -1. */
export function bracketedAddressEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x5b) return -1
  bracketed.lastIndex = at
  const found = bracketed.exec(text)
  return found !== null && isIPv6(found[1] ?? "") ? at + found[0].length : -1
}

/** The end of the IPv6 address without brackets that starts at `at`, or -1. */
export function bareAddressEnd(text: string, at: number): number {
  unbracketed.lastIndex = at
  const found = unbracketed.exec(text)?.[0] ?? ""
  const address = found.endsWith("::") ? found : found.replace(/:$/, "")
  if (address.length > ipv6LengthMax || !isIPv6(address)) return -1
  // `::`, and words such as `dead::beef`, are far more often code or decoration than addresses.
  return /\d/.test(address) ? at + address.length : -1
}
