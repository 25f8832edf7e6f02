/** What one process lives through while people talk, and how it ends. */
import type { StreamError } from "../../loopback-whatsapp/index.ts"
import type { Child } from "./child.ts"
import type { Guard } from "./life.ts"
import type { Death, Point } from "./points.ts"
import { makeProgress } from "./progress.ts"
import type { Traffic } from "./traffic.ts"
import { until, type World } from "./world.ts"

/** So many messages may wait for a process before people fall silent. */
const waitingMax = 8
/** Said while nobody listens, at the beginning of each life. */
const saidAhead = 2

/** The errors after which it comes back by itself. */
export const passingErrors = [
  "restart",
  "timed out",
  "internal error",
  "not well formed",
  "unavailable",
  "end"
] as const satisfies ReadonlyArray<StreamError>

/** Those after which it waits for the operator. */
export const stayingErrors = [
  "replaced",
  "too many requests",
  "forbidden",
  "downgrade"
] as const satisfies ReadonlyArray<StreamError>

export interface LivesOptions {
  readonly world: World
  readonly traffic: Traffic
  /** How many messages are said in one life at most. */
  readonly saidMax: number
  readonly without?: Guard
}

export const makeLives = ({ saidMax, traffic, without, world }: LivesOptions) => {
  const { me, whatsApp } = world
  const start = (death?: Death): Child =>
    world.start({
      ...(death === undefined ? {} : { death }),
      ...(without === undefined ? {} : { without })
    })
  const waiting = () => me.client().waiting().length

  const owed = makeProgress(world.events)

  /** Everything that was said has been taken, decided upon, and answered. */
  const isAtRest = async () => {
    if (waiting() > 0 || world.journalled() > 0) return false
    return (await world.hasReadAll()) && owed() === 0
  }

  const isConnected = () => me.client().isConnected()

  /** People go on talking, a few messages ahead of what is taken. */
  const talk = async (times: number, child: Child) => {
    for (let n = 0; n < times && !child.isGone(); n++) {
      await traffic.sayNext()
      await until("what was said is taken", () => child.isGone() || waiting() <= waitingMax)
    }
  }

  const sayAhead = async () => {
    for (let n = 0; n < saidAhead; n++) await traffic.sayNext()
  }

  /** Whether WhatsApp tells, by acknowledgements and receipts, what it has got. */
  const tells = (does: boolean) => {
    for (const phone of [me, ...traffic.people]) phone.receipts(does ? "delivered" : "none")
    if (does) whatsApp.releaseAcks()
    else whatsApp.faults.acks.isHeld = true
  }

  /** Lives until it dies at a point; is ended from outside where it never comes there. */
  const dieAt = async (death: Death): Promise<Point | undefined> => {
    if (death.point !== "unanswered") return await dieAmongTalk(death)
    tells(false)
    const died = await dieAmongTalk(death)
    tells(true)
    return died
  }

  const dieAmongTalk = async (death: Death): Promise<Point | undefined> => {
    await sayAhead()
    const child = start(death)
    await child.ready
    await talk(saidMax - saidAhead, child)
    await until("it dies or comes to rest", async () => child.isGone() || (await isAtRest()))
    return child.isGone() ? child.gone : child.kill()
  }

  /**
   * Is killed at the moment at which the other side reads a message of ours: which is `taken`, and delivered, though
   * nobody hears of it, or `lost`. No receipt tells of it afterwards.
   */
  const shotAtMessage = async (fate: "taken" | "lost"): Promise<boolean> => {
    tells(false)
    const child = start()
    await child.ready
    let shot = false
    whatsApp.faults.add(
      "in",
      ({ tag }) => {
        if (tag !== "message" || shot) return false
        shot = true
        child.signal("SIGKILL")
        return true
      },
      fate === "taken" ? "handle, then drop" : "drop",
      1
    )
    await talk(saidMax, child)
    await until("it is shot or comes to rest", async () => child.isGone() || (await isAtRest()))
    if (!child.isGone()) await child.kill()
    whatsApp.faults.clear()
    tells(true)
    return shot
  }

  /** Meets a stream error; after some of them an operator tells it to connect again. */
  const meet = async (error: StreamError): Promise<void> => {
    const child = start()
    await child.ready
    await until("it is connected", isConnected)
    const before = me.client().device.connection
    await talk(saidMax - saidAhead, child)
    me.client().streamError(error)
    await sayAhead()
    await until("the connection ends", () => me.client().device.connection !== before || !isConnected())
    if ((stayingErrors as ReadonlyArray<string>).includes(error)) {
      await world.untilState(({ state }) => state === "closed" || state === "refused")
      await world.reconnect()
    }
    await until("it is connected again", () => me.client().device.connection !== before && isConnected())
    await until("it comes to rest", isAtRest)
    await child.kill()
  }

  /** Is paused while people talk, and once in two times cut off meanwhile. */
  const stall = async (times: number): Promise<void> => {
    const child = start()
    await child.ready
    await until("it is connected", isConnected)
    for (let n = 0; n < times; n++) {
      await talk(saidMax - saidAhead, child)
      child.signal("SIGSTOP")
      await sayAhead()
      if (n % 2 === 1) me.client().drop()
      child.signal("SIGCONT")
      await until("what was said is taken", () => waiting() === 0)
    }
    await until("it comes to rest", isAtRest)
    await child.kill()
  }

  /** The line breaks before a receipt is heard: what was read, and is in the log, is delivered again. */
  const replay = async (times: number): Promise<void> => {
    const child = start()
    await child.ready
    await until("it is connected", isConnected)
    for (let n = 0; n < times; n++) {
      await talk(saidMax - saidAhead, child)
      whatsApp.faults.add("in", ({ tag }) => tag === "receipt", "drop", 1)
      await sayAhead()
      await until("what was said is taken", () => waiting() === 0)
    }
    whatsApp.faults.clear()
    await until("it comes to rest", isAtRest)
    await child.kill()
  }

  /** Gets messages that do not open, and asks for them again. */
  const misread = async (times: number): Promise<void> => {
    const child = start()
    await child.ready
    await until("it is connected", isConnected)
    for (let n = 0; n < times; n++) {
      await traffic.sayNext(n % 2 === 0 ? "corrupted" : "unknown session")
      await until("it was said again, and is taken", isAtRest)
    }
    await child.kill()
  }

  /** Nothing happens to it but talk, until all is at rest. */
  const rest = async (more = 0): Promise<void> => {
    const child = start()
    await child.ready
    await talk(more, child)
    await until("all comes to rest", isAtRest)
    await child.kill()
  }

  return {
    start,
    dieAt,
    shotAtMessage,
    meet,
    stall,
    replay,
    misread,
    rest,
    isAtRest,
    talk,
    sayAhead,
    isConnected
  }
}

export type Lives = ReturnType<typeof makeLives>
