/** Requests over connections that stay open, at a rate that does not wait for answers. */
import { connect, type Socket } from "node:net"
import { quantile } from "./machine.ts"

export interface Load {
  readonly host: string
  readonly port: number
  readonly key: string
  readonly connections: number
  /** Requests that are due in a second, whether those before were answered or not. */
  readonly perSecond: number
  readonly seconds: number
  readonly paths: ReadonlyArray<string>
}

export interface Answered {
  /** Milliseconds from when each request was due to its answer. */
  readonly millis: ReadonlyArray<number>
  /** Statuses of answers other than 200. */
  readonly failed: ReadonlyArray<number>
  readonly perSecond: number
}

const headEnd = Buffer.from("\r\n\r\n")
const lengthPattern = /content-length: (\d+)/iu

interface Connection {
  readonly socket: Socket
  /** When the request was due that it waits for. */
  due: number
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

const open = (host: string, port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.once("error", reject)
  })

/** Asks for so long, and waits for the last answer. Each connection has one request at a time, and all take turns. */
export const askAtRate = async (load: Load): Promise<Answered> => {
  const { connections, host, key, paths, perSecond, port, seconds } = load
  const millis: Array<number> = []
  const failed: Array<number> = []
  const free: Array<Connection> = []
  const waiting: Array<number> = []
  let asked = 0
  const ask = (connection: Connection, due: number) => {
    connection.due = due
    const path = paths[asked++ % paths.length]!
    connection.socket.write(`GET ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\n\r\n`)
  }
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(host, port)))
  for (const socket of sockets) {
    const connection: Connection = { socket, due: 0 }
    const read = answersOf((status) => {
      millis.push(performance.now() - connection.due)
      if (status !== 200) failed.push(status)
      const next = waiting.shift()
      if (next === undefined) free.push(connection)
      else ask(connection, next)
    })
    socket.on("data", read)
    free.push(connection)
  }
  const total = Math.round(perSecond * seconds)
  const began = performance.now()
  let due = 0
  while (due < total) {
    for (; due < total && began + (due * 1_000) / perSecond <= performance.now(); due++) {
      const moment = began + (due * 1_000) / perSecond
      const connection = free.shift()
      if (connection === undefined) waiting.push(moment)
      else ask(connection, moment)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  while (millis.length < total) await new Promise((resolve) => setTimeout(resolve, 5))
  const took = (performance.now() - began) / 1_000
  for (const socket of sockets) socket.destroy()
  return { millis, failed, perSecond: total / took }
}

/** `p50 / p95 / p99` in milliseconds. */
export const percentiles = (millis: ReadonlyArray<number>): string =>
  [0.5, 0.95, 0.99].map((share) => quantile(millis, share).toFixed(2)).join(" / ")
