/**
 * The lists of Safe Browsing, by the names that the service has for them.
 *
 * @see https://developers.google.com/safe-browsing/reference/Local.Database
 */
import type { HashWidth } from "./rice.ts"

/** Phishing, malware, and unwanted or harmful software for desktops and for Android: links are opened on both. */
export const threatLists = ["se-4b", "mw-4b", "uws-4b", "uwsa-4b", "pha-4b"] as const

/** What is likely to be harmless, so that nobody is asked about it in real-time mode: the Global Cache. */
export const likelySafeList = "gc-32b"

export type ListName = (typeof threatLists)[number] | typeof likelySafeList

export const listNames: ReadonlyArray<ListName> = [...threatLists, likelySafeList]

export const widthOf = (name: ListName): HashWidth => (name === likelySafeList ? 32 : 4)
