/**
 * How long stopping may take, in seconds: the projector's transaction, the actors' leases and nats-server's store
 * end one after the other, each in milliseconds unless the disk hangs.
 */
export const stopSecondsMax = 20
