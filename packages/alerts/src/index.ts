export { type AlertState, type AlertStatus, evaluate, type OnFailure } from './evaluate.ts';
export {
  type AlertVariables,
  createQueryClient,
  type QueryClientOptions,
  type QuerySources,
  sourcesFrom,
} from './http/create-query-client.ts';
export type { MixpanelAccount, MixpanelSource } from './http/mixpanel-queries.ts';
export type { SentrySource } from './http/sentry-queries.ts';
export {
  type AlertChange,
  boundText,
  changesOf,
  messagesOf,
  tellWebhook,
  valueText,
  type WebhookOptions,
  windowText,
} from './messages.ts';
export {
  type Conversion,
  type ConversionQuery,
  type DateRange,
  type EventsQuery,
  NoDataError,
  type QueryClient,
  type TimeWindow,
} from './query-client.ts';
export {
  type AlertRule,
  type Condition,
  type ConversionMeasure,
  type ErrorsMeasure,
  type EventsMeasure,
  type Measure,
  type NewIssuesMeasure,
  type RequestDurationMeasure,
  vendorOf,
} from './rule.ts';
