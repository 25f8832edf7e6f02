import { Curve } from "@whiskeysockets/baileys"
import { address } from "./people.ts"
import { node, type Node } from "./protocol/nodes.ts"
import { linkedDevices, push } from "./push.ts"
import { makeSignalIdentity } from "./signal/identity.ts"
import { makeSenderKeysOfOthers } from "./signal/sender-key.ts"
import { deviceName, makeSimulatedDevice } from "./simulated-device.ts"
import type { Person, SimulatedDevice, World } from "./world.ts"

const tellEveryClient = (world: World, person: Person, type: string, content: Node): void => {
  for (const other of world.people.all())
    for (const device of linkedDevices(other))
      push(
        world,
        device,
        node(
          "notification",
          {
            from: address(person, person.addressing),
            id: world.ids.stanza(type),
            type,
            t: world.clock.seconds()
          },
          [content]
        )
      )
}

const deviceNode = (person: Person, id: number): Node =>
  node("device", { jid: address(person, person.addressing, id), "key-index": String(id) })

export const addDevice = (world: World, person: Person, id: number): void => {
  if (person.devices.has(id)) throw new Error(`expected a new device of ${person.name}, found ${id} in use`)
  person.devices.set(id, makeSimulatedDevice(person, id, 1 + world.ids.number(16_380)))
  tellEveryClient(world, person, "devices", node("add", { device_hash: `2:${id}` }, [deviceNode(person, id)]))
}

export const removeDevice = (world: World, person: Person, id: number): void => {
  person.devices.delete(id)
  tellEveryClient(
    world,
    person,
    "devices",
    node("remove", { device_hash: `2:${id}` }, [deviceNode(person, id)])
  )
}

/** Gives a device new keys and takes its sessions away, as after installing the app anew. */
export const reinstall = (world: World, device: SimulatedDevice): void => {
  const identity = Curve.generateKeyPair()
  device.identity = identity
  device.signal = makeSignalIdentity(deviceName(device), 1 + world.ids.number(16_380), identity)
  device.senderKeys.clear()
  device.othersSenderKeys = makeSenderKeysOfOthers()
  tellEveryClient(world, device.person, "encrypt", node("identity"))
}
