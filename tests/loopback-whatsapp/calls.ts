import { address } from "./people.ts"
import { node } from "./protocol/nodes.ts"
import { linkedDevices, push } from "./push.ts"
import type { Person, World } from "./world.ts"

/** What happens in a call, in the order it usually does. */
export type CallEvent = "offer" | "accept" | "reject" | "terminate" | "timeout"

/** Tells the clients of `to` about a call of `from`. */
export const signalCall = (
  world: World,
  from: Person,
  to: Person,
  callId: string,
  event: CallEvent,
  isVideo = false
): void => {
  const caller = address(from, from.addressing)
  const tag = event === "timeout" ? "terminate" : event
  const content = node(
    tag,
    {
      "call-id": callId,
      "call-creator": caller,
      caller_pn: from.revealsOtherForm ? address(from, "pn") : undefined,
      reason: event === "timeout" ? "timeout" : undefined
    },
    isVideo ? [node("video")] : undefined
  )
  for (const device of linkedDevices(to))
    push(
      world,
      device,
      node(
        "call",
        { from: caller, id: world.ids.stanza("call"), t: world.clock.seconds(), notify: from.name },
        [content]
      )
    )
}
