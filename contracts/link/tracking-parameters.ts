/**
 * Query parameters that say how a link travelled and not what it points at. Dropping them lets every
 * copy of one link share one identity, one scan and one verdict. Only parameters with this single
 * purpose belong here: a parameter that a site may use to choose its content must stay.
 */
export const trackingParameters: ReadonlySet<string> = new Set([
  // Click ids of advertising networks.
  "gclid",
  "gclsrc",
  "dclid",
  "gbraid",
  "wbraid",
  "gad_source",
  "gad_campaignid",
  "fbclid",
  "fb_action_ids",
  "fb_action_types",
  "fb_source",
  "igshid",
  "igsh",
  "msclkid",
  "twclid",
  "ttclid",
  "li_fat_id",
  "yclid",
  "ysclid",
  "_openstat",
  "epik",
  "rdt_cid",
  "sccid",
  "irclickid",
  // Analytics that decorate links between a site's own pages.
  "_ga",
  "_gl",
  // Mailing systems.
  "mc_cid",
  "mc_eid",
  "mkt_tok",
  "_hsenc",
  "_hsmi",
  "hsctatracking",
  "vero_conv",
  "vero_id",
  "oly_anon_id",
  "oly_enc_id",
  "wickedid",
  "s_kwcid",
  "ml_subscriber",
  "ml_subscriber_hash"
])

/** Prefixes of whole families of such parameters. */
export const trackingPrefixes: ReadonlyArray<string> = ["utm_", "mtm_", "pk_"]

/** Whether the query parameter `name`, as spelled in the URL, only tracks. */
export function isTracking(name: string): boolean {
  const lower = name.toLowerCase()
  return trackingParameters.has(lower) || trackingPrefixes.some((prefix) => lower.startsWith(prefix))
}
