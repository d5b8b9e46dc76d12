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
