const offline = 'sends nothing that its caller gives it';
const client = 'starts, replaces or ends a client: there is one, and its transport holds the gate';
const reader = 'returns what it is given or what is already there';
const library =
  'instruments a library: what it makes of its calls are spans, logs and errors, which pass the gate like those of startSpan, logger and captureException';
const parts = 'adds to events by the hooks that addIntegration and addEventProcessor are called with here';

/** Functions of the SDK that the canary does not call, with the reason. A function of a new version is in neither list, and the test says so. */
export const notCalledOfSdk: Readonly<Record<string, string>> = {
  ...because(client, [
    ...['init', 'initWithoutDefaultIntegrations', 'initOpenTelemetry', 'setOpenTelemetryContextAsyncContextStrategy'],
    ...['NodeClient', 'makeNodeTransport', 'createTransport', 'setCurrentClient', 'close', 'flush'],
  ]),
  ...because(reader, [
    ...[
      'getActiveSpanDescendants',
      'getSpanDescendants',
      'getSpanStatusFromHttpCode',
      'getTraceData',
      'getTraceMetaTags',
    ],
    ...[
      'isEnabled',
      'isInitialized',
      'spanToJSON',
      'spanToStaticSpanJSON',
      'spanToTraceHeader',
      'winterCGHeadersToDict',
    ],
    ...['getDefaultIntegrations', 'getDefaultIntegrationsWithoutPerformance', 'getAutoPerformanceIntegrations'],
    ...['getInstrumentedModuleNames', 'getOtlpTracesEndpoint', 'getSentryRelease', 'defaultStackParser'],
    ...['createGetModuleFromFilename', '_INTERNAL_normalizeCollectionInterval', 'withStreamedSpan'],
  ]),
  ...because(offline, [
    ...['dedupeIntegration', 'eventFiltersIntegration', 'functionToStringIntegration', 'spanStreamingIntegration'],
    ...[
      'processSessionIntegration',
      'disableAnrDetectionForCallback',
      'nodeRuntimeMetricsIntegration',
      'modulesIntegration',
    ],
    ...[
      'buildLaunchDarklyFlagUsedHandler',
      'launchDarklyIntegration',
      'OpenFeatureIntegrationHook',
      'openFeatureIntegration',
    ],
    ...['statsigIntegration', 'unleashIntegration', 'growthbookIntegration'],
  ]),
  ...because(parts, [
    ...['nodeContextIntegration', 'contextLinesIntegration', 'localVariablesIntegration', 'childProcessIntegration'],
    ...['workerThreadsIntegration', 'onUncaughtExceptionIntegration', 'onUnhandledRejectionIntegration'],
    ...['pinoIntegration', 'anrIntegration', 'httpIntegration', 'httpServerIntegration', 'httpServerSpansIntegration'],
    ...['nativeNodeFetchIntegration', 'fsIntegration', 'openTelemetryIntegration'],
  ]),
  spotlightIntegration:
    'mirrors to an address of this machine in development; it is off unless SENTRY_SPOTLIGHT is set, and never on in production',
  ...because(library, [
    ...['SentryMastraExporter', 'amqplibIntegration', 'anthropicAIIntegration', 'createFlueInstrumentation'],
    ...[
      'createLangChainCallbackHandler',
      'dataloaderIntegration',
      'eveConversationHook',
      'eveIntegration',
      'eveInstrumentation',
    ],
    ...[
      'expressErrorHandler',
      'expressIntegration',
      'fastifyIntegration',
      'firebaseIntegration',
      'genericPoolIntegration',
    ],
    ...[
      'googleGenAIIntegration',
      'graphqlIntegration',
      'groqIntegration',
      'hapiIntegration',
      'instrumentAnthropicAiClient',
    ],
    ...[
      'instrumentGoogleGenAIClient',
      'instrumentLangChainEmbeddings',
      'instrumentMistralAiClient',
      'instrumentStateGraph',
    ],
    ...[
      'instrumentStateGraphCompile',
      'instrumentTypeSafeClient',
      'kafkaIntegration',
      'knexIntegration',
      'koaIntegration',
    ],
    ...[
      'langChainIntegration',
      'langGraphIntegration',
      'lruMemoizerIntegration',
      'mastraIntegration',
      'mcpServerIntegration',
    ],
    ...['mistralAIIntegration', 'mongoIntegration', 'mongooseIntegration', 'mysql2Integration', 'mysqlIntegration'],
    ...['openAIIntegration', 'postgresIntegration', 'postgresJsIntegration', 'prismaIntegration', 'redisIntegration'],
    ...['setupExpressErrorHandler', 'setupFastifyErrorHandler', 'setupHapiErrorHandler', 'setupKoaErrorHandler'],
    ...['tediousIntegration', 'togetherAIIntegration', 'typesafeIntegration', 'vercelAIIntegration'],
    ...['instrumentSupabaseClient', 'supabaseIntegration', 'wrapMcpServerWithSentry'],
  ]),
};

/** The same for `@qr/common`. */
export const notCalledOfCommon: Readonly<Record<string, string>> = {
  ...because(offline, [
    ...['AppError', 'ConfigError', 'loadConfig', 'loadConfigOrExit', 'readObservabilityConfig', 'observabilityStats'],
    ...[
      'closeObservability',
      'flushObservability',
      'decodeCursor',
      'encodeCursor',
      'hashEmail',
      'sentIdOf',
      'visitorId',
    ],
    ...['addressKey', 'statusOfError'],
    ...[
      'originVariable',
      'originsVariable',
      'serverVariables',
      'requireServiceToken',
      'createSessions',
      'startSchedule',
    ],
    ...['databaseVariables', 'serviceTokenVariables', 'sessionVariables'],
  ]),
  Sentry: 'called function by function',
  buildServer: 'serves the requests of the canary',
  ...because('is what buildServer opens for each request', ['openRequestContext', 'withRequestContext']),
  observabilityPlugin: 'is part of buildServer',
  addErasureRoute:
    'erases: the id of a person goes to the erasure list as a keyed hash, and to the deletion API, whose purpose it is',
  forgetUser:
    'erases: the id of a person goes to the erasure list as a keyed hash, and to the deletion API, whose purpose it is',
  createAnswerCache: 'keeps answers in memory; a failure reaches its callback',
  createServiceClient: 'sends to services of the platform, not to vendors',
  tunnelPlugin: 'forwards what pages send, which has tests of its own',
  initializeMixpanel: 'starts the half that the canary sends by',
  initializeSentry: 'starts the half that the canary sends by',
  startShipper: 'delivers batches that a producer has made',
};

function because(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
