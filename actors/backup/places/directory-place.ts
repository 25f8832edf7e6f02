/**
 * A directory, such as one of another disk or of a mounted file server. What it was told is stored has been synced,
 * and the folder that names it too.
 */
import { constants } from "node:fs"
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises"
import { dirname, join, relative, sep } from "node:path"
import { Effect } from "effect"
import { oneByKey, type Place, PlaceFailed, type PlaceFault, type StoredObject } from "./place.ts"

const faults: Readonly<Record<string, PlaceFault>> = {
  EACCES: "refused",
  EPERM: "refused",
  EROFS: "refused",
  ENOTDIR: "refused",
  ENOSPC: "full",
  EDQUOT: "full",
  ETIMEDOUT: "slow",
  ENODEV: "unreachable",
  ESTALE: "unreachable",
  EHOSTDOWN: "unreachable"
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

/** Files that are being written: hidden, and of no key. */
const unfinished = ".unfinished-"

/** Answers with `undefined` where there is no such file. */
const orUndefined = async <A>(doing: Promise<A>): Promise<A | undefined> => {
  try {
    return await doing
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined
    throw cause
  }
}

const closing = async <A>(file: FileHandle, use: (file: FileHandle) => Promise<A>): Promise<A> => {
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const syncFolder = async (folder: string) =>
  closing(await open(folder, constants.O_RDONLY), (file) => file.sync())

/** Writes a file under a name that nobody looks for, synced. */
const writeUnfinished = async (path: string, bytes: Uint8Array): Promise<string> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = join(dirname(path), `${unfinished}${process.pid}-${crypto.randomUUID()}`)
  try {
    await closing(await open(temporary, "wx", 0o600), async (file) => {
      await file.writeFile(bytes)
      await file.sync()
    })
    return temporary
  } catch (cause) {
    await orUndefined(unlink(temporary))
    throw cause
  }
}

/** A link is made where there is none of that name, and by one alone. */
const create = async (path: string, bytes: Uint8Array): Promise<"stored" | "taken"> => {
  if ((await orUndefined(stat(path))) !== undefined) return "taken"
  const temporary = await writeUnfinished(path, bytes)
  try {
    await link(temporary, path)
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return "taken"
    throw cause
  } finally {
    await unlink(temporary)
  }
  await syncFolder(dirname(path))
  return "stored"
}

/** What was there before is overwritten where it lies, once nobody finds it any more. */
const exchange = async (path: string, bytes: Uint8Array): Promise<void> => {
  const temporary = await writeUnfinished(path, bytes)
  const before = await orUndefined(open(path, "r+"))
  await rename(temporary, path)
  await syncFolder(dirname(path))
  if (before === undefined) return
  await closing(before, async (file) => {
    const { size } = await file.stat()
    await file.write(Buffer.alloc(size), 0, size, 0)
    await file.sync()
  })
}

const filesUnder = async (root: string, prefix: string): Promise<ReadonlyArray<StoredObject>> => {
  // Everything that starts with the prefix is in the folder that it names, or begins to name.
  const folder = join(root, prefix.slice(0, prefix.lastIndexOf("/") + 1))
  const entries = (await orUndefined(readdir(folder, { recursive: true, withFileTypes: true }))) ?? []
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(
    paths.map(async (path) => {
      const size = (await orUndefined(stat(path)))?.size
      const key = relative(root, path).split(sep).join("/")
      return size === undefined || !key.startsWith(prefix) ? [] : [{ key, bytes: size }]
    })
  )
  return found.flat()
}

/**
 * A directory as a place. It is never made: a disk that is not mounted is not the same as an empty one.
 *
 * @example const place = directoryPlace("disk", "/mnt/backup")
 */
export const directoryPlace = (name: string, root: string): Place => {
  const attempt = <A>(operation: string, run: () => Promise<A>) =>
    Effect.tryPromise({
      try: async () => {
        await stat(root)
        return await run()
      },
      catch: (cause) => {
        const code = codeOf(cause)
        const found =
          code === "ENOENT"
            ? "no such folder: is the disk mounted?"
            : cause instanceof Error
              ? cause.message
              : String(cause)
        return new PlaceFailed({
          place: name,
          operation,
          fault: code === "ENOENT" ? "unreachable" : (faults[code] ?? "failed"),
          message: `expected ${root} to ${operation}, found ${found}`
        })
      }
    })
  const pathOf = (key: string) => join(root, ...key.split("/"))
  return {
    name,
    shown: root,
    fenced: Effect.succeed(true),
    putIfAbsent: (key, bytes) => attempt("store an object", () => create(pathOf(key), bytes)),
    replace: (key, bytes) => attempt("replace an object", () => exchange(pathOf(key), bytes)),
    get: (key) => attempt("hand out an object", () => orUndefined(readFile(pathOf(key)))),
    list: (prefix, after = "") =>
      attempt("list what it holds", async () =>
        (await filesUnder(root, prefix)).filter(({ key }) => key > after).toSorted(oneByKey)
      ),
    remove: (key) =>
      attempt("delete an object", async () => {
        await orUndefined(unlink(pathOf(key)))
      })
  }
}
