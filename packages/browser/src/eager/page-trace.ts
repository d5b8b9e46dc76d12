import { hexId } from './hex-id.ts';

let traceId: string | undefined;

/** Opens the trace of the page load; the SDK, which arrives later, continues it. */
export function openPageTrace(): void {
  traceId = hexId();
}

/** Follows the trace of the current page after a navigation. */
export function followPageTrace(id: string): void {
  traceId = id;
}

/** The trace of the current page, or undefined when error tracking is off. */
export function pageTraceId(): string | undefined {
  return traceId;
}
