/** Every event there is, by name: what codecs, references, fixtures and readers walk over. */
import * as account from "./account.ts"
import * as actor from "./actor.ts"
import * as backup from "./backup.ts"
import * as chatCommand from "./chat-command.ts"
import * as consent from "./consent.ts"
import * as contact from "./contact.ts"
import * as deletion from "./deletion.ts"
import type { EventType, Fact, Recorded } from "./event.ts"
import * as feed from "./feed.ts"
import * as membership from "./membership.ts"
import * as message from "./message.ts"
import * as outbox from "./outbox.ts"
import * as policy from "./policy.ts"
import * as projection from "./projection.ts"
import * as quarantine from "./quarantine.ts"
import * as report from "./report.ts"
import * as scan from "./scan.ts"
import * as schedule from "./schedule.ts"
import * as session from "./session.ts"
import * as source from "./source.ts"
import * as verdict from "./verdict.ts"
import * as webhook from "./webhook.ts"

export const events = [
  message.MessageReceived,
  message.MessageEdited,
  message.MessageRevoked,
  message.MessageReacted,
  message.MessageUnreadable,
  message.ChatRenamed,
  consent.MessageUnconsented,
  membership.ChatJoined,
  membership.ChatLeft,
  membership.AdminsChanged,
  membership.PersonLinked,
  membership.ChatLinked,
  scan.ScanCompleted,
  scan.ScanReleased,
  feed.FeedRefreshed,
  feed.FeedMatched,
  feed.FeedFailed,
  feed.FeedWithdrawn,
  source.SourceChanged,
  policy.SettingsChanged,
  policy.Muted,
  policy.Unmuted,
  policy.OverrideSet,
  policy.OverridesRekeyed,
  policy.OverrideRemoved,
  policy.OverrideExpired,
  consent.ConsentRequired,
  consent.ConsentAsked,
  consent.ConsentGiven,
  consent.ConsentWithdrawn,
  consent.OptedOut,
  consent.OptedIn,
  consent.WordsExpired,
  chatCommand.CommandAnswered,
  report.VerdictReported,
  report.ReportSettled,
  verdict.VerdictDecided,
  verdict.VerdictSuppressed,
  verdict.VerdictDeferred,
  verdict.VerdictRevised,
  verdict.VerdictWithdrawn,
  verdict.VerdictSummarised,
  deletion.DeletionDecided,
  outbox.OutboxQueued,
  outbox.OutboxClaimed,
  outbox.OutboxSent,
  outbox.OutboxUnresolved,
  outbox.OutboxAcknowledged,
  outbox.OutboxStepped,
  outbox.OutboxFailed,
  outbox.OutboxCancelled,
  quarantine.OutboxReleased,
  session.SessionLinkBegan,
  session.SessionLinkEnded,
  session.SessionLinked,
  session.SessionOpened,
  session.SessionDegraded,
  session.SessionRecovered,
  session.SessionCallRejected,
  session.SessionClosed,
  session.SessionLoggedOut,
  session.SessionRefused,
  schedule.JobCreated,
  schedule.JobChanged,
  schedule.JobPaused,
  schedule.JobResumed,
  schedule.JobReplanned,
  schedule.JobCancelled,
  schedule.JobCompleted,
  schedule.OccurrenceFired,
  schedule.OccurrenceHandedOver,
  schedule.OccurrenceSkipped,
  schedule.OccurrencesMissed,
  schedule.OccurrenceFinished,
  quarantine.JobDecided,
  contact.ContactSaved,
  contact.ContactMerged,
  contact.ContactRemoved,
  contact.ContactOptedOut,
  backup.BackupShipped,
  backup.BackupPlaceChanged,
  quarantine.BackupRestored,
  quarantine.QuarantineEnded,
  backup.BackupPointMade,
  backup.BackupPruned,
  backup.BackupVerified,
  backup.BackupKeepingChanged,
  backup.BackupUnverified,
  backup.BackupScrubbed,
  projection.ProjectionChecked,
  projection.ProjectionReplaced,
  account.KeyIssued,
  account.KeyRevoked,
  account.PassIssued,
  account.UserAdded,
  account.UserChanged,
  account.CredentialsChanged,
  account.SignedIn,
  account.SignedOut,
  account.UserLocked,
  account.Asked,
  webhook.WebhookAdded,
  webhook.WebhookChanged,
  webhook.WebhookSwitched,
  webhook.WebhookReplayed,
  webhook.WebhookSecretReplaced,
  webhook.WebhookRemoved,
  account.ErasureRequested,
  account.ErasureCompleted,
  actor.ActorParked,
  actor.ActorUnparked
] as const

export type AnyEvent = (typeof events)[number]
export type EventName = AnyEvent["type"]

/** Any fact an actor may state. */
export type AnyFact = { [Name in EventName]: Fact<Extract<AnyEvent, { type: Name }>> }[EventName]

/** Any event as the log holds it: narrowed by its `type`. */
export type AnyRecorded = { [Name in EventName]: Recorded<Extract<AnyEvent, { type: Name }>> }[EventName]

/** The event of one name, as the log holds it. */
export type RecordedOf<Name extends EventName> = Extract<AnyRecorded, { type: Name }>

const byName: ReadonlyMap<string, EventType> = new Map(
  events.map((type): [string, EventType] => [type.type, type])
)

/** The declaration of a name, or `undefined` for one this version does not know. */
export const eventTypeOf = (name: string): EventType | undefined => byName.get(name)
