/** The time zone of a chat as this host knows it. Pure. */
import { DateTime, Option } from "effect"

/**
 * A zone that this host does not know is taken for UTC: it was set on one that does, and stays as it is in the log.
 * Its `id` is the name to be shown and to be handed on.
 */
export const zoneOf = (name: string): DateTime.TimeZone.Named =>
  Option.getOrElse(DateTime.zoneMakeNamed(name), () => DateTime.zoneMakeNamedUnsafe("UTC"))
