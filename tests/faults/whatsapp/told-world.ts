/** A world in a test, linked and ready. */
import { inject } from "vitest"
import { bundleProgram, type Program } from "./bundle.ts"
import { startWorld } from "./world.ts"

const binary = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

/** A world whose processes are bundled; `close` ends both. */
export const toldWorld = async (seed: number) => {
  const program: Program = await bundleProgram()
  const world = await startWorld({ program: program.path, binary: binary(), seed })
  return {
    ...world,
    close: async () => {
      await world.close()
      program.remove()
    }
  }
}
