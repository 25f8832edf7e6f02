/**
 * Entry of a process that will be killed: it stores an object at a directory, and hangs in a call of the file system on
 * a file of the object's folder, which it says. Its arguments are the call, the operation of the place, the directory,
 * the key and what is stored.
 */
import { writeSync } from "node:fs"
import files from "node:fs/promises"
import { syncBuiltinESMExports } from "node:module"
import { dirname, join } from "node:path"
import { Effect } from "effect"

const [call = "", operation = "", root = "", key = "", text = ""] = process.argv.slice(2)

const own = files[call as "rename" | "unlink"] as (...paths: ReadonlyArray<string>) => Promise<void>
Object.assign(files, {
  [call]: (...paths: ReadonlyArray<string>) => {
    if (dirname(paths[0]!) !== dirname(join(root, key))) return own(...paths)
    writeSync(1, "hangs\n")
    return new Promise(() => setInterval(() => {}, 60_000))
  }
})
syncBuiltinESMExports()

const { directoryPlace } = await import("../../../../actors/backup/places/directory-place.ts")
const place = directoryPlace("disk", root)
await Effect.runPromise(
  operation === "replace"
    ? place.replace(key, Buffer.from(text))
    : Effect.asVoid(place.putIfAbsent(key, Buffer.from(text)))
)
