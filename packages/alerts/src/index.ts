export type { AlertChange } from './changes.ts';
export { changesOf } from './changes.ts';
export { evaluate, type OnFailure } from './evaluate.ts';
export { createQueryClient, type QueryClientOptions, type QuerySources } from './http/create-query-client.ts';
export type { MixpanelAccount, MixpanelSource } from './http/mixpanel-queries.ts';
export type { SentrySource } from './http/sentry-queries.ts';
export { type AlertVariables, sourcesFrom } from './http/sources-from.ts';
export { tellWebhook, type WebhookOptions } from './http/webhook.ts';
export { messagesOf } from './message.ts';
export type { Conversion, ConversionQuery, DateRange, EventsQuery, QueryClient, TimeWindow } from './query-client.ts';
export { NoDataError } from './query-client.ts';
export type {
  AlertRule,
  Condition,
  ConversionMeasure,
  ErrorsMeasure,
  EventsMeasure,
  Measure,
  NewIssuesMeasure,
  RequestDurationMeasure,
} from './rule.ts';
export { vendorOf } from './rule.ts';
export type { AlertState, AlertStatus } from './state.ts';
export { boundText, valueText, windowText } from './text.ts';
