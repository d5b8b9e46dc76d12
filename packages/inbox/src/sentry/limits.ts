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
  /** Of all types together. Not documented: ten times what an SDK puts into one envelope. */
  items: 1000,
  /** One line of JSON before a payload. Not documented: eight times the longest trace that baggage carries. */
  headerBytes: 64 * KIB,
  /** Documented for spans; the SDKs send 100 logs and 1000 metrics at a time. */
  recordsPerContainer: 1000,
  /** Of the older standalone form. */
  standaloneSpans: 25,
  sessions: 100,
  sessionBuckets: 100,
  attachments: 30,
  clientReports: 100,
  securityReports: 10,
  /** A span of the older form, as documented: containers may be larger. */
  standaloneSpanBytes: MIB,
  /** Of items of these types together. */
  combinedBytes: { client_report: 100 * KIB, session: 10 * MIB, sessions: 10 * MIB } as Readonly<
    Record<string, number>
  >,
  /** Payloads that are kept but looked into by nobody here are read up to this size, and together up to the next. */
  readBytes: MIB,
  readBytesInAll: 16 * MIB,
  /** Per item, decompressed. */
  itemBytes: {
    event: MIB,
    transaction: MIB,
    raw_security: MIB,
    span: 12 * MIB,
    log: 12 * MIB,
    trace_metric: 12 * MIB,
    check_in: 100 * KIB,
    // Shaped like events.
    feedback: MIB,
    user_report: MIB,
    replay_event: MIB,
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
