import { Curve, type KeyPair } from "@whiskeysockets/baileys"
import { makeScreen } from "./screen.ts"
import { makeSignalIdentity } from "./signal/identity.ts"
import { makeSenderKeysOfOthers } from "./signal/sender-key.ts"
import type { Person, SimulatedDevice } from "./world.ts"

/** A name for a device's sessions and sender keys: the same under both forms of its owner. */
export const deviceName = ({ person, id }: { readonly person: Person; readonly id: number }): string =>
  `${person.lid}:${id}`

export const makeSimulatedDevice = (
  person: Person,
  id: number,
  registrationId: number,
  identity: KeyPair = Curve.generateKeyPair()
): SimulatedDevice => ({
  kind: "simulated",
  person,
  id,
  identity,
  signal: makeSignalIdentity(`${person.lid}:${id}`, registrationId, identity),
  senderKeys: new Map(),
  othersSenderKeys: makeSenderKeysOfOthers(),
  screen: makeScreen(),
  sent: new Map(),
  held: [],
  isOnline: true,
  receipts: "delivered",
  answersRetries: true,
  failures: 0,
  work: Promise.resolve()
})
