import type { proto } from "@whiskeysockets/baileys"
import { offerPairing } from "./pairing.ts"
import { address } from "./people.ts"
import { node } from "./protocol/nodes.ts"
import { announceWaiting } from "./push.ts"
import { failureStanza, streamErrorStanza, type LoginFailure } from "./refusals.ts"
import type { Connection, LinkedDevice, World } from "./world.ts"

const refuse = (connection: Connection, reason: LoginFailure | number): void => {
  connection.send(failureStanza(reason))
  connection.end()
}

/** The device that logs in, if the server knows it under the Noise key that the client holds. */
const knownDevice = (
  world: World,
  connection: Connection,
  payload: proto.ClientPayload
): LinkedDevice | undefined => {
  const person = world.people.find(`${String(payload.username ?? "")}@s.whatsapp.net`)
  const device = person?.devices.get(Number(payload.device ?? 0))
  if (device?.kind !== "linked" || device.isRemoved) return undefined
  return connection.noiseKey?.equals(device.noiseKey) === true ? device : undefined
}

const welcome = (world: World, connection: Connection, device: LinkedDevice): void => {
  const replaced = device.connection
  device.connection = connection
  connection.device = device
  if (replaced?.isOpen() === true) {
    replaced.send(streamErrorStanza("replaced"))
    replaced.end()
  }
  connection.send(
    node("success", {
      t: world.clock.seconds(),
      lid: address(device.person, "lid", device.id),
      location: "loopback",
      props: "1",
      companion_enc_static: "0"
    })
  )
  announceWaiting(world, connection, device)
}

/** What the server does with the client's introduction: pairing, welcome or refusal. */
export const logIn = (world: World, connection: Connection, payload: proto.ClientPayload): void => {
  const scripted = world.faults.loginFailures.shift()
  if (scripted !== undefined) return refuse(connection, scripted)
  if (payload.devicePairingData) return offerPairing(world, connection, payload.devicePairingData)
  const device = knownDevice(world, connection, payload)
  if (device === undefined) return refuse(connection, "logged out")
  welcome(world, connection, device)
}
