/** `wadjet version`. */
import { Effect } from "effect"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { version } from "./version.ts"

/** Prints the versions of Wadjet and of what runs it. */
export const showVersion = Effect.fn("showVersion")(function* ({ json }: { readonly json: boolean }) {
  const output = yield* Output
  const { home } = yield* Host
  const node = process.versions.node
  const platform = `${process.platform} ${process.arch}`
  if (json) return yield* output.json({ version, node, platform, home })
  return yield* output.line(`wadjet ${version} (Node ${node}, ${platform}, ${home})`)
})
