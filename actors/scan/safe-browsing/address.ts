const octetsMax = 4
const windowsRubbishLengthMax = 15

/**
 * A host as an IPv4 address in dotted decimal, or undefined when it is none, read as the C library's
 * `inet_aton` does: one to four numbers, each decimal, octal (`0…`) or hexadecimal (`0x…`), the last of
 * which fills what is left. Numbers too large for their place lose their upper bits, as in Google's client;
 * Windows ignores what follows a space behind an address, in at most 15 characters altogether.
 *
 * @example dottedAddress("0xc37f000b") // "195.127.0.11"
 */
export function dottedAddress(host: string): string | undefined {
  const spaced = host.length <= windowsRubbishLengthMax ? /^\d+(?:\.\d+){3}(?= )/.exec(host)?.[0] : undefined
  const numbers = (spaced ?? host).split(".").map(numberOf)
  if (numbers.length > octetsMax) return undefined
  const octets: Array<number> = []
  for (const [at, number] of numbers.entries()) {
    if (number === undefined) return undefined
    const bytes = at === numbers.length - 1 ? octetsMax - at : 1
    for (let byte = bytes - 1; byte >= 0; byte--) octets.push((number >>> (8 * byte)) & 0xff)
  }
  return octets.join(".")
}

function numberOf(text: string): number | undefined {
  if (!/^(?:0[0-7]*|[1-9]\d*|0x[0-9a-f]+)$/i.test(text)) return undefined
  const number = /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text)
  return number <= 0xffff_ffff ? number : undefined
}

/**
 * A bracketed IPv6 address in its shortest form. Those that stand for an IPv4 address (mapped, or behind
 * NAT64's well-known prefix) become that address; a dotted end stays one. What is no address is only
 * lower-cased.
 *
 * @example shortestAddress("[64:ff9b::c000:207]") // "192.0.2.7"
 */
export function shortestAddress(bracketed: string): string {
  const hex = URL.parse(`http://${bracketed}`)?.hostname
  if (hex === undefined) return bracketed.toLowerCase()
  const standsFor = /^\[(?:::ffff|64:ff9b:):([0-9a-f]+):([0-9a-f]+)\]$/.exec(hex)
  if (standsFor !== null) return dottedAddress(`0x${standsFor[1]}${standsFor[2]?.padStart(4, "0")}`) ?? hex
  const dotted = /^(\[.*:)(\d+(?:\.\d+){3})\]$/.exec(bracketed)
  if (dotted === null) return hex
  // Two groups in its place keep the head as short as it would be.
  const [, head = "", end = ""] = dotted
  const held = URL.parse(`http://${head}1:1]`)?.hostname
  return held === undefined ? hex : `${held.slice(0, -"1:1]".length)}${end}]`
}
