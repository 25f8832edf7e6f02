import { Curve, hmacSign, proto, WA_ADV_ACCOUNT_SIG_PREFIX } from "@whiskeysockets/baileys"
import { address } from "./people.ts"
import { node, server } from "./protocol/nodes.ts"
import { makeQueue } from "./queue.ts"
import type { AccountState, Connection, LinkedDevice, World } from "./world.ts"

/** How many QR codes a client may show before it has to connect anew. */
const referencesPerConnection = 6

const unsigned = (bytes: Uint8Array | null | undefined): number =>
  [...(bytes ?? [])].reduce((total, byte) => total * 256 + byte, 0)

/** Answers a registration with the references that the QR codes will carry. */
export const offerPairing = (
  world: World,
  connection: Connection,
  registration: proto.ClientPayload.IDevicePairingRegistrationData
): void => {
  const references = Array.from({ length: referencesPerConnection }, () => world.ids.stanza("ref"))
  connection.pairing = { references, registration, code: undefined, paired: undefined }
  connection.send(
    node("iq", { from: server, type: "set", id: world.ids.stanza("pair"), xmlns: "md" }, [
      node(
        "pair-device",
        {},
        references.map((reference) => node("ref", {}, Buffer.from(reference)))
      )
    ])
  )
}

const newDevice = (
  account: AccountState,
  noiseKey: Buffer,
  registration: proto.ClientPayload.IDevicePairingRegistrationData
): LinkedDevice => ({
  kind: "linked",
  person: account.person,
  id: account.nextDeviceId++,
  registrationId: unsigned(registration.eRegid),
  identityKey: Buffer.from(registration.eIdent ?? []),
  noiseKey,
  signedPreKey: {
    keyId: unsigned(registration.eSkeyId),
    publicKey: Buffer.from(registration.eSkeyVal ?? []),
    signature: Buffer.from(registration.eSkeySig ?? [])
  },
  preKeys: [],
  queue: makeQueue(),
  connection: undefined,
  isRemoved: false,
  isIntroduced: false
})

/** The phone's signature over the new device, sealed with the secret that only the client and the phone share. */
const signedIdentity = (
  account: AccountState,
  device: LinkedDevice,
  secret: Uint8Array,
  seconds: number
): Uint8Array => {
  const { identity } = account.phone
  const details = proto.ADVDeviceIdentity.encode({
    rawId: 1,
    timestamp: seconds,
    keyIndex: device.id
  }).finish()
  const signed = Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, details, device.identityKey])
  const signedDetails = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: identity.public,
    accountSignature: Curve.sign(identity.private, signed)
  }).finish()
  return proto.ADVSignedDeviceIdentityHMAC.encode({
    details: signedDetails,
    hmac: hmacSign(Buffer.from(signedDetails), Buffer.from(secret))
  }).finish()
}

/** What the phone does once it trusts the client: it signs the new device, and the server tells the client. */
export const completePairing = (
  world: World,
  connection: Connection,
  account: AccountState,
  secret: Uint8Array
): LinkedDevice => {
  const { noiseKey, pairing } = connection
  if (pairing === undefined || noiseKey === undefined)
    throw new Error("expected a client that waits to be paired, found none")
  const device = newDevice(account, noiseKey, pairing.registration)
  pairing.paired = device
  const content = signedIdentity(account, device, secret, Number(world.clock.seconds()))
  connection.send(
    node(
      "iq",
      {
        from: server,
        type: "set",
        id: world.ids.stanza("pair"),
        t: world.clock.seconds()
      },
      [
        node("pair-success", {}, [
          node("device-identity", {}, content),
          node("device", {
            jid: address(account.person, "pn", device.id),
            lid: address(account.person, "lid", device.id)
          }),
          node("platform", { name: "android" })
        ])
      ]
    )
  )
  return device
}

/** The client has countersigned: it is a device from now on, and is told to connect anew (515). */
export const acceptSignature = (connection: Connection): void => {
  const device = connection.pairing?.paired
  if (device === undefined) throw new Error("expected a signature of a device being paired, found none")
  device.person.devices.set(device.id, device)
  connection.send(node("stream:error", { code: "515" }))
  connection.end()
}

/** The parts of a QR code: reference, Noise key, identity key, shared secret. */
export interface QrCode {
  readonly reference: string
  readonly noiseKey: Buffer
  readonly identityKey: Buffer
  readonly secret: Buffer
}

export const readQr = (qr: string): QrCode => {
  const [reference, noiseKey, identityKey, secret] = qr.replace(/^https?:\/\/[^#]*#/, "").split(",")
  if (!reference || !noiseKey || !identityKey || !secret)
    throw new Error(
      "expected a QR code of four parts (reference, Noise key, identity key, secret), found fewer"
    )
  return {
    reference,
    noiseKey: Buffer.from(noiseKey, "base64"),
    identityKey: Buffer.from(identityKey, "base64"),
    secret: Buffer.from(secret, "base64")
  }
}

/** What a phone does with a QR code it sees; the device that came of it. */
export const scanQr = (world: World, account: AccountState, qr: string): LinkedDevice => {
  const { identityKey, noiseKey, reference, secret } = readQr(qr)
  const connection = [...world.connections].find(({ pairing }) => pairing?.references.includes(reference))
  if (connection === undefined || !connection.isOpen())
    throw new Error(`expected a client that waits under reference ${reference}, found none: the code is old`)
  const identity = connection.pairing?.registration.eIdent ?? []
  if (connection.noiseKey?.equals(noiseKey) !== true || !identityKey.equals(Buffer.from(identity)))
    throw new Error("expected the keys of the waiting client in the QR code, found others")
  return completePairing(world, connection, account, secret)
}
