type Json = Record<string, unknown>;

const FRAME_FIELDS = ['function', 'module', 'filename', 'abs_path', 'lineno', 'colno', 'in_app'];
const SAMPLE_FIELDS = ['stack_id', 'thread_id', 'timestamp', 'elapsed_since_start_ns'];

/**
 * A profile without secrets. Its samples and stacks are numbers, thousands of them, and its list of frames is referred to by position: none of
 * them may be cut short.
 */
export function filterProfile({ profile, ...rest }: Json, redact: (value: unknown) => unknown): unknown {
  const { samples, stacks, frames, thread_metadata } = (profile ?? {}) as Json;
  return {
    ...(redact(rest) as Json),
    profile: {
      samples: listOf(samples).map((sample) => pick(sample as Json, SAMPLE_FIELDS)),
      stacks: listOf(stacks).map((stack) => listOf(stack).map(Number)),
      frames: listOf(frames).map((frame) => redact(pick(frame as Json, FRAME_FIELDS))),
      thread_metadata: redact(thread_metadata),
    },
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function pick(source: Json, keys: readonly string[]): Json {
  const picked: Json = {};
  for (const key of keys) if (source[key] !== undefined) picked[key] = source[key];
  return picked;
}
