/** Files of the archive: whether those are there that the index names. What is in them a scrub holds against copies. */
import { existsSync, readFileSync } from "node:fs"
import { Effect } from "effect"
import { archiveFolder, indexPath, measureArchive } from "../../../infra/event-log/archive/archive-files.ts"
import { decodeIndex, sha256 } from "../../../infra/event-log/archive/archive-index.ts"
import { sizeOf } from "../archive/words.ts"
import { counted } from "../words.ts"
import { check, type Check, fail, ok } from "./finding.ts"

const mend =
  "See that the disk of the archive is there; stop Wadjet and run `wadjet mend` where files are lost."

export const archive: Check = check(
  "archive",
  Effect.fnUntraced(function* ({ dataFolder }) {
    const path = indexPath(dataFolder)
    if (!existsSync(path)) return ok("nothing of the log is in files")
    const text = yield* Effect.try(() => readFileSync(path, "utf8"))
    const index = decodeIndex(text, sha256(text))
    if (index === undefined) return fail(`${path} is damaged`, mend)
    const folder = archiveFolder(dataFolder)
    const { bytes, missing } = yield* measureArchive(folder, index)
    if (missing.length > 0)
      return fail(
        `expected ${missing[0]} in ${folder}, found ${counted(missing.length, "file")} missing`,
        mend
      )
    return ok(
      `events 1 to ${index.upTo.toLocaleString("en")} are in ${counted(index.files.length, "file")}, ${sizeOf(bytes)}`
    )
  }),
  mend
)
