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
  "structure.scheme": "it is not an ordinary web link"
}

/** Details come from the log, perhaps of an older version: whatever they name, nothing of it can be clicked. */
const unclickable = (detail: string): string =>
  detail
    .replaceAll(/http(?=s?:\/\/)/giu, "hxxp")
    .replaceAll(/(?<=[^\s[])[.。．｡](?=[^\s\]])/gu, "[.]")
    // An address of IPv6 needs no dot to be a link.
    .replaceAll(/[\p{L}\p{N}]*:[\p{L}\p{N}]*:[\p{L}\p{N}:]*/gu, (it) => it.replaceAll(":", "[:]"))

/** The words for one piece of evidence, or `undefined` where a chat needs none. */
export const plainReason = (evidence: {
  readonly source: string
  readonly kind: string
  readonly detail: string | null
}): string | undefined => {
  if (evidence.source === "look-alike")
    return evidence.detail === null
      ? "it imitates another name"
      : `it imitates another name (${unclickable(evidence.detail)})`
  return plain[`${evidence.source}.${evidence.kind}`]
}
