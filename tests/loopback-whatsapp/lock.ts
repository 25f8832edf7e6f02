import { node, server } from "./protocol/nodes.ts"
import { linkedDevices, push } from "./push.ts"
import type { AccountState, World } from "./world.ts"

/** Forbids an account to write to new people until then, and tells its clients. */
export const lock = (world: World, account: AccountState, until: number): void => {
  account.lockedUntil = until
  const data = {
    xwa2_notify_account_reachout_timelock: {
      is_active: true,
      time_enforcement_ends: String(Math.floor(until / 1000)),
      enforcement_type: "BIZ_QUALITY"
    }
  }
  const update = node(
    "update",
    { op_name: "NotificationUserReachoutTimelockUpdate" },
    Buffer.from(JSON.stringify({ data }))
  )
  for (const device of linkedDevices(account.person))
    push(
      world,
      device,
      node(
        "notification",
        { from: server, type: "mex", id: world.ids.stanza("lock"), t: world.clock.seconds() },
        [update]
      )
    )
}
