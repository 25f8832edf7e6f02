/** One place that apt takes packages from. */
export interface AptSource {
  readonly uri: string
  readonly suite: string
  readonly components: ReadonlyArray<string>
  /** Path of the keyring that signs it, where the configuration names one. */
  readonly signedBy: string | undefined
}

/** The keyring of the Debian archive, from the package `debian-archive-keyring`. */
export const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

/**
 * Reads a `.sources` file (deb822 stanzas, sources.list(5)). Comments may stand between the fields, as they
 * do in Debian's own images.
 */
export const parseDeb822 = (text: string): ReadonlyArray<AptSource> =>
  text.split(/\n[ \t]*\n/).flatMap((stanza) => {
    const field = fieldsOf(stanza)
    const words = (name: string) => (field.get(name) ?? "").split(/\s+/).filter((word) => word !== "")
    if (!words("types").includes("deb") || field.get("enabled")?.trim() === "no") return []
    const signedBy = words("signed-by").find((word) => word.startsWith("/"))
    return words("uris").flatMap((uri) =>
      words("suites").map((suite) => ({ uri, suite, components: words("components"), signedBy }))
    )
  })

const fieldsOf = (stanza: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  let name = ""
  for (const line of stanza.split("\n")) {
    if (line.startsWith("#")) continue
    const start = /^([A-Za-z-]+):(.*)$/.exec(line)
    if (start !== null) {
      name = start[1]!.toLowerCase()
      fields.set(name, start[2]!)
    } else if (name !== "") fields.set(name, `${fields.get(name)} ${line}`)
  }
  return fields
}

/** Reads a `.list` file (one source a line, sources.list(5)). */
export const parseOneLineSources = (text: string): ReadonlyArray<AptSource> =>
  text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)([^#]*)/.exec(line)
    if (match === null) return []
    const options = (match[1] ?? "").trim().split(/\s+/)
    const signedBy = options.find((option) => option.startsWith("signed-by="))?.slice("signed-by=".length)
    const components = match[4]!.split(/\s+/).filter((word) => word !== "")
    return [{ uri: match[2]!, suite: match[3]!, components, signedBy }]
  })

/**
 * The mirror of the Debian archive proper among the system's sources: one that carries `main`, is not the
 * security archive (which has other paths), and that apt can reach by itself. `undefined` when there is none.
 */
export const debianMirror = (sources: ReadonlyArray<AptSource>): AptSource | undefined => {
  const usable = sources.filter(
    ({ components, suite, uri }) =>
      components.includes("main") && !suite.includes("security") && /^(https?|file|copy):/.test(uri)
  )
  return usable.find(({ signedBy }) => signedBy?.includes("debian")) ?? usable[0]
}
