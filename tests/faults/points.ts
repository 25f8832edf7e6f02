/**
 * The instants at which a process is killed. A life of the system is given one of them and a seed; the seed
 * says at which passing of that point it dies, so that a run can be repeated.
 */
import { writeSync } from "node:fs"

/** Every instant, and how often it may be passed before the kill: more where it is passed more often. */
export const points = {
  /** Facts are about to be sent to the server, which has not got them. */
  "before-append": 16,
  /** The server has stored facts, and the caller has not heard of it. */
  "append-ack": 16,
  /** A scan's result is about to be stored: its input is in work and not acknowledged. */
  "before-scan": 4,
  /** A data key is durable, and no event that uses it is in the log. */
  "key-event": 8,
  /** A claim is in the log, and nothing has been written to the socket. */
  claimed: 4,
  /** The other side has the message, and no outcome is in the log. */
  "socket-write": 4,
  /** The outcome is in the log, and nobody has folded it. */
  "outcome-fold": 4,
  /** A read model has folded an event of a transaction that is not committed. */
  "mid-projection": 24
} as const

export type Point = keyof typeof points
export const pointNames = Object.keys(points) as ReadonlyArray<Point>

/** A death at a point: at one of its first passings, as many as the point says, or `within` does. */
export interface Death {
  readonly point: Point
  readonly seed: number
  readonly within?: number
}

/** A small generator with good spread, for seeds that follow one another. */
export const mix = (seed: number): number => {
  let at = (seed + 0x9e3779b9) | 0
  at = Math.imul(at ^ (at >>> 16), 0x21f0aaad)
  at = Math.imul(at ^ (at >>> 15), 0x735a2d97)
  return (at ^ (at >>> 15)) >>> 0
}

export interface Trap {
  /** Dies here, if this is the point and the time has come. */
  readonly pass: (point: Point) => void
  readonly point: Point | undefined
}

/** Says where it dies and dies, without a moment in which anything else could run. */
const die = (point: Point, victims: ReadonlyArray<number>): void => {
  writeSync(1, `${JSON.stringify({ said: "dying", point })}\n`)
  for (const pid of victims) process.kill(pid, "SIGKILL")
  process.kill(process.pid, "SIGKILL")
}

/** `alsoKill` are processes that die first, such as an embedded nats-server. */
export const makeTrap = (
  death: Death | undefined,
  alsoKill: () => ReadonlyArray<number> = () => []
): Trap => {
  let left = death === undefined ? Infinity : 1 + (mix(death.seed) % (death.within ?? points[death.point]))
  return {
    point: death?.point,
    pass: (point) => {
      if (point !== death?.point) return
      left -= 1
      if (left <= 0) die(point, alsoKill())
    }
  }
}
