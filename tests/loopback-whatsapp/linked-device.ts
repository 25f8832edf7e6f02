import type { Bundle } from "./signal/identity.ts"
import type { LinkedDevice } from "./world.ts"

/** A bundle to open a session with the client; takes one of its one-time keys while there are any. */
export const bundleOf = (device: LinkedDevice): Bundle => ({
  registrationId: device.registrationId,
  identityKey: device.identityKey,
  signedPreKey: device.signedPreKey,
  preKey: device.preKeys.shift()
})
