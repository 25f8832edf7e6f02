/** Addresses and ranges of addresses as bytes: 4 of an IPv4 address, 16 of an IPv6 address. */

export type AddressBytes = Uint8Array

/** A range: the bytes that its first `bits` bits are taken from. */
export interface Range {
  readonly bytes: AddressBytes
  readonly bits: number
}

const unbracketed = (host: string): string =>
  host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host

/** A host as the URL Standard reads one: numbers in any base, short forms and full-width digits become one spelling. */
const normalised = (host: string): string | undefined =>
  URL.parse(host.includes(":") ? `http://[${host}]/` : `http://${host}/`)?.hostname

/**
 * The bytes of an address in any spelling that a URL may hold it in, with or without brackets; `undefined` for
 * what is no address.
 *
 * @example addressBytes("0x7f.1") // 127, 0, 0, 1
 * @see https://url.spec.whatwg.org/#host-parsing
 */
export const addressBytes = (address: string): AddressBytes | undefined => {
  const text = unbracketed(address)
  // Of what else a URL is made of, nothing may be part of an address: `1.2.3.4@host` names another host.
  if (!/^[^/?#@\\\s%[\]]+$/u.test(text)) return undefined
  const host = normalised(text)
  if (host === undefined) return undefined
  return host.startsWith("[") ? ipv6Bytes(unbracketed(host)) : ipv4Bytes(host)
}

const ipv4Bytes = (host: string): AddressBytes | undefined =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? Uint8Array.from(host.split("."), Number) : undefined

/** Of the URL Standard's serialisation: hexadecimal groups, one `::` at most, no dotted tail. */
const ipv6Bytes = (host: string): AddressBytes => {
  const [head = "", tail] = host.split("::")
  const groups = (part: string) => (part === "" ? [] : part.split(":"))
  const before = groups(head)
  const after = groups(tail ?? "")
  const between = Array.from({ length: 8 - before.length - after.length }, () => "0")
  return Uint8Array.from(
    [...before, ...between, ...after].flatMap((group) => {
      const value = Number.parseInt(group, 16)
      return [value >> 8, value & 0xff]
    })
  )
}

/** `10.0.0.0/8` or `fc00::/7`, taken from a table in the code: one that does not parse is a defect. */
export const range = (cidr: string): Range => {
  const [address = "", bits] = cidr.split("/")
  const bytes = addressBytes(address)
  if (bytes === undefined || bits === undefined) throw new Error(`expected a range, found ${cidr}`)
  return { bytes, bits: Number(bits) }
}

/** Whether an address lies in a range; one of the other family never does. */
export const isWithin = (address: AddressBytes, { bits, bytes }: Range): boolean => {
  if (address.length !== bytes.length) return false
  const whole = bits >> 3
  for (let at = 0; at < whole; at++) if (address[at] !== bytes[at]) return false
  const rest = bits & 7
  return rest === 0 || (address[whole]! ^ bytes[whole]!) >> (8 - rest) === 0
}

/** The spelling that people and logs know an address by: `127.0.0.1`, `2606:4700::1111`. */
export const addressText = (bytes: AddressBytes): string => {
  if (bytes.length === 4) return bytes.join(".")
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!).toString(16)
  )
  return unbracketed(URL.parse(`http://[${groups.join(":")}]/`)!.hostname)
}
