/** A nats-server version, as `nats-server --version` and a connection's INFO line say it. */
export interface NatsServerVersion {
  readonly major: number
  readonly minor: number
  readonly patch: number
  /** `RC.1` of `2.15.0-RC.1`; empty for a release. */
  readonly preRelease: string
}

/**
 * The oldest server Wadjet runs on: 2.14 brought the schedules with time zones, the atomic cancellation and
 * the consumer reset that the timers and the projector rely on.
 */
export const oldestVersion: NatsServerVersion = { major: 2, minor: 14, patch: 0, preRelease: "" }

/**
 * Finds the version in what a server says of itself; `undefined` when there is none.
 *
 * @example parseVersion("nats-server: v2.15.1") // { major: 2, minor: 15, patch: 1, preRelease: "" }
 */
export const parseVersion = (text: string): NatsServerVersion | undefined => {
  const match = /\bv?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?/.exec(text)
  if (match === null) return undefined
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3]),
    preRelease: match[4] ?? ""
  }
}

/** Negative when `a` is older than `b`. A pre-release is older than its release (semver.org, item 11). */
export const compareVersions = (a: NatsServerVersion, b: NatsServerVersion): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePreRelease(a.preRelease, b.preRelease)

const comparePreRelease = (a: string, b: string): number => {
  if (a === b) return 0
  if (a === "") return 1
  if (b === "") return -1
  return a.localeCompare(b, "en", { numeric: true })
}

/** The version as people write it: `2.15.1`. */
export const formatVersion = (version: NatsServerVersion): string =>
  `${version.major}.${version.minor}.${version.patch}${version.preRelease === "" ? "" : `-${version.preRelease}`}`

/** Whether Wadjet can run on it. */
export const isRecentEnough = (version: NatsServerVersion): boolean =>
  compareVersions(version, oldestVersion) >= 0
