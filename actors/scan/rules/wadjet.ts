import type { RuleSet, Weight } from "./rule-set.ts"

const inFamily =
  (family: string) =>
  (weight: number): Weight => ({ family, weight })

const list = inFamily("lists")
const host = inFamily("host")
const path = inFamily("path")
const imitation = inFamily("imitation")
const age = inFamily("age")
const behaviour = inFamily("behaviour")
const page = inFamily("page")
const certificate = inFamily("certificate")
const trust = inFamily("trust")

const day = 86_400

/**
 * Wadjet's own rule set. Weights are decibans: 10 means that the evidence is ten times as common among
 * malicious links as among others. Those of what the URL alone gives away were fitted to labelled URLs by
 * `npm run evaluate`, those of lists, services and pages set by hand from public reports.
 *
 * The prior says that one link in thirty that people ask about is malicious (−15 dB). A link is called
 * suspicious at even odds, malicious at ten to one.
 */
export const wadjet: RuleSet = {
  version: "wadjet-3",
  unit: "decibans",
  prior: -15,
  suspiciousFrom: 0,
  maliciousFrom: 10,
  bounds: { least: -60, most: 60 },
  // Evidence within a family has one cause; counted in full it would count that cause again and again.
  families: {
    lists: { least: 0, most: 45 },
    host: { least: 0, most: 24 },
    path: { least: 0, most: 14 },
    imitation: { least: 0, most: 28 },
    age: { least: -6, most: 12 },
    behaviour: { least: -3, most: 18 },
    page: { least: 0, most: 26 },
    certificate: { least: 0, most: 6 },
    trust: { least: -15, most: 0 }
  },
  weights: {
    "safe-browsing.listed": list(35),
    "phishtank.verified": list(30),
    "urlhaus.listed": list(30),
    "openphish.listed": list(30),
    "phishing-database.listed": list(25),
    "feed.url": list(30),
    "feed.host": list(22),
    "feed.domain": list(15),
    "feed.remembered": list(10),
    "virustotal.engines-3": list(28),
    "virustotal.engines-1": list(12),
    "urlscan.malicious": list(22),
    "urlscan.malicious-host": list(10),
    "dns-filter.blocked": list(20),
    "rdap.age-7": age(12),
    "rdap.age-14": age(10),
    "rdap.age-30": age(8),
    "rdap.age-years": age(-4),
    "certificate.age-1": age(5),
    "certificate.age-7": age(2),
    "certificate.expired": certificate(2),
    "certificate.not-yet-valid": certificate(3),
    "certificate.self-signed": certificate(4),
    "certificate.name-mismatch": certificate(4),
    "certificate.untrusted": certificate(2),
    "redirects.long-chain": behaviour(4),
    "redirects.final-host-mismatch": behaviour(2),
    "redirects.refused-address": behaviour(15),
    "redirects.loop": behaviour(3),
    "page.password-off-site": page(12),
    "page.form-off-site": page(2),
    "page.password-field": page(3),
    "page.card-field": page(3),
    "page.brand-words": page(4),
    "page.brand-login": page(12),
    "page.brand-icon": page(9),
    "look-alike.high": imitation(21),
    "look-alike.medium": imitation(20),
    "look-alike.low": imitation(11),
    "structure.credential-name": imitation(13),
    "structure.lure-name": imitation(13),
    "structure.coin-name": imitation(13),
    "structure.numeric-label": host(11),
    "structure.brand-in-path": path(8),
    "structure.ip-literal": host(19),
    "structure.address-in-name": host(16),
    "structure.dynamic-dns": host(14),
    "structure.suspicious-tld": host(14),
    "structure.cheap-tld": host(9),
    "structure.throwaway-hosting": host(13),
    "structure.ending-in-name": host(12),
    "structure.credential-host": imitation(8),
    "structure.generated-name": host(10),
    "structure.digits-in-name": host(13),
    "structure.hyphens": host(10),
    "structure.hosted-name": host(5),
    "structure.many-labels": host(10),
    "structure.long-host": host(5),
    "structure.punycode": host(9),
    "structure.odd-port": host(6),
    "structure.userinfo": host(12),
    "structure.shared-hosting": host(2),
    "structure.plain-http": host(2),
    "structure.host-in-path": path(4),
    "structure.kit-path": path(11),
    "structure.token-in-path": path(5),
    "structure.address-in-url": path(9),
    "structure.scripted-login": path(5),
    "structure.executable": path(8),
    "structure.nested-url": path(0),
    "structure.deep-path": path(0),
    "structure.long-url": path(3),
    "structure.shortener": path(3),
    "structure.scheme": path(6),
    "structure.restricted-tld": trust(-10),
    "brand.owned": trust(-14),
    "site.known": trust(-14),
    "wrapper.taken-off": path(0)
  },
  decisions: {
    "override.allow": { level: "benign", score: -60 },
    "override.deny": { level: "malicious", score: 60 }
  },
  validSeconds: { benign: day, suspicious: day / 24, malicious: day / 96 },
  validSecondsWhileMissing: 600
}
