import { hrefOf } from './location.ts';

/** The addresses of one thing each, so that a link to it is written once. */
export const recordHref = (id: number): string => hrefOf('/', { record: String(id) });
export const userHref = (id: string): string => hrefOf('/user', { id });
export const traceHref = (id: string): string => hrefOf('/traces', { id });
export const issueHref = (id: string, eventId?: string): string => hrefOf('/issues', { id, event: eventId });
export const liveHref = (filter: { readonly trace?: string; readonly user?: string }): string => hrefOf('/', filter);
