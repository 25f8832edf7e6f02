/** The nearest part of a path that is there already. */
import { existsSync } from "node:fs"
import { dirname } from "node:path"

/** The path itself, or the nearest folder above it: where it would be made. */
export const nearestExisting = (path: string): string =>
  existsSync(path) ? path : nearestExisting(dirname(path))
