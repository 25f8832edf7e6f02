/** Requests over connections that stay open: at a rate that does not wait for answers, or as fast as they come. */
import { connect, type Socket } from "node:net"
import { quantile } from "./machine.ts"

export interface Load {
  readonly host: string
  readonly port: number
  readonly key: string
  readonly connections: number
  readonly seconds: number
  readonly paths: ReadonlyArray<string>
}

/** So many requests are due in a second, whether those before were answered or not. */
export interface SteadyLoad extends Load {
  readonly perSecond: number
}

export interface Answered {
  /** Milliseconds from when each request was due to its answer. */
  readonly millis: ReadonlyArray<number>
  /** Statuses of answers other than 200, and how many there were of each; 0 for connections that broke. */
  readonly failed: ReadonlyMap<number, number>
  readonly perSecond: number
  /** Of one processor, what this process took meanwhile: what it takes, the server does without. */
  readonly ownShare: number
}

const headEnd = Buffer.from("\r\n\r\n")
const lengthPattern = /content-length: (\d+)/iu

interface Connection {
  readonly socket: Socket
  /** When the request was due that it waits for; undefined while it waits for none. */
  due: number | undefined
  answered: (status: number) => void
}

/** Calls with the status of each whole answer. Answers here always say how long they are. */
const answersOf = (answered: (status: number) => void) => {
  let missing = 0
  let head: Buffer = Buffer.alloc(0)
  let status = 0
  return (chunk: Buffer) => {
    if (missing === 0) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      const end = head.indexOf(headEnd)
      if (end === -1) return
      const text = head.toString("latin1", 0, end)
      status = Number(text.slice(9, 12))
      missing = Number(lengthPattern.exec(text)?.[1] ?? 0) - (head.length - end - headEnd.length)
      head = Buffer.alloc(0)
    } else missing -= chunk.length
    if (missing === 0) answered(status)
  }
}

const request = (host: string, key: string, path: string) =>
  `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`

/**
 * A connection over which something was asked once. A server may close those over which nothing ever came: of many that
 * take turns, the last one has its turn late.
 */
const open = ({ host, key, port }: Load) =>
  new Promise<Connection>((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => socket.write(request(host, key, "/healthz")))
    const connection: Connection = { socket, due: undefined, answered: () => resolve(connection) }
    socket.once("error", reject)
    socket.once("close", () => connection.answered(0))
    socket.on(
      "data",
      answersOf((status) => connection.answered(status))
    )
  })

/** Connections that count what is answered. `next` says what a connection that got its answer does. */
const counting = async (load: Load, next: (connection: Connection) => void) => {
  const millis: Array<number> = []
  const failed = new Map<number, number>()
  const opened = await Promise.all(Array.from({ length: load.connections }, () => open(load)))
  for (const connection of opened)
    connection.answered = (status) => {
      if (connection.due !== undefined) millis.push(performance.now() - connection.due)
      connection.due = undefined
      if (status !== 200) failed.set(status, (failed.get(status) ?? 0) + 1)
      if (status !== 0) next(connection)
    }
  const [began, used] = [performance.now(), process.cpuUsage()]
  /** Waits until nobody is owed an answer. */
  const ended = async (isOver: () => boolean): Promise<Answered> => {
    while (!isOver() && opened.some(({ socket }) => !socket.destroyed))
      await new Promise((resolve) => setTimeout(resolve, 5))
    const seconds = (performance.now() - began) / 1_000
    const { system, user } = process.cpuUsage(used)
    for (const { socket } of opened) {
      socket.removeAllListeners("close")
      socket.destroy()
    }
    return {
      millis,
      failed,
      perSecond: millis.length / seconds,
      ownShare: (system + user) / 1_000_000 / seconds
    }
  }
  return { opened, millis, began, ended }
}

/** Asks for the paths of a load, one after the other. */
const asking = ({ host, key, paths }: Load) => {
  let asked = 0
  return (connection: Connection, due: number) => {
    connection.due = due
    connection.socket.write(request(host, key, paths[asked++ % paths.length]!))
  }
}

/** Asks for so long, and waits for the last answer. Each connection has one request at a time, and all take turns. */
export const askAtRate = async (load: SteadyLoad): Promise<Answered> => {
  const { perSecond, seconds } = load
  const ask = asking(load)
  const waiting: Array<number> = []
  const free: Array<Connection> = []
  const { began, ended, millis, opened } = await counting(load, (connection) => {
    const next = waiting.shift()
    if (next === undefined) free.push(connection)
    else ask(connection, next)
  })
  free.push(...opened)
  /** Any that is there to be asked; those that broke are passed over. */
  const anyFree = () => {
    let connection = free.shift()
    while (connection?.socket.destroyed === true) connection = free.shift()
    return connection
  }
  const total = Math.round(perSecond * seconds)
  const dueAt = (index: number) => began + (index * 1_000) / perSecond
  for (let index = 0; index < total; index++) {
    const due = dueAt(index)
    const wait = Math.ceil(due - performance.now())
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const connection = anyFree()
    if (connection === undefined) waiting.push(due)
    else ask(connection, due)
  }
  return ended(() => millis.length >= total)
}

/** Each connection asks again as soon as it was answered, for so long: the most that there is to be had. */
export const askWithoutPause = async (load: Load): Promise<Answered> => {
  const ask = asking(load)
  const { began, ended, opened } = await counting(load, (connection) => {
    if (performance.now() - began < load.seconds * 1_000) ask(connection, performance.now())
  })
  for (const connection of opened) ask(connection, performance.now())
  return ended(() => opened.every(({ due }) => due === undefined))
}

/** `none`, or `3 times 503, 1 times a broken connection`. */
export const failures = ({ failed }: Answered): string =>
  failed.size === 0
    ? "none"
    : [...failed]
        .map(([status, times]) => `${times} times ${status === 0 ? "a broken connection" : status}`)
        .join(", ")

/** `p50 / p95 / p99` in milliseconds. */
export const percentiles = (millis: ReadonlyArray<number>): string =>
  [0.5, 0.95, 0.99].map((share) => quantile(millis, share).toFixed(2)).join(" / ")
