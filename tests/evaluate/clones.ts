/** Reading clones of public repositories, side by side in one folder as `owner+name`: work trees or git directories. */
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"

const fileBytesMax = 512 * 1024 * 1024

/** What git says in a clone. */
export const git = (folder: string, ...words: ReadonlyArray<string>): string =>
  execFileSync("git", ["--git-dir", folder, ...words], { encoding: "utf8", maxBuffer: fileBytesMax })

/** The git directory of `owner/name`, or undefined where there is no clone of it. */
export function gitFolder(clones: string, repository: string): string | undefined {
  const folder = join(clones, repository.replace("/", "+"))
  return [join(folder, ".git"), join(folder, "repo"), folder].find((path) => existsSync(join(path, "HEAD")))
}
