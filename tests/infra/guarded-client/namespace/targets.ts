/** Places inside that a stranger may send a scanner to: addresses of every special-purpose range, in every spelling. */
import { addressBytes } from "../../../../infra/guarded-client/address-bytes.ts"

/**
 * One range after the other as the registries of IANA have them, written down here by themselves: the first address, one
 * from the middle and the last.
 */
export const ipv4Inside: ReadonlyArray<string> = [
  "0.0.0.0 0.0.0.1 0.255.255.255",
  "10.0.0.1 10.128.7.9 10.255.255.254",
  "100.64.0.1 100.100.100.200 100.127.255.254",
  "127.0.0.1 127.77.0.1 127.255.255.254",
  "169.254.169.254 169.254.170.2 169.254.0.1",
  "172.16.0.1 172.20.1.1 172.31.255.254",
  "192.0.0.1 192.0.0.8 192.0.0.170",
  "192.0.2.1 192.0.2.128 192.0.2.254",
  "192.31.196.1",
  "192.52.193.1",
  "192.88.99.1 192.88.99.2",
  "192.168.0.1 192.168.77.77 192.168.255.254",
  "192.175.48.1",
  "198.18.0.1 198.19.255.254",
  "198.51.100.1 198.51.100.254",
  "203.0.113.1 203.0.113.254",
  "224.0.0.1 239.255.255.250",
  "240.0.0.1 255.255.255.255",
  "168.63.129.16"
].flatMap((range) => range.split(" "))

export const ipv6Inside: ReadonlyArray<string> = [
  ":: ::1",
  "100::1 100:0:0:1::1",
  "2001:2::1",
  "2001:10::1 2001:20::1 2001:30::1",
  "2001:1ff::1",
  "2001:db8::1 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
  "2620:4f:8000::1",
  "3fff::1 3fff:fff::1",
  "4000::1 5f00::1",
  "fc00::1 fd00:ec2::254 fdff:ffff::1",
  "fe80::1 fe80::a9fe:a9fe febf:ffff::1",
  "fec0::1",
  "ff02::1 ff0e::1"
].flatMap((range) => range.split(" "))

const hex = (value: number, digits = 0): string => value.toString(16).padStart(digits, "0")

const fullWidth = (text: string): string =>
  text.replaceAll(/[0-9]/g, (digit) => String.fromCodePoint(digit.codePointAt(0)! + 0xfe_e0))

const percented = (text: string): string => text.replaceAll(/[.0-9]/g, (it) => `%${hex(it.codePointAt(0)!)}`)

/** Every way that a URL may write an IPv4 address. */
export const ipv4Spellings = (address: string): ReadonlyArray<string> => {
  const bytes = [...addressBytes(address)!]
  const [a, b, c, d] = bytes as [number, number, number, number]
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  return [
    address,
    `${address}.`,
    String(whole),
    `0x${hex(whole, 8)}`,
    `0${whole.toString(8)}`,
    bytes.map((byte) => `0x${hex(byte)}`).join("."),
    bytes.map((byte) => `0${byte.toString(8)}`).join("."),
    `${a}.${(b << 16) | (c << 8) | d}`,
    `${a}.${b}.${(c << 8) | d}`,
    fullWidth(address),
    address.replaceAll(".", "。"),
    percented(address)
  ]
}

/** Every way that an IPv6 address may hold an IPv4 address. */
export const ipv4Within = (address: string): ReadonlyArray<string> => {
  const [a, b, c, d] = [...addressBytes(address)!] as [number, number, number, number]
  const high = hex((a << 8) | b)
  const low = hex((c << 8) | d)
  const inverted = `${hex(0xff_ff ^ ((a << 8) | b))}:${hex(0xff_ff ^ ((c << 8) | d))}`
  return [
    `[::ffff:${address}]`,
    `[::ffff:${high}:${low}]`,
    `[0:0:0:0:0:ffff:${high}:${low}]`,
    `[::${address}]`,
    `[::ffff:0:${high}:${low}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b:1::${high}:${low}]`,
    `[2002:${high}:${low}::1]`,
    `[2001:0:${high}:${low}::${inverted}]`,
    `[2001:0:4136:e378:8000:63bf:${inverted}]`,
    `[2606:4700::5efe:${address}]`,
    `[2606:4700::200:5efe:${high}:${low}]`
  ]
}

/** Every way that a URL may write an IPv6 address; with a scope, which a URL may not, as well. */
export const ipv6Spellings = (address: string): ReadonlyArray<string> => {
  const bytes = addressBytes(address)!
  const groups = Array.from({ length: 8 }, (_, at) => hex((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!, 4))
  return [`[${address}]`, `[${groups.join(":")}]`, `[${address.toUpperCase()}]`, `[${address}%25lo]`]
}

/** Names that stand for a place inside without the DNS having to say so. */
export const namesInside: ReadonlyArray<string> = [
  "localhost",
  "LOCALHOST.",
  "a.localhost",
  "printer.local",
  "router.lan",
  "wiki.corp",
  "metadata.google.internal",
  "metadata.azure.com",
  "localtest.me",
  "x.lvh.me",
  "127.0.0.1.nip.io",
  "10-0-0-1.sslip.io",
  "7f000001.nip.io",
  "127.0.0.1.example.com",
  "server"
]

/** Hosts to send a scanner to, each once. */
export const hostsInside: ReadonlyArray<string> = [
  ...new Set([
    ...ipv4Inside.flatMap((address) => [...ipv4Spellings(address), ...ipv4Within(address)]),
    ...ipv6Inside.flatMap(ipv6Spellings),
    ...namesInside
  ])
]
