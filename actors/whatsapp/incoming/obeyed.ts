/** What was agreed and set, which is known to its last fact before anything that was said is taken. */
import { SettingsChanged } from "../../../contracts/policy.ts"
import { consentEvents } from "./withhold.ts"

/** By name: whoever was told that it holds was told so by another actor. */
export const obeyedNames = [...consentEvents, SettingsChanged].map(({ type }) => type)
