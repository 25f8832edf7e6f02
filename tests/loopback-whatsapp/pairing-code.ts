import {
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  Curve,
  derivePairingCodeKey,
  hkdf
} from "@whiskeysockets/baileys"
import { randomBytes } from "node:crypto"
import { completePairing } from "./pairing.ts"
import { bytes, child, failure, node, result, server, type Node } from "./protocol/nodes.ts"
import type { AccountState, CodeFlow, Connection, World } from "./world.ts"

const nothing = Buffer.alloc(0)

/** The client's first step: its ephemeral key wrapped under a code that only its user sees. */
const hello = (world: World, connection: Connection, stanza: Node, request: Node): void => {
  const person = world.people.find(request.attrs.jid)
  const account = person === undefined ? undefined : world.accounts.get(person)
  if (account === undefined || connection.pairing === undefined) {
    connection.send(failure(stanza, "404", "item-not-found"))
    return
  }
  const reference = world.ids.stanza("code")
  connection.pairing.code = {
    account,
    reference,
    wrappedCompanionKey: bytes(child(request, "link_code_pairing_wrapped_companion_ephemeral_pub")),
    companionKey: undefined,
    primaryKey: undefined,
    settle: undefined
  }
  connection.send(
    result(stanza, [
      node("link_code_companion_reg", { stage: "companion_hello" }, [
        node("link_code_pairing_ref", {}, Buffer.from(reference))
      ])
    ])
  )
}

/** The secret that both sides derive from two exchanges and the client's random bytes. */
const advSecret = (flow: CodeFlow, companionKey: Buffer, wrapped: Buffer): Uint8Array => {
  const { account, primaryKey } = flow
  if (primaryKey === undefined) throw new Error("expected a code that was entered, found none")
  const identity = account.phone.identity
  const shared = Curve.sharedKey(primaryKey.private, companionKey)
  const bundleKey = hkdf(shared, 32, {
    salt: wrapped.subarray(0, 32),
    info: "link_code_pairing_key_bundle_encryption_key"
  })
  const bundle = aesDecryptGCM(wrapped.subarray(44), bundleKey, wrapped.subarray(32, 44), nothing)
  const companionIdentity = bundle.subarray(0, 32)
  const random = bundle.subarray(64, 96)
  const identityShared = Curve.sharedKey(identity.private, companionIdentity)
  return hkdf(Buffer.concat([shared, identityShared, random]), 32, { info: "adv_secret" })
}

/** The client's last step: the key bundle, readable only if the code that was entered is the code it showed. */
const finish = (world: World, connection: Connection, stanza: Node, request: Node): void => {
  const flow = connection.pairing?.code
  const companionKey = flow?.companionKey
  if (flow === undefined || companionKey === undefined) {
    connection.send(failure(stanza, "400", "bad-request"))
    return
  }
  const wrapped = bytes(child(request, "link_code_pairing_wrapped_key_bundle"))
  let secret: Uint8Array
  try {
    secret = advSecret(flow, companionKey, wrapped)
  } catch {
    connection.send(failure(stanza, "401", "not-authorized"))
    flow.settle?.reject(new Error("expected the code that the client shows, found another one"))
    return
  }
  connection.send(result(stanza))
  completePairing(world, connection, flow.account, secret)
  flow.settle?.resolve()
}

export const answerCodeFlow = (world: World, connection: Connection, stanza: Node): void => {
  const request = child(stanza, "link_code_companion_reg")
  if (request === undefined) return
  if (request.attrs.stage === "companion_hello") hello(world, connection, stanza, request)
  else finish(world, connection, stanza, request)
}

/**
 * What a phone does when its owner enters the code that a client shows. Rejects if no client waits for this
 * account, or if the code is not the client's.
 */
export const enterPairingCode = async (world: World, account: AccountState, code: string): Promise<void> => {
  const connection = [...world.connections].find(
    ({ isOpen, pairing }) => isOpen() && pairing?.code?.account === account
  )
  const flow = connection?.pairing?.code
  if (connection === undefined || flow === undefined)
    throw new Error(`expected a client that asked for a pairing code of ${account.person.pn}, found none`)
  const wrapped = flow.wrappedCompanionKey
  const companionSecret = await derivePairingCodeKey(code, wrapped.subarray(0, 32))
  flow.companionKey = aesDecryptCTR(wrapped.subarray(48, 80), companionSecret, wrapped.subarray(32, 48))
  const primaryKey = Curve.generateKeyPair()
  flow.primaryKey = primaryKey
  const salt = randomBytes(32)
  const counter = randomBytes(16)
  const wrappedPrimary = aesEncryptCTR(primaryKey.public, await derivePairingCodeKey(code, salt), counter)
  const settled = new Promise<void>((resolve, reject) => {
    flow.settle = { resolve, reject }
  })
  connection.send(
    node(
      "notification",
      {
        from: server,
        type: "link_code_companion_reg",
        id: world.ids.stanza("code"),
        t: world.clock.seconds()
      },
      [
        node("link_code_companion_reg", { stage: "primary_hello" }, [
          node(
            "link_code_pairing_wrapped_primary_ephemeral_pub",
            {},
            Buffer.concat([salt, counter, wrappedPrimary])
          ),
          node("primary_identity_pub", {}, account.phone.identity.public),
          node("link_code_pairing_ref", {}, Buffer.from(flow.reference))
        ])
      ]
    )
  )
  await settled
}
