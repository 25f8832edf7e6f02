import { type LanguageWords, plural } from "./language.ts"

const tag = "en"
const counted = plural(tag)

export const english: LanguageWords = {
  tag,
  direction: "left-to-right",
  headline: {
    malicious: (host) => `⛔ Dangerous link: ${host}`,
    suspicious: (host) => `⚠️ Suspicious link: ${host}`,
    benign: (host) => `✅ ${host} is no longer held to be dangerous.`
  },
  advice: {
    malicious: "Do not open it, and do not enter anything there.",
    suspicious: "Be careful: check with the sender before you open it.",
    benign: "An earlier warning about it was wrong or has been taken back."
  },
  because: (reasons) => `Why: ${reasons.join("; ")}`,
  denied: "an admin has blocked it",
  with: (reason, detail) => `${reason} (${detail})`,
  corrected: "(corrected)",
  adminsNotified: "The group's admins are notified.",
  summary: ({ hosts, malicious, suspicious }) =>
    [
      `While Wadjet was muted, ${[
        ...(malicious === 0
          ? []
          : [counted(malicious, { one: "# dangerous link", other: "# dangerous links" })]),
        ...(suspicious === 0
          ? []
          : [counted(suspicious, { one: "# suspicious link", other: "# suspicious links" })])
      ].join(" and ")} went by without a word.`,
      ...(hosts.length === 0 ? [] : [`Do not open: ${hosts.join(", ")}`])
    ].join("\n"),
  reasons: {
    "structure.credential-name": "its name asks for a login",
    "structure.lure-name": "its name is made to lure",
    "structure.coin-name": "its name promises money",
    "structure.numeric-label": "it has a number for a name",
    "structure.brand-in-path": "it names a brand that it is not",
    "structure.ip-literal": "it has a bare number instead of a name",
    "structure.address-in-name": "it hides a number address in its name",
    "structure.dynamic-dns": "it is on a throw-away host name",
    "structure.suspicious-tld": "its ending is mostly used for fraud",
    "structure.generated-name": "its name looks machine-made",
    "structure.digits-in-name": "its name is full of digits",
    "structure.hyphens": "its name is strung together with hyphens",
    "structure.hosted-name": "its name is strung together on a host that is open to anybody",
    "structure.many-labels": "its name is unusually deep",
    "structure.long-host": "its name is unusually long",
    "structure.punycode": "its name has letters that are easily mistaken",
    "structure.odd-port": "it uses an unusual port",
    "structure.userinfo": "it hides the real host behind another name",
    "structure.shared-hosting": "anybody can put up a page there",
    "structure.plain-http": "it is not encrypted",
    "structure.host-in-path": "it names another site in its path",
    "structure.kit-path": "its path is that of a known fraud kit",
    "structure.token-in-path": "it carries a mark that tells who opens it",
    "structure.address-in-url": "it carries somebody's address",
    "structure.scripted-login": "its login page looks home-made",
    "structure.executable": "it leads to a program",
    "structure.nested-url": null,
    "structure.deep-path": null,
    "structure.long-url": "it is unusually long",
    "structure.shortener": "it hides where it leads",
    "structure.scheme": "it is not an ordinary web link",
    "structure.restricted-tld": null,
    "look-alike.high": "it imitates another name",
    "look-alike.medium": "it resembles another name",
    "look-alike.low": "it is somewhat like another name",
    "brand.owned": null,
    "wrapper.taken-off": null,
    "override.allow": null,
    "override.deny": "an admin has blocked it",
    "page.brand-words": "its page goes by another's name",
    "page.password-off-site": "its page sends passwords elsewhere",
    "redirects.final-host-mismatch": "it leads to another site than it says",
    "redirects.long-chain": "it leads on again and again",
    "redirects.loop": "it leads in a circle",
    "redirects.refused-address": "it leads into a private network",
    "feed.url": "it is on a list of dangerous links",
    "feed.host": "its site is on a list of dangerous ones",
    "feed.domain": "its domain is on a list of dangerous ones",
    "feed.remembered": "it was on a list of dangerous links",
    "safe-browsing.listed": "Google Safe Browsing warns of it",
    "phishtank.verified": "PhishTank warns of it",
    "urlhaus.listed": "URLhaus warns of it",
    "openphish.listed": "OpenPhish warns of it",
    "phishing-database.listed": "a database of fraudulent sites has it",
    "virustotal.engines-1": "a virus scanner warns of it",
    "virustotal.engines-3": "several virus scanners warn of it",
    "urlscan.malicious": "urlscan warns of it",
    "dns-filter.blocked": "public filters block it",
    "rdap.age-7": "its name is less than a week old",
    "rdap.age-14": "its name is less than two weeks old",
    "rdap.age-30": "its name is less than a month old",
    "rdap.age-years": null,
    "certificate.age-7": "its certificate is less than a week old",
    "page.password-field": "its page asks for a password",
    "page.card-field": "its page asks for a card number",
    "structure.cheap-tld": "its ending costs next to nothing",
    "structure.throwaway-hosting": "it is on a host for pages that are thrown away",
    "structure.ending-in-name": "it has the ending of another site within its name",
    "structure.credential-host": "its host asks for a login",
    "site.known": null,
    "certificate.age-1": "its certificate was made today",
    "urlscan.malicious-host": "urlscan saw a malicious page at its host",
    "certificate.expired": "its certificate has expired",
    "certificate.name-mismatch": "its certificate is for another site",
    "certificate.not-yet-valid": "its certificate does not hold yet",
    "certificate.self-signed": "it vouches for itself alone",
    "certificate.untrusted": "nobody vouches for its certificate",
    "page.form-off-site": "its page sends what you write to another site",
    "page.brand-login": "its page asks for secrets in another's name",
    "page.brand-icon": "its page shows another's icon"
  }
}
