/** Evidence in plain words, for people who know nothing of URLs. What is not named here is not worth a line. */

const plain: Readonly<Record<string, string>> = {
  "structure.credential-name": "its name asks for a login",
  "structure.lure-name": "its name is made to lure",
  "structure.ip-literal": "it has a bare number instead of a name",
  "structure.address-in-name": "it hides a number address in its name",
  "structure.dynamic-dns": "it is on a throw-away host name",
  "structure.suspicious-tld": "its ending is mostly used for fraud",
  "structure.generated-name": "its name looks machine-made",
  "structure.digits-in-name": "its name is full of digits",
  "structure.hyphens": "its name is strung together with hyphens",
  "structure.many-labels": "its name is unusually deep",
  "structure.odd-port": "it uses an unusual port",
  "structure.userinfo": "it hides the real host behind another name",
  "structure.host-in-path": "it names another site in its path",
  "structure.kit-path": "its path is that of a known fraud kit",
  "structure.address-in-url": "it carries somebody's address",
  "structure.executable": "it leads to a program",
  "structure.scheme": "it is not an ordinary web link",
  "safe-browsing.listed": "Google Safe Browsing lists it",
  "phishtank.verified": "PhishTank lists it",
  "urlhaus.listed": "URLhaus lists it",
  "openphish.listed": "OpenPhish lists it",
  "phishing-database.listed": "Phishing.Database lists it",
  "feed.url": "it is on a list of dangerous links",
  "feed.host": "its host is on a list of dangerous ones",
  "feed.domain": "its domain is on a list of dangerous ones",
  "feed.remembered": "it was on a list of dangerous links",
  "virustotal.engines-3": "several virus scanners call it malicious",
  "virustotal.engines-1": "a virus scanner calls it malicious",
  "urlscan.malicious": "urlscan.io calls it malicious",
  "urlscan.malicious-host": "urlscan.io saw a malicious page at its host",
  "dns-filter.blocked": "public name servers block it",
  "rdap.age-7": "its name was registered this week",
  "rdap.age-14": "its name was registered in the last two weeks",
  "rdap.age-30": "its name was registered this month",
  "certificate.age-1": "its certificate is of today",
  "certificate.expired": "its certificate has expired",
  "certificate.name-mismatch": "its certificate is for another site",
  "certificate.not-yet-valid": "its certificate does not hold yet",
  "certificate.self-signed": "nobody vouches for its certificate",
  "certificate.untrusted": "nobody vouches for its certificate",
  "redirects.long-chain": "it leads through many other sites",
  "redirects.loop": "it leads in a circle",
  "redirects.refused-address": "it leads into a private network",
  "page.password-off-site": "its page sends passwords to another site",
  "page.form-off-site": "its page sends what you write to another site"
}

/** Details come from the log, perhaps of an older version: whatever they name, nothing of it can be clicked. */
const unclickable = (detail: string): string =>
  detail
    .replaceAll(/http(?=s?:\/\/)/giu, "hxxp")
    .replaceAll(/(?<=[^\s[])[.。．｡](?=[^\s\]])/gu, "[.]")
    // An address of IPv6 needs no dot to be a link.
    .replaceAll(/[\p{L}\p{N}]*:[\p{L}\p{N}]*:[\p{L}\p{N}:]*/gu, (it) => it.replaceAll(":", "[:]"))

/** What begins a sentence that whom it imitates ends, where that is known. */
const imitations: Readonly<Record<string, string>> = {
  "page.brand-login": "its page asks for secrets in another's name",
  "page.brand-words": "its page goes by another's name",
  "page.brand-icon": "its page shows another's icon"
}

/** The words for one piece of evidence, or `undefined` where a chat needs none. */
export const plainReason = (evidence: {
  readonly source: string
  readonly kind: string
  readonly detail: string | null
}): string | undefined => {
  const name = `${evidence.source}.${evidence.kind}`
  const imitation = evidence.source === "look-alike" ? "it imitates another name" : imitations[name]
  if (imitation === undefined) return plain[name]
  return evidence.detail === null ? imitation : `${imitation} (${unclickable(evidence.detail)})`
}
