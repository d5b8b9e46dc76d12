/** What the vendor that owns a path answers when it stored `count` events. */
export function answer(path, count) {
  if (path.startsWith('/import')) {
    return ['application/json', JSON.stringify({ code: 200, num_records_imported: count, status: 'OK' })];
  }
  if (path.startsWith('/track')) return ['text/plain', '1'];
  if (path.startsWith('/2/httpapi')) return amplitude(count);
  if (path.startsWith('/batch/')) return ['application/json', '{"status":"Ok"}'];
  if (path.startsWith('/batch')) return amplitude(count);
  if (path.startsWith('/com.snowplowanalytics')) return ['text/plain', 'ok'];
  return ['application/json', '{"success":true}'];
}

const amplitude = (count) => ['application/json', JSON.stringify({ code: 200, events_ingested: count })];
