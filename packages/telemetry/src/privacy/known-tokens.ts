/** What marks the tokens of one maker. */
export interface TokenShape {
  /** Patterns; one without a separator in it must begin a word. */
  readonly prefixes: readonly string[];
  /** A character class without its brackets. */
  readonly of: string;
  /** How many characters follow. */
  readonly atLeast: number;
}

const ALNUM = 'A-Za-z0-9';
const WORD = '\\w\\-';
const HEX = 'A-Fa-f0-9';
const BASE64 = '\\w+/=\\-';

type Row = readonly [prefixes: string, of: string, atLeast: number];

/**
 * Tokens that their makers mark by a documented prefix, in the order in which they are tried. Facts from the makers' documentation, as collected by
 * gitleaks (MIT) and by GitHub's secret scanning.
 */
const SHAPES: readonly Row[] = [
  // Stripe and those like it
  ['sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ pk_test_ whsec_ rzp_live_ rzp_test_', BASE64, 8],
  // 1Password, service accounts
  ['ops_eyJ', BASE64, 20],
  // GitHub
  ['ghp_ gho_ ghu_ ghs_ ghr_', ALNUM, 20],
  // GitHub, fine-grained
  ['github_pat_', '\\w', 20],
  // GitLab
  [
    'glpat- gldt- glft- glsoat- glrt- glrtr- glcbt- glptt- glimt- glagent- gloas- glffct- _gitlab_session=',
    `${WORD}.`,
    16,
  ],
  // GitLab, runners
  ['GR1348941', WORD, 16],
  // AWS, key ids
  ['AKIA ASIA ABIA ACCA A3T[A-Z0-9]', 'A-Z0-9', 15],
  // AWS, Bedrock
  ['ABSK', BASE64, 100],
  // AWS, others
  ['bedrock-api-key- amzn.mws. amzn1.oa2-cs.v1.', BASE64, 20],
  // Google
  ['AIza', WORD, 30],
  // Google, OAuth
  ['GOCSPX- ya29. 1//0', WORD, 20],
  // Firebase
  ['AAAA[\\w-]{7}:', WORD, 100],
  // Slack
  ['xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxd- xoxe.xox[bp]- xapp-', WORD, 8],
  // npm, PyPI and RubyGems
  ['npm_ rubygems_', ALNUM, 30],
  // PyPI
  ['pypi-AgE', WORD, 20],
  // crates.io and NuGet
  ['cio oy2', ALNUM, 32],
  // Clojars
  ['CLOJARS_', ALNUM, 40],
  // Hugging Face
  ['hf_ api_org_', 'A-Za-z', 30],
  // Anthropic, OpenAI, OpenRouter
  ['sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or-v1- sk-lf- pk-lf-', WORD, 20],
  // OpenAI, older
  ['sk-', ALNUM, 40],
  // other models
  ['gsk_ r8_ pplx- xai- tvly- nvapi- pcsk_ lsv2_pt_ lsv2_sk_ rpa_ phx_ phs_ wandb_v1_', WORD, 24],
  // Atlassian
  ['ATATT3 ATCTT3 BBDC- ATBB', BASE64, 20],
  // JFrog
  ['AKCp cmVmd', ALNUM, 50],
  // SendGrid
  ['SG.', `${WORD}.=`, 50],
  // Brevo
  ['xkeysib- xsmtpsib-', WORD, 40],
  // Mailgun
  ['(?<![\\w-])key- pubkey-', 'a-f0-9', 32],
  // Shopify
  ['shpat_ shpca_ shppa_ shpss_ shptka_ shpua_', HEX, 30],
  // Square
  ['EAAA', WORD, 22],
  // Square, others
  ['sq0atp- sq0csp- sq0idp-', WORD, 20],
  // DigitalOcean
  ['dop_v1_ doo_v1_ dor_v1_', HEX, 30],
  // Vault
  ['hvs. hvb. hvr.', WORD, 20],
  // Vault, older
  ['(?<![\\w.])s.', ALNUM, 24],
  // Terraform
  ['[A-Za-z0-9]{14}.atlasv1.', `${WORD}=`, 50],
  // Databricks
  ['dapi dkea dose', 'a-f0-9', 32],
  // New Relic
  ['NRAK- NRJS- NRII- NRRA- NRIQ-', `${ALNUM}-`, 18],
  // Dynatrace
  ['dt0c01. dt0s01. dt0s16.', `${ALNUM}.`, 60],
  // Docker
  ['dckr_pat_ dckr_oat_', WORD, 20],
  // Linear
  ['lin_api_ lin_oauth_', ALNUM, 30],
  // Notion
  ['ntn_', ALNUM, 40],
  // Notion, older
  ['secret_', ALNUM, 40],
  // Postman
  ['PMAK-', 'a-f0-9-', 50],
  // PlanetScale
  ['pscale_tkn_ pscale_oauth_ pscale_pw_', `${WORD}.=`, 24],
  // Prefect, Pulumi, ReadMe
  ['pnu_ pul- rdme_ ico-', ALNUM, 30],
  // Sentry
  ['sntryu_ sntrys_ sntrya_', BASE64, 30],
  // Shippo
  ['shippo_live_ shippo_test_', HEX, 30],
  // Sourcegraph, Segment
  ['sgp_', '\\w', 40],
  // Typeform
  ['tfp_', `${WORD}.=`, 40],
  // Scalingo
  ['tk-us-', WORD, 40],
  // Heroku
  ['HRKU-', WORD, 30],
  // Flutterwave
  ['FLWSECK_TEST- FLWPUBK_TEST- FLWSECK-', ALNUM, 12],
  // Frame.io
  ['fio-u-', `${WORD}=`, 50],
  // Fly.io
  ['fo1_ fm1a_ fm1r_ fm2_', BASE64, 40],
  // Grafana
  ['glc_ glsa_', BASE64, 30],
  // EasyPost
  ['EZAK EZTK', ALNUM, 50],
  // Duffel
  ['duffel_test_ duffel_live_', `${WORD}=`, 30],
  // Doppler
  ['dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', `${WORD}.`, 30],
  // Defined Networking
  ['dnkey-', `${WORD}=`, 50],
  // Octopus Deploy
  ['API-', 'A-Z0-9', 26],
  // 1Password
  ['A3-[A-Z0-9]{6}-', 'A-Z0-9-', 25],
  // Adobe
  ['p8e-', 'A-Za-z0-9', 30],
  // age
  ['AGE-SECRET-KEY-1', 'A-Z0-9', 50],
  // Alibaba, Tencent
  ['LTAI AKID', ALNUM, 17],
  // Airtable
  ['pat[A-Za-z0-9]{14}.', 'a-f0-9', 60],
  // Authress
  ['(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}.[a-z0-9]{4,6}.acc[_-]', `${BASE64}.`, 40],
  // Cloudflare
  ['v1.0-[a-f0-9]{24}-', 'a-f0-9', 100],
  // ClickHouse
  ['4b1d(?=[A-Za-z0-9]{38}(?![A-Za-z0-9]))', ALNUM, 38],
  // Azure
  ['[A-Za-z0-9_~.]{3}\\dQ~', `${WORD}~.`, 31],
  // Facebook
  ['EAAM EAAC EAACEdEose0cBA', ALNUM, 60],
  // Twilio
  ['SK', HEX, 32],
  // Harness
  ['pat. sat.', `${WORD}.`, 60],
  // MaxMind
  ['[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_', 'mk', 3],
  // 42 School
  ['s-s4t2ud- s-s4t2af-', 'a-f0-9', 60],
  // OpenShift
  ['sha256~', WORD, 40],
  // SettleMint
  ['sm_aat_ sm_pat_ sm_sat_', ALNUM, 16],
  // Yandex
  ['t1.', `${WORD}.=`, 80],
  // Yandex, keys
  ['AQVN', WORD, 30],
  // Plaid
  ['access-(?:sandbox|development|production)-', 'a-f0-9-', 36],
  // Contentful, Figma, Netlify, Supabase
  ['CFPAT- figd_ nfp_ sbp_ sb_secret_', WORD, 20],
  // Tailscale, CircleCI, Buildkite
  ['tskey- CCIPAT_ bkua_ waka_', WORD, 20],
  // SonarQube
  ['squ_ sqp_ sqa_', 'a-f0-9', 40],
  // WooCommerce
  ['ck_ cs_', 'a-f0-9', 40],
  // Lob
  ['(?:live|test)_(?=[a-f0-9]{35}(?![a-z0-9])) (?:live|test)_pub_', 'a-f0-9', 31],
  // GoCardless
  ['live_', `${WORD}=`, 40],
  // Resend
  ['re_[A-Za-z0-9]{8}_', ALNUM, 20],
  // Braintree
  ['access_token$production$ access_token$sandbox$', 'a-z0-9$', 20],
  // Mapbox
  ['pk. sk.', `${WORD}.`, 80],
  // Discord
  ['[MNO][A-Za-z0-9_-]{23,25}.[A-Za-z0-9_-]{6}. mfa.', WORD, 27],
  // Telegram
  ['\\d{8,10}:A', WORD, 34],
  // Facebook, app tokens
  ['\\d{15,16}(?:\\||%7C)', WORD, 27],
  // Asana
  ['1/\\d{16}:', 'a-f0-9', 32],
  // a bearer of Twitter
  ['AAAAAAAAAAAAAAAAAAAAA', `${ALNUM}%`, 60],
  // a private key in base64
  ['LS0tLS1CRUdJTi', BASE64, 20],
  // a JSON web token in base64
  ['ZXlK', BASE64, 40],
];

/** {@link SHAPES} as records. */
export const knownTokens: readonly TokenShape[] = SHAPES.map(([prefixes, of, atLeast]) => ({
  prefixes: prefixes.split(' '),
  of,
  atLeast,
}));

const START_OF_WORD = '(?:(?<![A-Za-z0-9])|(?<=%[0-9A-F]{2}|\\\\[nrt]))';

/** One pattern for all of them. */
export const TOKEN = new RegExp(
  `${START_OF_WORD}(?:${sourceOf((prefix) => !isMarked(prefix))})|${sourceOf(isMarked)}`,
  'g',
);

/** Whether nothing but a token holds the prefix, so that it need not begin a word. */
function isMarked(prefix: string): boolean {
  return /^[A-Za-z0-9]{3,}[_-]/.test(prefix);
}

function sourceOf(isMeant: (prefix: string) => boolean): string {
  const shapes = knownTokens.flatMap(({ prefixes, of, atLeast }) => {
    const alternatives = prefixes.filter(isMeant).map(escapeDots).join('|');
    return alternatives === '' ? [] : [`(?:${alternatives})[${of}]{${atLeast},}`];
  });
  return shapes.join('|');
}

function escapeDots(prefix: string): string {
  return prefix.replace(/\[[^\]]*\]|[.$]/g, (part) => (part.length === 1 ? `\\${part}` : part));
}
