/** What Sentry's management API answers, as far as we read it. Ids are decimal strings. */
export interface SentryProject {
  readonly id: string;
  readonly slug: string;
}

/** A kind of chat, pager or tracker that the organization is connected with. */
export interface SentryIntegration {
  readonly id: string;
  readonly name: string;
  readonly provider: { readonly key: string };
  /** One that is switched off is listed all the same. */
  readonly organizationIntegrationStatus: string;
}

/** A monitor, in Sentry's API a "detector". What it reads is nested here, and flat where it is written. */
export interface SentryDetector {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly config: { readonly detectionType?: string; readonly comparisonDelta?: number | null };
  readonly dataSources: readonly { readonly queryObj?: { readonly snubaQuery?: SentrySnubaQuery } | null }[] | null;
  readonly conditionGroup: SentryConditionGroup | null;
}

interface SentrySnubaQuery {
  readonly dataset: string;
  readonly query: string | null;
  readonly aggregate: string;
  /** Seconds. */
  readonly timeWindow: number;
  readonly environment: string | null;
  readonly eventTypes: readonly string[];
}

interface SentryConditionGroup {
  readonly id: string;
  readonly logicType: string;
  readonly conditions: readonly SentryCondition[];
}

export interface SentryCondition {
  readonly id: string;
  readonly type: string;
  readonly comparison: unknown;
  readonly conditionResult: unknown;
}

/** An alert, in Sentry's API a "workflow": it has no description. */
export interface SentryWorkflow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly environment: string | null;
  readonly config: { readonly frequency?: number };
  readonly detectorIds: readonly string[] | null;
  readonly triggers: SentryConditionGroup | null;
  readonly actionFilters: readonly SentryActionFilter[] | null;
}

export interface SentryActionFilter extends SentryConditionGroup {
  readonly actions: readonly SentryAction[];
}

export interface SentryAction {
  readonly id: string;
  readonly type: string;
  readonly integrationId: string | null;
  readonly data: { readonly fallthroughType?: string };
  readonly config: {
    readonly targetType?: string | null;
    readonly targetDisplay?: string | null;
    /** What Sentry sends to; empty when it did not find what `targetDisplay` names. */
    readonly targetIdentifier?: string | null;
  };
}

/** As the list has it: without widgets. */
export interface SentryDashboardSummary {
  readonly id: string;
  readonly title: string;
}

export interface SentryDashboardDetails extends SentryDashboardSummary {
  readonly projects: readonly number[];
  readonly environment?: readonly string[] | null;
  readonly period?: string | null;
  /** Releases that someone has chosen to look at: theirs, not ours. */
  readonly filters?: Readonly<Record<string, unknown>>;
  readonly widgets: readonly SentryWidgetDetails[];
}

export interface SentryWidgetDetails {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly displayType: string;
  readonly widgetType: string | null;
  readonly interval: string;
  readonly limit: number | null;
  readonly layout: Readonly<Record<'x' | 'y' | 'w' | 'h' | 'minH', number>> | null;
  readonly queries: readonly SentryWidgetQuery[];
}

export interface SentryWidgetQuery {
  readonly id: string;
  readonly aggregates: readonly string[] | null;
  readonly columns: readonly string[] | null;
  readonly conditions: string;
  readonly orderby: string;
}
