import type { Envelope, Transport } from '@sentry/core';
import { makeNodeTransport } from '@sentry/node';
import { redactTelemetry } from './redact-telemetry.ts';

/**
 * The SDK's transport behind the last gate: whatever a hook did not cover (spans, logs, profiles, contexts set past our functions) is
 * scrubbed here, where nothing can go around it.
 */
export function makeScrubbingTransport(options: Parameters<typeof makeNodeTransport>[0]): Transport {
  const transport = makeNodeTransport(options);
  return { ...transport, send: (envelope) => transport.send(scrubEnvelope(envelope)) };
}

function scrubEnvelope([headers, items]: Envelope): Envelope {
  const scrubbed = (items as readonly (readonly [unknown, unknown])[]).map(([itemHeaders, payload]) =>
    typeof payload === 'object' && payload !== null && !ArrayBuffer.isView(payload)
      ? [itemHeaders, redactTelemetry(payload)]
      : [itemHeaders, payload],
  );
  return [headers, scrubbed] as unknown as Envelope;
}
