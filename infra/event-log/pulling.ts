/** How messages are asked of the server, by whoever reads. */

/** How long a silent reader waits before it asks whether its consumer still exists. */
export const idleHeartbeatMillis = 2_000
/** How long one pull request stays open at the server. */
export const pullExpiresMillis = 10_000
/** How long the server keeps the consumer of a reader that went away. */
export const abandonedAfterMillis = 30_000
