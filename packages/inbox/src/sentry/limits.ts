const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * The limits of Sentry's ingestion. Where the documentation and Relay's defaults differ the stricter holds, but for the
 * containers of spans, logs and metrics: the documented 1 MiB is that of a single item, and official SDKs fill 5 MiB.
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelopes/#size-limits
 */
export const LIMITS = {
  /** Decompressed. */
  envelopeBytes: 200 * MIB,
  spansPerContainer: 1000,
  /** Of the older standalone form. */
  standaloneSpans: 25,
  sessions: 100,
  sessionBuckets: 100,
  attachments: 30,
  /** Per item, decompressed. */
  itemBytes: {
    event: MIB,
    transaction: MIB,
    span: 12 * MIB,
    log: 12 * MIB,
    trace_metric: 12 * MIB,
    check_in: 100 * KIB,
    client_report: 4 * KIB,
    sessions: 10 * MIB,
    session: 10 * MIB,
    profile: 50 * MIB,
    profile_chunk: 50 * MIB,
    // What arrives is compressed inside its item; a recording in plain JSON may be ten times as large.
    replay_recording: 100 * MIB,
    replay_video: 100 * MIB,
  } as Readonly<Record<string, number>>,
} as const;
