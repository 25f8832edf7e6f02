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
  version: "wadjet-2",
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
    "dns-filter.blocked": list(20),
    "rdap.age-7": age(12),
    "rdap.age-14": age(10),
    "rdap.age-30": age(8),
    "rdap.age-years": age(-4),
    "certificate.age-1": age(4),
    "redirects.long-chain": behaviour(4),
    "redirects.final-host-mismatch": behaviour(2),
    "redirects.refused-address": behaviour(15),
    "redirects.loop": behaviour(3),
    "page.password-off-site": behaviour(15),
    "page.brand-words": behaviour(8),
    "look-alike.high": imitation(22),
    "look-alike.medium": imitation(17),
    "look-alike.low": imitation(9),
    "structure.credential-name": imitation(12),
    "structure.lure-name": imitation(10),
    "structure.coin-name": imitation(11),
    "structure.numeric-label": host(10),
    "structure.brand-in-path": path(7),
    "structure.ip-literal": host(18),
    "structure.address-in-name": host(16),
    "structure.dynamic-dns": host(12),
    "structure.suspicious-tld": host(14),
    "structure.generated-name": host(10),
    "structure.digits-in-name": host(12),
    "structure.hyphens": host(9),
    "structure.hosted-name": host(5),
    "structure.many-labels": host(8),
    "structure.long-host": host(6),
    "structure.punycode": host(8),
    "structure.odd-port": host(7),
    "structure.userinfo": host(12),
    "structure.shared-hosting": host(6),
    "structure.plain-http": host(2),
    "structure.host-in-path": path(5),
    "structure.kit-path": path(9),
    "structure.token-in-path": path(6),
    "structure.address-in-url": path(8),
    "structure.scripted-login": path(4),
    "structure.executable": path(8),
    "structure.nested-url": path(0),
    "structure.deep-path": path(0),
    "structure.long-url": path(2),
    "structure.shortener": path(4),
    "structure.scheme": path(6),
    "structure.restricted-tld": trust(-9),
    "brand.owned": trust(-13),
    "wrapper.taken-off": path(0)
  },
  decisions: {
    "override.allow": { level: "benign", score: -60 },
    "override.deny": { level: "malicious", score: 60 }
  },
  validSeconds: { benign: day, suspicious: day / 24, malicious: day / 96 },
  validSecondsWhileMissing: 600
}
