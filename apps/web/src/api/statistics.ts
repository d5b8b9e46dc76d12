import { request } from './request.ts';

interface Share {
  readonly value: string;
  readonly scans: number;
}

/** What became of one code, in days of UTC. */
export interface CodeStatistics {
  readonly from: string;
  readonly to: string;
  readonly scans: number;
  /** Their ids change every day: those of several days are added up. */
  readonly uniqueVisitors: number;
  readonly botScans: number;
  readonly series: readonly { readonly start: string; readonly scans: number; readonly uniqueVisitors: number }[];
  readonly byCountry: readonly Share[];
  readonly byDevice: readonly Share[];
  readonly byBrowser: readonly Share[];
  readonly topDays: readonly { readonly day: string; readonly scans: number }[];
}

/** The same of all codes of a person, by day. */
export interface Summary {
  readonly from: string;
  readonly to: string;
  readonly scans: number;
  readonly uniqueVisitors: number;
  readonly series: readonly { readonly start: string; readonly scans: number }[];
  readonly byCode: readonly { readonly qrId: string; readonly scans: number }[];
}

/** Days in UTC, both included, such as `2026-03-01`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Whose scans are counted; everyone's without. */
export interface VisitorFilter {
  readonly country?: string;
  readonly device?: string;
  readonly browser?: string;
}

/** `isRefresh`: for what is on the screen already. The service counts the others as views. */
export function codeStatistics(
  id: string,
  { isRefresh, ...filter }: Period & VisitorFilter & { readonly isRefresh: boolean },
  signal: AbortSignal,
): Promise<CodeStatistics> {
  const query = new URLSearchParams({ ...filter, interval: 'day', ...(isRefresh && { refresh: 'true' }) });
  return request(`/analytics/qrs/${encodeURIComponent(id)}?${query}`, { signal });
}

/** Where the scans of a period can be had as a file. */
export function exportUrl(id: string, filter: Period & VisitorFilter): string {
  return `/api/analytics/qrs/${encodeURIComponent(id)}/export.csv?${new URLSearchParams({ ...filter })}`;
}

/** Of the last 30 days. */
export function summary(signal: AbortSignal): Promise<Summary> {
  return request('/analytics/summary', { signal });
}
