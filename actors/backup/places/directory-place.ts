/**
 * A directory, such as one of another disk or of a mounted file server. What it was told is stored has been synced,
 * and the folder that names it too.
 */
import { readdir, readFile, stat, unlink } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { Effect } from "effect"
import { codeOf, create, destroyUnfinished, exchange, orUndefined, takesLinks } from "./directory-files.ts"
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

/** Everything that starts with a prefix is in the folder that it names, or begins to name. */
const folderOf = (root: string, prefix: string): string =>
  join(root, prefix.slice(0, prefix.lastIndexOf("/") + 1))

const filesUnder = async (root: string, prefix: string): Promise<ReadonlyArray<StoredObject>> => {
  const entries =
    (await orUndefined(readdir(folderOf(root, prefix), { recursive: true, withFileTypes: true }))) ?? []
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
  let known: boolean | undefined
  const links = async () => (known ??= await takesLinks(root))
  return {
    name,
    shown: root,
    fenced: attempt("take a condition", links),
    putIfAbsent: (key, bytes) =>
      attempt("store an object", async () => create(pathOf(key), bytes, await links())),
    replace: (key, bytes) => attempt("replace an object", () => exchange(pathOf(key), bytes)),
    get: (key) => attempt("hand out an object", () => orUndefined(readFile(pathOf(key)))),
    list: (prefix, after = "") =>
      attempt("list what it holds", async () =>
        (await filesUnder(root, prefix)).filter(({ key }) => key > after).toSorted(oneByKey)
      ),
    remove: (key) =>
      attempt("delete an object", async () => {
        await orUndefined(unlink(pathOf(key)))
      }),
    discardUnfinished: (prefix) =>
      attempt("discard what was left unfinished", () => destroyUnfinished(folderOf(root, prefix)))
  }
}
