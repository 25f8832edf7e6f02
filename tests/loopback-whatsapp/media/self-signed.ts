import { createSign, generateKeyPairSync, randomBytes } from "node:crypto"

/** ASN.1 tags of the structures of RFC 5280 that a small certificate needs. */
const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87
} as const

const length = (size: number): Buffer => {
  if (size < 0x80) return Buffer.from([size])
  const bytes = Buffer.from(size.toString(16).padStart(size > 0xff ? 4 : 2, "0"), "hex")
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

const der = (tag: keyof typeof tags, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tags[tag]]), length(body.length), body])
}

/** Object identifiers, already encoded: ecdsa-with-SHA256, commonName, organizationName, subjectAltName, basicConstraints. */
const ecdsaWithSha256 = der("sequence", der("objectId", Buffer.from("2a8648ce3d040302", "hex")))
const commonName = der("objectId", Buffer.from("550403", "hex"))
const organizationName = der("objectId", Buffer.from("55040a", "hex"))
const subjectAlternativeName = der("objectId", Buffer.from("551d11", "hex"))
const basicConstraints = der("objectId", Buffer.from("551d13", "hex"))
const isTrue = Buffer.from([0x01, 0x01, 0xff])

const attribute = (type: Buffer, text: string): Buffer =>
  der("set", der("sequence", type, der("utf8String", Buffer.from(text))))

/** A name and, apart by a slash, an organisation: `R11/Let's Encrypt`. */
const name = (text: string): Buffer => {
  const [common = "", organisation] = text.split("/")
  const parts = organisation === undefined ? [] : [attribute(organizationName, organisation)]
  return der("sequence", ...parts, attribute(commonName, common))
}

/** RFC 5280: two digits of the year until 2049. */
const time = (date: Date): Buffer => {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`
  return date.getUTCFullYear() < 2_050
    ? der("utcTime", Buffer.from(digits.slice(2)))
    : der("generalizedTime", Buffer.from(digits))
}

const validity = (from: Date, to: Date): Buffer => der("sequence", time(from), time(to))

const extensions = (hosts: readonly string[]): Buffer => {
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host)
      ? der("ipAddress", Buffer.from(host.split(".").map(Number)))
      : der("dnsName", Buffer.from(host))
  )
  return der(
    "extensions",
    der(
      "sequence",
      der("sequence", basicConstraints, isTrue, der("octetString", der("sequence", isTrue))),
      der("sequence", subjectAlternativeName, der("octetString", der("sequence", ...names)))
    )
  )
}

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`

/** A key with its certificate, both PEM. */
export interface Issued {
  readonly key: string
  readonly certificate: string
}

export interface Wanted {
  /** Names or IPv4 addresses. */
  readonly hosts: readonly string[]
  readonly from?: Date
  readonly to?: Date
  /** What it calls itself: a name and, apart by a slash, an organisation. */
  readonly name?: string
  /** Who signs it; left out, it is its own authority. */
  readonly by?: Issued & { readonly name: string }
}

/** A new key and a certificate for it. */
export const issue = ({
  by,
  from = new Date(Date.UTC(2_020, 0)),
  hosts,
  name: own = "loopback",
  to = new Date(Date.UTC(2_099, 11, 31))
}: Wanted): Issued => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)])
  const toBeSigned = der(
    "sequence",
    der("version", der("integer", Buffer.from([2]))),
    der("integer", serial),
    ecdsaWithSha256,
    name(by?.name ?? own),
    validity(from, to),
    name(own),
    publicKey.export({ format: "der", type: "spki" }),
    extensions(hosts)
  )
  const signature = createSign("sha256")
    .update(toBeSigned)
    .sign(by?.key ?? privateKey)
  const signed = der("sequence", toBeSigned, ecdsaWithSha256, der("bitString", Buffer.from([0]), signature))
  return { key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(), certificate: pem(signed) }
}

/** A new key and a certificate for `hosts` (names or IPv4 addresses) that is its own authority; both PEM. */
export const selfSigned = (hosts: readonly string[]): Issued => issue({ hosts })
