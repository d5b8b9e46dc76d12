/** Contexts that the SDK and this library write themselves, with the fields of them that say nothing of a person. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace_id', 'span_id', 'parent_span_id', 'op', 'status', 'origin'],
  profile: ['profile_id', 'profiler_id'],
  runtime: ['name', 'version'],
  // Of a page, by the tunnel.
  browser: ['name', 'version'],
  os: ['name', 'version', 'kernel_version', 'build'],
  device: [
    'arch',
    'boot_time',
    'memory_size',
    'free_memory',
    'processor_count',
    'processor_frequency',
    'cpu_description',
  ],
  app: ['app_start_time', 'app_memory', 'free_memory'],
  culture: ['locale', 'timezone'],
  cloud_resource: ['cloud.provider', 'cloud.platform', 'cloud.region', 'cloud.availability_zone'],
  response: ['status_code', 'body_size'],
  // Of the error budget.
  suppressed: ['count', 'ids', 'summary'],
};

/** A context in two parts: the fields that are known by its name, and the others, which only the plan can let pass. */
export function contextFields(
  name: string,
  context: unknown,
): { readonly known: Record<string, unknown>; readonly others: Record<string, unknown> } {
  const known: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  const fields = Object.hasOwn(FIELDS, name) ? (FIELDS[name] ?? []) : [];
  for (const [key, value] of Object.entries(context ?? {})) {
    if (fields.includes(key)) known[key] = flat(value);
    // The attributes of the span, which the span itself carries.
    else if (name !== 'trace' || key !== 'data') others[key] = value;
  }
  return { known, others };
}

/** None of these fields holds an object: what is nested in one is somebody else's. */
function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string');
  return typeof value === 'object' ? undefined : value;
}
