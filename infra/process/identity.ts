/** Telling processes apart: a process id is used again later, and means another process on another machine. */
import { readFileSync, readlinkSync } from "node:fs"

/** A process by its id and when it started, in the system's own ticks; `started` is empty where that is not known. */
export interface ProcessIdentity {
  readonly pid: number
  readonly started: string
}

const orEmpty = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ""
  }
}

/**
 * Where process ids mean the same processes as here: this boot of this machine, and the ids that a container has to
 * itself. Empty where the system does not say. The namespace alone will not do: outside containers it has the same
 * number on every machine.
 *
 * @see pid_namespaces(7) and `/proc/sys/kernel/random/boot_id` in proc_sys_kernel(5)
 */
export const placeOfPids = (): string =>
  orEmpty(() => {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`
  })

/**
 * When a process started. A process that has ended and whose parent has not asked yet still has a number, and no
 * start. See proc_pid_stat(5): field 22 is the start, field 3 the state, `Z` for such a process.
 */
export const startOf = (pid: number): string =>
  orEmpty(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The second field, the name, is in brackets and may hold anything, brackets too.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return state === "Z" ? "" : (rest[18] ?? "")
  })

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Whether a process of this place still runs. Only about one whose start is not known can it be mistaken. */
export const isRunning = ({ pid, started }: ProcessIdentity): boolean =>
  exists(pid) && (started === "" || started === startOf(pid))

/** Whose child this process is, who most often is whoever stops it: of a signal's sender the system tells nothing here. */
export const startedBy = (): { readonly parent: number; readonly parentName: string } => ({
  parent: process.ppid,
  parentName: orEmpty(() => readFileSync(`/proc/${process.ppid}/comm`, "utf8").trim())
})
