/**
 * Files of a directory that are whole or not there: each is written under a name that nobody looks for, synced, and
 * only then gets its own. What a writer that was killed left under such a name is found again, and destroyed.
 */
import { constants } from "node:fs"
import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

/** Files that are being written: hidden, and of no key. */
const unfinished = ".unfinished-"
/** The same where something is there already: they may hold keys, and never have another name beside. */
const replacing = ".replacing-"
/** The names under which this process writes now. */
const beingWritten = new Set<string>()

/** What file systems say to a second name for a file where they have none: exFAT, and some of what is mounted. */
const noLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])

export const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

/** Answers with `undefined` where there is no such file. */
export const orUndefined = async <A>(doing: Promise<A>): Promise<A | undefined> => {
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

/** Overwrites a file where it lies. */
const overwrite = async (file: FileHandle) => {
  const { size } = await file.stat()
  await file.write(Buffer.alloc(size), 0, size, 0)
  await file.sync()
}

/** Leaves nothing of a file that was being written. */
const destroy = async (path: string) => {
  if (basename(path).startsWith(unfinished)) return await orUndefined(unlink(path))
  const file = await orUndefined(open(path, "r+"))
  if (file === undefined) return
  await closing(file, overwrite)
  await unlink(path)
}

/** Uses a name that nobody looks for in the folder of a path, for as long as `use` takes. */
const hidden = async <A>(kind: string, path: string, use: (hidden: string) => Promise<A>): Promise<A> => {
  const name = `${kind}${process.pid}-${crypto.randomUUID()}`
  beingWritten.add(name)
  try {
    return await use(join(dirname(path), name))
  } finally {
    beingWritten.delete(name)
  }
}

/** Writes a file under such a name, synced, and has it named. Where that fails nothing is left of it. */
const written = <A>(
  kind: string,
  path: string,
  bytes: Uint8Array,
  named: (hidden: string) => Promise<A>
): Promise<A> =>
  hidden(kind, path, async (temporary) => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    try {
      await closing(await open(temporary, "wx", 0o600), async (file) => {
        await file.writeFile(bytes)
        await file.sync()
      })
      return await named(temporary)
    } catch (cause) {
      // Why it failed is what counts; what cannot be destroyed now is found again later.
      await destroy(temporary).catch(() => {})
      throw cause
    }
  })

/** Whether a file can have a second name in a folder: one alone of two who would give it the same. */
export const takesLinks = (folder: string): Promise<boolean> =>
  written(unfinished, join(folder, "probe"), Buffer.alloc(0), (temporary) =>
    hidden(unfinished, temporary, async (other) => {
      try {
        await link(temporary, other)
        await unlink(other)
        return true
      } catch (cause) {
        if (noLinks.has(codeOf(cause))) return false
        throw cause
      } finally {
        await unlink(temporary)
      }
    })
  )

/** A link is made where there is none of that name, and by one alone. */
const linkTo = async (temporary: string, path: string): Promise<"stored" | "taken"> => {
  try {
    await link(temporary, path)
    return "stored"
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return "taken"
    throw cause
  } finally {
    await unlink(temporary)
  }
}

/** Creates a file where there is none. Without links there is a moment between looking and naming it. */
export const create = async (
  path: string,
  bytes: Uint8Array,
  links: boolean
): Promise<"stored" | "taken"> => {
  if ((await orUndefined(stat(path))) !== undefined) return "taken"
  const outcome = await written(unfinished, path, bytes, async (temporary) => {
    if (links) return await linkTo(temporary, path)
    await rename(temporary, path)
    return "stored"
  })
  if (outcome === "stored") await syncFolder(dirname(path))
  return outcome
}

/** What was there before is overwritten where it lies, once nobody finds it any more. */
export const exchange = (path: string, bytes: Uint8Array): Promise<void> =>
  written(replacing, path, bytes, async (temporary) => {
    const before = await orUndefined(open(path, "r+"))
    const named = async () => {
      await rename(temporary, path)
      await syncFolder(dirname(path))
    }
    if (before === undefined) return await named()
    await closing(before, async (file) => {
      await named()
      await overwrite(file)
    })
  })

/**
 * Destroys what writers that were killed left in a folder and below. It is moved first: one that lives after all finds
 * it gone, and writes anew.
 */
export const destroyUnfinished = async (folder: string): Promise<void> => {
  const entries = (await orUndefined(readdir(folder, { recursive: true, withFileTypes: true }))) ?? []
  for (const { name, parentPath } of entries) {
    const kind = [unfinished, replacing].find((it) => name.startsWith(it))
    if (kind === undefined || beingWritten.has(name)) continue
    const path = join(parentPath, name)
    await hidden(kind, path, async (own) => {
      if ((await orUndefined(rename(path, own).then(() => true))) === true) await destroy(own)
    })
  }
}
