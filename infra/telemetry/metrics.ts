/**
 * Every metric there is, declared in one place: name, kind, labels and meaning. The package as a whole would load
 * clusters, push gateways and tracing as well, and keep them in memory.
 */
import Counter from "prom-client/lib/counter.js"
import Gauge from "prom-client/lib/gauge.js"
import Histogram from "prom-client/lib/histogram.js"
import Registry from "prom-client/lib/registry.js"

export const registry = new Registry()
const registers = [registry]

/** From one millisecond, an append, to ten seconds, a source that answers slowly. */
const secondsBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

export const metrics = {
  handled: new Counter({
    name: "wadjet_actor_handled_total",
    help: "Inputs that an actor handled: events folded, work done, commands answered.",
    labelNames: ["actor", "what"],
    registers
  }),
  failed: new Counter({
    name: "wadjet_actor_failed_total",
    help: "Attempts that failed and are tried again.",
    labelNames: ["actor", "what"],
    registers
  }),
  parked: new Gauge({
    name: "wadjet_actor_parked",
    help: "Inputs that wait for a person's decision.",
    labelNames: ["actor"],
    registers
  }),
  lag: new Gauge({
    name: "wadjet_actor_lag_events",
    help: "Events that wait to be folded.",
    labelNames: ["actor"],
    registers
  }),
  openWork: new Gauge({
    name: "wadjet_actor_open_work",
    help: "Pieces of work that wait to be done.",
    labelNames: ["actor"],
    registers
  }),
  oldest: new Gauge({
    name: "wadjet_actor_oldest_work_seconds",
    help: "How long the piece of work that waits longest could have been done: since it was due or, if at once, opened.",
    labelNames: ["actor"],
    registers
  }),
  duration: new Histogram({
    name: "wadjet_actor_duration_seconds",
    help: "How long one piece of work or one command took.",
    labelNames: ["actor", "what"],
    buckets: secondsBuckets,
    registers
  }),
  appends: new Counter({
    name: "wadjet_log_appends_total",
    help: "Synced appends to the event log, a batch counted once.",
    labelNames: ["actor"],
    registers
  }),
  backupUnshipped: new Gauge({
    name: "wadjet_backup_oldest_unshipped_seconds",
    help: "The age of the oldest event that a place for backups lacks: what a lost machine would cost; 0 where it lacks none.",
    labelNames: ["place"],
    registers
  }),
  backupBytes: new Counter({
    name: "wadjet_backup_stored_bytes_total",
    help: "Bytes of segments that were stored at a place for backups.",
    labelNames: ["place"],
    registers
  }),
  backupVerified: new Gauge({
    name: "wadjet_backup_verified_seconds",
    help: "When a place for backups was last found to be good, in seconds since 1970; 0 for never.",
    labelNames: ["place"],
    registers
  }),
  backupPoint: new Gauge({
    name: "wadjet_backup_point_seconds",
    help: "When the newest point of a place for backups was made, in seconds since 1970; 0 for never.",
    labelNames: ["place"],
    registers
  }),
  backupProblems: new Gauge({
    name: "wadjet_backup_problems",
    help: "What the last check and the last scrub of a place for backups found, and the steps of keeping it that fail.",
    labelNames: ["place"],
    registers
  }),
  backupSegments: new Counter({
    name: "wadjet_backup_stored_segments_total",
    help: "Segments that were stored at a place for backups.",
    labelNames: ["place"],
    registers
  }),
  sessionState: new Gauge({
    name: "wadjet_session_state",
    help: "Where the connection to WhatsApp stands: 1 for the state that holds.",
    labelNames: ["state"],
    registers
  }),
  sessionClosed: new Counter({
    name: "wadjet_session_closed_total",
    help: "Connections to WhatsApp that ended, by WhatsApp's code or Baileys' own.",
    labelNames: ["code"],
    registers
  }),
  sessionDecrypted: new Counter({
    name: "wadjet_session_decrypted_total",
    help: "Messages that were decrypted (opened) or could not be (failed).",
    labelNames: ["outcome"],
    registers
  }),
  heard: new Counter({
    name: "wadjet_heard_total",
    help: "What came in from WhatsApp, by what it was (a post, an edit, what could not be read …) and how it arrived.",
    labelNames: ["what", "arrival"],
    registers
  }),
  expanded: new Counter({
    name: "wadjet_scan_expanded_total",
    help: "Links that were followed, by how their chain ended: arrived, refused, loop, too-many-hops, failed.",
    labelNames: ["end"],
    registers
  }),
  sourceSeconds: new Histogram({
    name: "wadjet_source_seconds",
    help: "How long a source took to say that a link is listed, clean, or nothing (missing).",
    labelNames: ["source", "outcome"],
    buckets: secondsBuckets,
    registers
  }),
  sourceCircuit: new Gauge({
    name: "wadjet_source_circuit_open",
    help: "Whether a source failed so often that it is left alone: 1 while it is.",
    labelNames: ["source"],
    registers
  }),
  feedListed: new Gauge({
    name: "wadjet_feed_listed",
    help: "Links and hosts that are on a list now.",
    labelNames: ["feed"],
    registers
  }),
  feedFetched: new Gauge({
    name: "wadjet_feed_fetched_seconds",
    help: "When a list was last found to be as it is, in seconds since 1970; 0 for never.",
    labelNames: ["feed"],
    registers
  }),
  hashListSize: new Gauge({
    name: "wadjet_safe_browsing_hashes",
    help: "Hashes that a list of Safe Browsing holds on this machine.",
    labelNames: ["list"],
    registers
  }),
  hashListChecked: new Gauge({
    name: "wadjet_safe_browsing_checked_seconds",
    help: "When a list of Safe Browsing was last found to be as it is, in seconds since 1970; 0 for never.",
    labelNames: ["list"],
    registers
  }),
  listedLater: new Gauge({
    name: "wadjet_quality_links_listed_later",
    help: "Links that a list or a service had only after their first look, by what they were held to be just before.",
    labelNames: ["level"],
    registers
  }),
  warnedAfter: new Gauge({
    name: "wadjet_quality_warned_after_seconds",
    help: "How long the newest thousand warnings took, from the message (message, or message-listed-later where a list had the link only then) or from the fetching of the list (list).",
    labelNames: ["from", "quantile"],
    registers
  }),
  drifted: new Gauge({
    name: "wadjet_read_model_drifted",
    help: "Whether a read model was not what the log makes of it when it was last compared: 1 where it was not.",
    labelNames: ["model"],
    registers
  }),
  projectionsChecked: new Gauge({
    name: "wadjet_read_models_checked_seconds",
    help: "When the read models were last compared with a second fold of the log, in seconds since 1970; 0 for never.",
    registers
  }),
  webhookDelivered: new Counter({
    name: "wadjet_webhook_delivered_total",
    help: "Events that a webhook was told.",
    labelNames: ["webhook"],
    registers
  }),
  webhookFailed: new Counter({
    name: "wadjet_webhook_failed_total",
    help: "Attempts to tell a webhook that failed, and are made again.",
    labelNames: ["webhook"],
    registers
  }),
  webhookBehind: new Gauge({
    name: "wadjet_webhook_behind_events",
    help: "Events that a webhook is still to be told, as of its latest attempt.",
    labelNames: ["webhook"],
    registers
  }),
  projected: new Gauge({
    name: "wadjet_projector_sequence",
    help: "The last sequence that the read models stand for.",
    registers
  })
} as const
