/**
 * A nats-server whose disk is slower than the one there is: strace holds back every sync of its files inside
 * the server itself, and writes down each of them. A sync still does what it does; it begins later.
 *
 * With `sync_interval: always` nats-server calls fsync(2) once for each plain append, and four times for an
 * atomic batch of any size, which also writes two files that it opens with O_SYNC; those are not held back, nor
 * are they on the way of a plain append.
 *
 * @see strace(1), "Tampering"
 */
import { spawnSync } from "node:child_process"
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { Effect } from "effect"

export interface Disk {
  readonly name: string
  /** Milliseconds that each sync is held back; absent where the server runs without strace. */
  readonly heldBackMillis?: number
}

/** The disk as it is, the same under strace alone, which costs something by itself, and slower ones. */
export const disks: ReadonlyArray<Disk> = [
  { name: "as it is" },
  { name: "traced", heldBackMillis: 0 },
  { name: "traced, each sync 1 ms slower", heldBackMillis: 1 },
  { name: "traced, each sync 5 ms slower", heldBackMillis: 5 }
]

const syncCalls = "fsync,fdatasync,sync_file_range,msync,syncfs,sync"
const heldBackCalls = "fsync,fdatasync"

/** The path of a strace that works here, or why there is none. */
export const findStrace = (): { readonly path: string } | { readonly missing: string } => {
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "strace"))
    .find(isProgram)
  if (path === undefined)
    return { missing: "strace is not installed (on Debian and Ubuntu: apt-get install strace)" }
  const trial = spawnSync(path, ["-f", "--seccomp-bpf", "-e", "trace=fsync", "-o", "/dev/null", "true"])
  if (trial.status === 0) return { path }
  return { missing: `strace may not trace here: ${trial.stderr.toString().trim().split("\n").at(-1)}` }
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Until when a sync had been asked for, in milliseconds since the epoch, and how long it took. */
export interface Sync {
  readonly atMillis: number
  readonly tookMillis: number
}

/** Lines of `strace -f -ttt -T`; a call that another thread's came between has its time on a second line. */
const beginning = /^(\d+)\s+(\d+\.\d+) \w*sync\w*\(/
const end = /<(\d+\.\d+)>$/

const parseTrace = (text: string): ReadonlyArray<Sync> => {
  const syncs: Array<Sync> = []
  const begun = new Map<string, number>()
  for (const line of text.split("\n")) {
    const thread = line.slice(0, line.indexOf(" "))
    const began = beginning.exec(line)
    if (began !== null) begun.set(thread, Number(began[2]) * 1_000)
    const took = end.exec(line)
    const atMillis = begun.get(thread)
    if (took === null || atMillis === undefined) continue
    begun.delete(thread)
    syncs.push({ atMillis, tookMillis: Number(took[1]) * 1_000 })
  }
  return syncs
}

/**
 * A program that becomes nats-server on such a disk, under the same process id, so that whoever starts a
 * nats-server starts this one; and the syncs that it did, to be read once it has ended.
 */
export const serverOnDisk = Effect.fn("serverOnDisk")(function* (
  binary: string,
  strace: string,
  heldBackMillis: number
) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-slow-disk-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const trace = join(folder, "trace")
  const inject = `-e inject=${heldBackCalls}:delay_enter=${heldBackMillis * 1_000}`
  const options = `-D -f --seccomp-bpf -ttt -T -e signal=none -o '${trace}' -e trace=${syncCalls}`
  const program = join(folder, "nats-server")
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${strace}' ${options} ${heldBackMillis === 0 ? "" : inject} '${binary}' "$@"\n`
  )
  chmodSync(program, 0o755)
  /** The tracer writes its last lines after the server is gone. */
  const syncsOf = Effect.fnUntraced(function* (pid: number) {
    const gone = new RegExp(`^${pid} .*\\+\\+\\+ (exited|killed)`, "m")
    for (;;) {
      const text = yield* Effect.sync(() => readFileSync(trace, "utf8"))
      if (gone.test(text)) return parseTrace(text)
      yield* Effect.sleep(lookEveryMillis)
    }
  })
  return { program, syncsOf }
})

const lookEveryMillis = 10
