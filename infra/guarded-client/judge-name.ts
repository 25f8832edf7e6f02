/** Which names scanning may look up: those that can be in the public DNS. */
import { judgeAddress } from "./judge-address.ts"
import type { Judgement, Refused } from "./judgement.ts"

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/**
 * Last labels that the public DNS never answers for: reserved (RFC 2606, 6761, 6762, 7686, 8375, 9476 and ICANN's
 * `internal`), infrastructure (`arpa`), or never delegated because local networks use them.
 */
const neverPublic = words(`
  localhost local internal arpa test invalid example onion alt
  localdomain domain lan home corp mail intranet private workgroup intra intern lokal
  svc default cluster consul nomad docker kube k8s lxd incus libvirt vpn router fritzbox belkin
`)

/** Zones of the public DNS that stand for something else than a place on the public internet. */
const inside: ReadonlyArray<readonly [reason: string, zones: ReadonlySet<string>]> = [
  [
    "it is a cloud's metadata service",
    words(
      "metadata.packet.net metadata.platformequinix.com metadata.tencentyun.com metadata.azure.com metadata.nicob.net"
    )
  ],
  [
    "it is known to answer with a loopback address",
    words(
      `localtest.me lvh.me vcap.me lacolhost.com localh.st localdomain.pw 127-0-0-1.org.uk bugbounty.dod.network
       fuf.me smackaho.st ulh.us mail.ebc.apple.com spoofed.burpcollaborator.net`
    )
  ],
  [
    "it is made to answer with another address each time",
    words("1u.ms rbndr.us rebind.network lock.cmpxchg8b.com")
  ],
  ["it is made to send on to whatever address its name or its path says", words("r3dir.me")]
]

/** Zones whose names resolve to the address written in them. */
const wildcardZones = words("nip.io sslip.io xip.io traefik.me")

const isUnderAny = (name: string, zones: ReadonlySet<string>): boolean => {
  for (let rest = name; ;) {
    if (zones.has(rest)) return true
    const dot = rest.indexOf(".")
    if (dot < 0) return false
    rest = rest.slice(dot + 1)
  }
}

const dottedQuad = /(?<![^.])(\d{1,3}(?:\.\d{1,3}){3})(?![^.])/g
const dashedQuad = /(?<![\w])(\d{1,3}(?:-\d{1,3}){3})(?![\w])/g
const dashedIpv6 = /(?<![\w])([0-9a-f-]*--[0-9a-f-]*)(?![\w])/g
const hexAddress = /(?<![\w])([0-9a-f]{8})(?![\w])/g
const base36Address = /(?:^|\.)([0-9a-z]{6,7})\.xip\.io$/

/** xip.io's short form: an address whose bytes are in reverse, to the base 36. */
const fromBase36 = (text: string): string => {
  const value = Number.parseInt(text, 36)
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff).join(".")
}

/** The addresses written in a name of a wildcard zone. */
const writtenIn = (name: string): ReadonlyArray<string> => {
  const short = base36Address.exec(name)?.[1]
  return [
    ...[...name.matchAll(dashedQuad)].map(([, quad]) => quad!.replaceAll("-", ".")),
    ...[...name.matchAll(hexAddress)].map(([, digits]) => `0x${digits!}`),
    ...[...name.matchAll(dashedIpv6)].map(([, groups]) => groups!.replaceAll("-", ":")),
    ...(short === undefined ? [] : [fromBase36(short)])
  ]
}

const refused = (reason: string): Refused => ({ allowed: false, rule: "name", reason })

/** A name that spells an address nobody may connect to is refused before anyone is asked what it resolves to. */
const refusedWithin = (name: string): Refused | undefined => {
  const quads = /\d/.test(name) ? [...name.matchAll(dottedQuad)].map(([, quad]) => quad!) : []
  for (const address of isUnderAny(name, wildcardZones) ? [...quads, ...writtenIn(name)] : quads) {
    const judged = judgeAddress(address)
    if (!judged.allowed && judged.address !== undefined)
      return { ...judged, reason: `the name spells an address: ${judged.reason}` }
  }
  return undefined
}

/**
 * Judges a host name by itself. An allowed one is no more than worth looking up: every address that it resolves to
 * is judged when it is connected to.
 *
 * @example judgeName("printer.local") // { allowed: false, rule: "name", reason: "…" }
 */
export const judgeName = (host: string): Judgement => {
  const name = host.toLowerCase().replace(/\.$/, "")
  const labels = name.split(".")
  if (labels.includes("")) return refused("a label of the name is empty")
  if (labels.length === 1) return refused("a single label is a name of the local network")
  const last = labels.at(-1)!
  if (neverPublic.has(last)) return refused(`.${last} is not in the public DNS`)
  const known = inside.find(([, zones]) => isUnderAny(name, zones))
  if (known !== undefined) return refused(known[0])
  return (
    refusedWithin(name) ?? {
      allowed: true,
      reason: "a public name, whose addresses are judged on connecting"
    }
  )
}
