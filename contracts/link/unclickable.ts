/** The dots that clients divide names at: all but those at which a sentence ends and another begins. */
const dot = /(?<!\[)[.。．｡](?=[^\s\]]|$)/gu

/** An address of IPv6 needs no dot to be a link. */
const sixthVersion = /[\p{L}\p{N}]*:[\p{L}\p{N}]*:[\p{L}\p{N}:]*/gu

/**
 * Somebody else's words, spelled so that no client makes anything in them clickable: `http` becomes
 * `hxxp`, and dots, the colons of schemes and of IPv6 addresses are
 * bracketed. Unlike `defang`, which takes one URL, it takes any text. What is set in it to turn the
 * direction of writing is taken out, so that it cannot leave the frame that it is put in.
 *
 * @example unclickable("see http://paypa1.com now.") // "see hxxp://paypa1[.]com now[.]"
 */
export const unclickable = (text: string): string =>
  text
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/gu, "")
    .replaceAll(/http(?=s?:\/\/)/giu, "hxxp")
    .replaceAll(/(?<!hxxps?):\/\//giu, "[:]//")
    .replaceAll(dot, "[.]")
    .replaceAll(sixthVersion, (it) => it.replaceAll(":", "[:]"))
