export type { DeliveringService, DeliveryOptions } from './delivery/services.ts';
export type { ActiveFault, Fault, FaultEndpoint, FaultRule } from './faults/faults.ts';
export { type InboxData, type InboxDataOptions, type InboxReader, openInboxData } from './inbox-data.ts';
export { type InboxPluginOptions, inboxPlugin } from './inbox-plugin.ts';
export type { InboxPlan } from './plan/plan.ts';
export type { Issue, IssueEvent } from './query/issues.ts';
export type { EventFilter, SpanFilter } from './query/records.ts';
export { type Inbox, type InboxOptions, startInbox } from './start-inbox.ts';
export type { IdMerge } from './store/identity.ts';
export type { StoredProfile } from './store/profiles.ts';
export type { RawRequest } from './store/raw-log.ts';
export type {
  JsonObject,
  Placement,
  RecordKind,
  StoredError,
  StoredEvent,
  StoredItem,
  StoredLog,
  StoredProfileUpdate,
  StoredRecord,
  StoredRejection,
  StoredSpan,
} from './store/records.ts';
