/** Something that must not leave: what is planted, and the part of it that is searched for. */
export interface Secret {
  readonly value: string;
  readonly needle: string;
}

const whole = <K extends string>(texts: Readonly<Record<K, string>>): Record<K, Secret> =>
  Object.fromEntries(Object.entries<string>(texts).map(([name, value]) => [name, { value, needle: value }])) as Record<
    K,
    Secret
  >;

const key = (line: string) => `-----BEGIN RSA PRIVATE KEY-----\n${line}\nQmFyIGJheiBxdXV4\n`;

/** Known by their shape, wherever they stand. */
export const shaped = {
  messageEmail: { value: 'morwenna.pellow@posteo.example.org', needle: 'morwenna.pellow' },
  messageEncodedEmail: { value: 'tamsin.rowe%40mail.example.net', needle: 'tamsin.rowe' },
  messageJwt: {
    value: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ',
    needle: 'TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ',
  },
  messageCard: { value: '4111 1111 1111 1111 123', needle: '4111111111111111' },
  messageDashedCard: { value: '5500-0000-0000-0004', needle: '5500000000000004' },
  messageIban: { value: 'DE89 3704 0044 0532 0130 00', needle: 'de89370400440532013000' },
  messageUrl: { value: 'postgres://root:sw0rdf1sh-p@ss/w@db.internal:5432/qr', needle: 'sw0rdf1sh-p' },
  messageQuery: { value: 'https://x.example/list?owner=Jago+Trevithick&page=2', needle: 'Jago+Trevithick' },
  messagePair: { value: '{"apiKey": "k-7h2j-canary-9911"}', needle: 'k-7h2j-canary-9911' },
  // The last of its text: a key without an end takes all that follows.
  messageKey: { value: key('MIIEpAIBAAKCAQEAcanary1line'), needle: 'MIIEpAIBAAKCAQEAcanary1line' },
  causeBearer: { value: 'Bearer b34r3r-canary-000111', needle: 'b34r3r-canary-000111' },
  causeBasic: { value: 'Basic Y2FuYXJ5OmNvYWxtaW5l', needle: 'Y2FuYXJ5OmNvYWxtaW5l' },
  causeCookie: { value: 'Cookie: sid=c00kie-canary-1; theme=c00kie-canary-2', needle: 'c00kie-canary-2' },
  breadcrumbEmail: { value: 'loveday.hocking@example.com', needle: 'loveday.hocking' },
  logEmail: { value: 'demelza.carne@example.com', needle: 'demelza.carne' },
  loggerCard: { value: '378282246310005', needle: '378282246310005' },
  spanNameEmail: { value: 'ross.poldark@example.com', needle: 'ross.poldark' },
  tagToken: { value: 'ghost-token=tagt0ken-canary-22', needle: 'tagt0ken-canary-22' },
  pathEmail: { value: 'piran.nance@example.com', needle: 'piran.nance' },
  userIdEmail: { value: 'verity.blamey@example.com', needle: 'verity.blamey' },
} satisfies Record<string, Secret>;

/** Known by the name of their key. */
export const keyed = whole({
  bodyPassword: 'hunter2-canary-body',
  bodyCard: 'cvv-canary-7391',
  queryToken: 'query-token-canary-1',
  headerAuthorization: 'Bearer header-bearer-canary-1',
  headerApiKey: 'header-apikey-canary-1',
  cookieSession: 'cookie-session-canary-1',
  extraSecret: 'extra-secret-canary-1',
  contextPassword: 'context-password-canary-1',
  spanToken: 'span-token-canary-1',
});

/** Words without a shape, under keys that give nothing away. */
export const nested = whole({
  customer: 'Wilhelmina Oakenshield',
  street: 'Rue des Bouchers 17',
  town: 'Villefranche-de-Canari',
  remark: 'prefers marzipan without almonds',
  doctor: 'Dr Ambrosius Nettlewick',
  diagnosis: 'recurring hiccups since Lent',
  employer: 'Thistledown Umbrella Works',
  landmark: 'behind the blue windmill',
  pet: 'Sir Barksalot the Third',
  school: 'Upper Fennimore Grammar',
  spouse: 'Ottoline Featherstonehaugh',
  hobby: 'collects misprinted bus tickets',
  plate: 'KR CANARY 77',
  birthplace: 'Castle Quillmarsh',
  nickname: 'the marmalade baron',
  belief: 'Order of the Silent Teapot',
  wish: 'a lighthouse with central heating',
  gossip: 'eloped with the lamplighter',
  salary: 'forty-two thousand guineas',
  party: 'Monster Lemonade League',
  underPlannedKey: 'asked for Euphemia personally',
  inList: 'Cornelius van der Pimpernel',
});

/** Words without a shape, everywhere else. */
export const shapeless = whole({
  bodyName: 'Percival Thrumpington',
  querySearch: 'MistletoeGarlandSeventeen',
  pathName: 'Elderberry-Nightshade-Cottage',
  unknownPath: 'Forgotten-Sundial-Meadow',
  headerAgent: 'ElsinoreBrowserOfHoratio',
  headerForwarded: '203.0.113.177',
  headerBaggage: 'QuaternionBakeryTransaction',
  cookieTheme: 'PuceAndOchreTheme',
  extraStreet: 'Lower Gooseberry Lane 9',
  extraList: 'Hyacinth Bucket-Bouquet',
  tagName: 'Balthazar Quince',
  breadcrumbPlace: 'the Crooked Billet Inn',
  breadcrumbConsole: 'console of Mrs Whatsit',
  logObject: 'Lady Windermere of the Fan',
  loggerAttribute: 'Algernon Moncrieff',
  loggerParameter: 'Gwendolen Fairfax',
  scopeAttribute: 'Canon Chasuble',
  metricAttribute: 'Miss Prism and her handbag',
  sqlLiteral: 'Jabez Wilson of the Red-Headed League',
  sqlParameter: 'Enoch Drebber in Lauriston Gardens',
  sqlDrizzle: 'Jephro Rucastle of the Copper Beeches',
  sqlComment: 'Violet Hunter was here',
  spanAttribute: 'Grimesby Roylott of Stoke Moran',
  spanJson: 'Isadora Klein at Harrow Weald',
  spanUrl: 'BascombeValleyPool',
  userName: 'Mycroft the Elder',
  userCity: 'Diogenes-upon-Club',
  userAddress: '198.51.100.23',
  sdkContext: 'the brass telephone of Irene',
  traceData: 'Silver Blaze of Kings Pyland',
  processor: 'Thaddeus Sholto of Pondicherry',
  attachment: 'the Musgrave ritual in full',
  frameVariable: 'Jonas Oldacre of Norwood',
});

/** Texts in fields of the plan, which must arrive. */
export const controls = {
  message: 'the-canary-error-arrived',
  cause: 'the-canary-cause-arrived',
  extra: 'extra-reason-arrives',
  tag: 'tag-plan-arrives',
  context: 'context-step-arrives',
  nested: 'nested-operation-arrives',
  breadcrumb: 'breadcrumb-message-arrives',
  breadcrumbData: 'breadcrumb-action-arrives',
  logMessage: 'log-sentence-arrives',
  logAttribute: 'log-component-arrives',
  loggerAttribute: 'logger-queue-arrives',
  spanAttribute: 'span-page-arrives',
  metricAttribute: 'metric-job-arrives',
  userId: 'user-id-arrives',
  statement: 'canary_missing_table',
};
