/**
 * What the body of a 2xx says: that the records were taken, that none was good, or nothing that a receiver of ours would say.
 *
 * A proxy or a captive portal answers anything with 200 and a page of its own; `/engage` and `/groups` say with 200 that nothing was stored.
 * Mixpanel reference, ingestion API.
 */
export function readAcknowledgement(body: string): 'accepted' | 'refused' | 'foreign' {
  const text = body.trim();
  if (text === '' || text === '1') return 'accepted';
  if (text === '0') return 'refused';
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return 'foreign';
    if (!('status' in answer) && !('code' in answer)) return 'foreign';
    return 'status' in answer && answer.status === 0 ? 'refused' : 'accepted';
  } catch {
    return 'foreign';
  }
}
