/**
 * Addresses that are not for the public internet, by the IANA special-purpose registries and the address-space
 * assignments they stand beside. What a registry calls globally reachable is listed too where no website can be:
 * anycast relays, AS112, ORCHIDs.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */

/** A range in CIDR notation, and what it is for. */
export type SpecialRange = readonly [range: string, purpose: string]

export const specialIpv4: ReadonlyArray<SpecialRange> = [
  ["0.0.0.0/8", "this network (RFC 791)"],
  ["10.0.0.0/8", "private use (RFC 1918)"],
  ["100.64.0.0/10", "shared address space of carriers (RFC 6598)"],
  ["127.0.0.0/8", "loopback (RFC 1122)"],
  ["169.254.0.0/16", "link-local, and cloud metadata (RFC 3927)"],
  ["172.16.0.0/12", "private use (RFC 1918)"],
  ["192.0.0.0/24", "IETF protocol assignments (RFC 6890)"],
  ["192.0.2.0/24", "documentation (RFC 5737)"],
  ["192.31.196.0/24", "AS112 (RFC 7535)"],
  ["192.52.193.0/24", "AMT relays (RFC 7450)"],
  ["192.88.99.0/24", "6to4 relays (RFC 7526)"],
  ["192.168.0.0/16", "private use (RFC 1918)"],
  ["192.175.48.0/24", "AS112 (RFC 7534)"],
  ["198.18.0.0/15", "benchmarking (RFC 2544)"],
  ["198.51.100.0/24", "documentation (RFC 5737)"],
  ["203.0.113.0/24", "documentation (RFC 5737)"],
  ["224.0.0.0/4", "multicast (RFC 5771)"],
  ["240.0.0.0/4", "reserved, and broadcast (RFC 1112)"],
  // Not special to IANA: one public address that Azure answers on from inside every machine of its own.
  ["168.63.129.16/32", "cloud metadata of Azure"]
]

/** What holds an IPv4 address that is judged in its place. */
export const ipv4Mapped = "::ffff:0:0/96"

export const specialIpv6: ReadonlyArray<SpecialRange> = [
  ["::/128", "unspecified (RFC 4291)"],
  ["::1/128", "loopback (RFC 4291)"],
  ["::ffff:0:0:0/96", "IPv4-translated (RFC 2765)"],
  ["::/96", "IPv4-compatible (RFC 4291)"],
  ["64:ff9b::/96", "NAT64, which reaches IPv4 addresses (RFC 6052)"],
  ["64:ff9b:1::/48", "NAT64 of a local network (RFC 8215)"],
  ["100::/64", "discard only (RFC 6666)"],
  ["100:0:0:1::/64", "dummy prefix (RFC 9780)"],
  ["2001::/32", "Teredo, which reaches IPv4 addresses (RFC 4380)"],
  ["2001:2::/48", "benchmarking (RFC 5180)"],
  ["2001:10::/28", "ORCHID (RFC 4843)"],
  ["2001:20::/28", "ORCHIDv2 (RFC 7343)"],
  ["2001:30::/28", "drone remote identification (RFC 9374)"],
  ["2001::/23", "IETF protocol assignments (RFC 2928)"],
  ["2001:db8::/32", "documentation (RFC 3849)"],
  ["2002::/16", "6to4, which reaches IPv4 addresses (RFC 3056)"],
  ["2620:4f:8000::/48", "AS112 (RFC 7534)"],
  ["3fff::/20", "documentation (RFC 9637)"],
  ["5f00::/16", "segment routing (RFC 9602)"],
  ["fc00::/7", "unique local, and cloud metadata (RFC 4193)"],
  ["fe80::/10", "link-local (RFC 4291)"],
  ["fec0::/10", "site-local (RFC 3879)"],
  ["ff00::/8", "multicast (RFC 4291)"]
]

/** All that IANA has opened for unicast on the public internet; whatever lies outside is nobody's. */
export const globalUnicastIpv6 = "2000::/3"
