/**
 * A URL or a host spelled so that no client makes it clickable: `hxxps://paypa1[.]com/login[.]php`.
 * Dots are bracketed in the path too, because chat clients turn any `word.tld` into a link. `http`
 * becomes `hxxp`, other schemes get their colon bracketed, and so do the colons of an IPv6 address.
 *
 * Defanging what is defanged changes nothing.
 *
 * @example defang("paypa1.com") // "paypa1[.]com"
 */
export function defang(urlOrHost: string): string {
  const plain = urlOrHost.replace(/\[([.:@])\]/g, "$1")
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(plain)?.[0] ?? ""
  const afterScheme = scheme === "" ? plain : plain.slice(scheme.length + "://".length)
  const authority = /^[^/?#\\]*/.exec(afterScheme)?.[0] ?? ""
  const rest = afterScheme.slice(authority.length)
  return defangedScheme(scheme) + defangedAuthority(authority) + bracketDots(rest)
}

function defangedScheme(scheme: string): string {
  if (scheme === "") return ""
  if (/^h(tt|xx)ps?$/i.test(scheme)) return `${scheme.toLowerCase().replace("tt", "xx")}://`
  return `${bracketDots(scheme)}[:]//`
}

function defangedAuthority(authority: string): string {
  // Two colons or more are an IPv6 address; one is a port, which nobody can click.
  const colons = authority.split(":").length - 1
  const spelled = colons > 1 ? authority.replace(/[[\]]/g, "").replaceAll(":", "[:]") : authority
  return bracketDots(spelled).replaceAll("@", "[@]")
}

function bracketDots(text: string): string {
  return text.replace(/[.。．｡]/g, "[.]")
}
