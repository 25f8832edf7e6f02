/** Reads the picture that takes most of those that are read at all, and prints what that takes, as JSON. */
import { Effect } from "effect"
import { codeReader } from "../../../../../actors/whatsapp/incoming/pictures/code-reader.ts"
import { mediaKey, png, sealed } from "./pictures-made.ts"

const [width, height] = [4_096, 3_072]
const file = Uint8Array.from(
  sealed(png({ width, height, colour: 6 }, Buffer.alloc((width * 4 + 1) * height)))
)
/** The most that the process ever held, in MB. */
const peak = () => Math.round(process.resourceUsage().maxRSS / 1_024)

const before = peak()
const began = performance.now()
const read = await Effect.runPromise(
  Effect.scoped(Effect.flatMap(codeReader(), (reads) => reads({ file, key: mediaKey, media: "image" })))
)
const milliseconds = Math.round(performance.now() - began)
process.stdout.write(`${JSON.stringify({ read, milliseconds, megabytes: peak() - before })}\n`)
