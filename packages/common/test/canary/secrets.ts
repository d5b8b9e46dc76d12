/**
 * What one call is given: secrets of four sorts, which must not leave, and a text that must arrive. All of them are different for each call, so that
 * what leaks names the call that leaked it.
 */
export interface Planted {
  /** Known by its shape, in any text. */
  readonly email: string;
  /** Known by its label, in any text: `password=…`. */
  readonly labelled: string;
  /** To be put under a key that names a secret, such as `password`. */
  readonly keyed: string;
  /** Words without a shape, to be put under a key that the plan does not know. */
  readonly words: string;
  /** Harmless: in a place that the plan knows. */
  readonly control: string;
}

/** The planted texts of a call, the same in every process. */
export function plantedIn(call: string): Planted {
  const slug = slugOf(call);
  return {
    email: `${slug}.pellow@posteo.example.org`,
    labelled: `password=${slug}Labelled77x`,
    keyed: `${slug}Keyed88x`,
    words: `Wilhelmina ${slug} Oakenshield`,
    control: `${slug}-arrives`,
  };
}

/** The part of each secret of a call that is searched for. */
export function needlesOf(call: string): readonly string[] {
  const slug = slugOf(call);
  return [`${slug}.pellow`, `${slug}Labelled77x`, `${slug}Keyed88x`, `Wilhelmina ${slug} Oakenshield`];
}

/** Letters only, as a digit or a sign could be taken for a part of something else. */
function slugOf(call: string): string {
  return call.replace(/[^A-Za-z]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
}

/** One secret in free text: what is written, and the part of it that must not be found. */
export interface Shape {
  readonly text: string;
  readonly needle: string;
}

const repeat = (letters: string, length: number) => letters.repeat(length).slice(0, length);
const shape = (before: string, needle: string, after = ''): Shape => ({ text: `${before}${needle}${after}`, needle });
// In parts, so that no scanner takes this file for a leak.
const stripe = ['sk', 'live', repeat('Canary51Hx', 24)].join('_');
const gitHub = ['ghp', repeat('CanaryA1b2C3', 36)].join('_');
const fineGrained = ['github', 'pat', repeat('11CANARY0abc', 22), repeat('Zy9Canary', 59)].join('_');
const aws = ['AK', 'IA', repeat('CANARY7XQ2', 16)].join('');
const slack = ['xox', 'b-', '123456789012-1234567890123-', repeat('CanaryQwErTy', 24)].join('');
const google = ['AI', 'za', repeat('SyCanary0-x', 35)].join('');
const gitLab = ['gl', 'pat-', repeat('CanaryX9y8Z7', 20)].join('');
const npm = ['np', 'm_', repeat('CanaryN0p1M2', 36)].join('');
const slackHook = ['https://hooks.slack', '.com/services/T0CANARY1/B0CANARY2/', repeat('CanaryHook12', 24)].join('');
const discordHook = ['https://discord', '.com/api/webhooks/123456789012345678/', repeat('CanaryDisc0rd', 68)].join('');
const telegram = ['https://api.telegram', '.org/bot', '123456789:', repeat('CanaryTelegram0', 35), '/sendMessage'].join(
  '',
);
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJjYW5hcnkifQ', repeat('TJVA95OrM7Canary', 43)].join('.');
const pem = (kind: string, body: string) => `-----BEGIN ${kind}-----\n${body}\nQmFyIGJheiBxdXV4\n-----END ${kind}-----`;

/** Secrets that the scrubber knows without a redesign of its rules. */
export const knownShapes: Readonly<Record<string, Shape>> = {
  email: shape('', 'morwenna.trelawny', '@posteo.example.org'),
  encodedEmail: shape('', 'tamsin.rowe', '%40mail.example.net'),
  jwt: shape('', jwt),
  card: { text: '4111 1111 1111 1111', needle: '4111111111111111' },
  dashedCard: { text: '5500-0000-0000-0004', needle: '5500000000000004' },
  iban: { text: 'DE89 3704 0044 0532 0130 00', needle: 'de89370400440532013000' },
  urlPassword: shape('postgres://root:', 'sw0rdf1sh-p', '@db.internal:5432/qr'),
  query: shape('https://x.example/list?owner=', 'Jago+Trevithick', '&page=2'),
  json: shape('{"apiKey": "', 'k-7h2j-canary-9911', '"}'),
  pem: shape('', pem('RSA PRIVATE KEY', 'MIIEpAIBAAKCAQEAcanary1line')),
  bearer: shape('Bearer ', 'b34r3r-canary-000111'),
  basic: shape('Basic ', 'Y2FuYXJ5OmNvYWxtaW5l'),
  cookie: shape('Cookie: sid=x; theme=', 'c00kie-canary-2'),
  label: shape('api_key=', 'labelCanary11'),
  colon: shape('password: ', 'colonCanary12'),
};

/**
 * Secrets that the rewritten rules of the scrubber add: labels in every form of writing, tokens without a label, addresses and numbers of people.
 * They are held to the same test as the others.
 */
export const laterShapes: Readonly<Record<string, Shape>> = {
  comparison: shape('assert(token === "', 'comparedCanary1', '")'),
  goAssignment: shape('secret := "', 'assignedCanary2', '"'),
  makeAssignment: shape('API_TOKEN ?= ', 'makeCanary3'),
  appended: shape('password += "', 'appendedCanary4', '"'),
  arrow: shape("'password' => '", 'arrowCanary5', "'"),
  doubleColon: shape('password ::= ', 'doubleCanary6'),
  xml: shape('<password>', 'xmlCanary7', '</password>'),
  nameAndValue: shape('<input name="password" value="', 'valueCanary8', '">'),
  headerPair: shape('["x-api-key","', 'pairCanary9', '"]'),
  nameValueObject: shape('{"name":"password","value":"', 'objectCanary10', '"}'),
  option: shape('--password ', 'optionCanary13'),
  shortOption: shape('mysql -p ', 'shortCanary14'),
  curlUser: shape('curl -u canary:', 'curlCanary15'),
  dbPass: shape('db_pass=', 'dbpassCanary16'),
  signature: shape('signature=', 'signCanary17'),
  twoFactor: shape('two-factor: ', 'factorCanary18'),
  xsrf: shape('xsrf: ', 'xsrfCanary19'),
  stripe: shape('paid with ', stripe),
  gitHub: shape('cloned with ', gitHub),
  gitHubFineGrained: shape('cloned with ', fineGrained),
  aws: shape('uploaded as ', aws),
  slack: shape('posted as ', slack),
  google: shape('mapped with ', google),
  gitLab: shape('pushed with ', gitLab),
  npm: shape('published with ', npm),
  slackHook: { text: slackHook, needle: slackHook.slice(-24) },
  discordHook: { text: discordHook, needle: discordHook.slice(-24) },
  telegram: { text: telegram, needle: repeat('CanaryTelegram0', 35) },
  openSshKey: shape('', pem('OPENSSH PRIVATE KEY', 'b3BlbnNzaC1rZXktdjEAAAAAcanary')),
  spacedIban: { text: 'IBAN: GB82\u00a0WEST\u00a01234\u00a05698\u00a07654\u00a032', needle: 'west12345698765432' },
  encodedCard: { text: '3782%20822463%2010005', needle: '378282246310005' },
  dottedCard: { text: '6011.1111.1111.1117', needle: '6011111111111117' },
  quotedCookie: shape('Cookie: sid="', 'quoted canary 20', '"; theme=x'),
  digest: shape('Digest username="x", response="', 'd1gestCanary21', '"'),
  passwordWithSpaces: shape('password: "correct horse ', 'battery canary 22', '"'),
  publicAddress: shape('from ', '81.2.69.142'),
  publicAddress6: shape('from ', '2a02:26f7:e3c4:8::c0de'),
  socialSecurity: shape('ssn ', '219-09-9999'),
  phone: { text: 'call +44 20 7946 0958', needle: '2079460958' },
  homeFolder: shape('at /home/', 'morwennapellow', '/app/src/a.ts'),
  windowsFolder: shape('at C:\\Users\\', 'TamsinRowe', '\\app\\a.ts'),
};

/** Harmless texts that stay whole. */
export const harmless: readonly string[] = [
  '6f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '2026-11-29T16:43:53.123Z',
  'version 11.1.0-beta.2',
  'order 20261129001',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'the author of 3 pages',
  'passengers: 12',
  "the token isn't set",
  'GET /qr/:id/image.svg took 12.5 ms',
  'ECONNREFUSED 127.0.0.1:5432',
];

/** More of them, which the rewritten rules leave alone as well. */
export const laterHarmless: readonly string[] = [
  'icon@3x.png was drawn',
  'cloned from git@github.com:acme/app.git',
  'asked for page=2 and limit=10',
  'secretary: yes',
  'has_password: true',
  'session_count=7',
  'cookies: disabled',
  'max_tokens: 4096',
  'token_type: bearer',
  'tokens_used: 812',
  'bypass: no',
];
