/**
 * Adds to package-lock.json the optional packages of other platforms that the registry at hand does not serve:
 *
 *     node .ci/complete-lockfile.js [--check]
 *
 * npm leaves them out when it writes the lock file, and then `npm ci` refuses the lock file for lacking them.
 * An entry with the version and the platform is enough: npm sees that it is not for this machine and passes it
 * over. It has no integrity, because nobody here has seen the package; where npm does install one, it says so by
 * having none. Run it after every `npm install` that changes the lock file.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const path = fileURLToPath(new URL("../package-lock.json", import.meta.url))
const lock = JSON.parse(readFileSync(path, "utf8"))
const { packages } = lock

/** Where Node would find `name` from inside the package at `place`: its own folder first, then outwards. */
const resolved = (place, name) => {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const candidate = `${at === "" ? "" : `${at}/`}node_modules/${name}`
    if (packages[candidate] !== undefined) return packages[candidate]
    if (at === "") return undefined
  }
}

const isExact = (version) => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)

/** The platform in a name like `@oxlint/binding-linux-x64-musl`; undefined when it is none. */
const platformOf = (name) => {
  const match =
    /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(\w+)(?:-(\w+))?$/.exec(name)
  if (match === null) return /wasm32/.test(name) ? { cpu: ["wasm32"] } : undefined
  const [, os, cpu, abi] = match
  if (os !== "linux" || abi === undefined) return { cpu: [cpu], os: [os] }
  return { cpu: [cpu], libc: [abi.startsWith("musl") ? "musl" : "glibc"], os: [os] }
}

const missing = Object.entries(packages).flatMap(([place, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name, version]) => isExact(version) && platformOf(name) !== undefined)
    .filter(([name, version]) => resolved(place, name)?.version !== version)
    .map(([name, version]) => {
      // Beside its siblings where the place is free, else inside the package that wants this version.
      const outside = `node_modules/${name}`
      const at = packages[outside] === undefined ? outside : `${place}/${outside}`
      const { cpu, libc, os } = platformOf(name)
      // npm's own order of the keys; those without a value are not written.
      return [at, { version, cpu, dev, libc, optional: true, os }]
    })
)

if (process.argv.includes("--check")) {
  for (const [at] of missing) process.stderr.write(`package-lock.json lacks ${at}\n`)
  process.exitCode = missing.length === 0 ? 0 : 1
} else if (missing.length > 0) {
  const [root, ...rest] = Object.entries({ ...packages, ...Object.fromEntries(missing) })
  rest.sort(([a], [b]) => a.localeCompare(b, "en"))
  writeFileSync(
    path,
    `${JSON.stringify({ ...lock, packages: Object.fromEntries([root, ...rest]) }, null, 2)}\n`
  )
  process.stdout.write(`added ${missing.length} packages of other platforms to package-lock.json\n`)
}
