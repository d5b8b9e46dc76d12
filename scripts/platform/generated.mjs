import { shortName } from './ports.mjs';

/** @typedef {import('./ports.mjs').Services} Services */
/** @typedef {import('@qr/alerts/config').Service} Service */

/** It starts every erasure. */
const ERASING_SERVICE = 'auth-service';
/** The port of each container, and the name of the web server's. */
const CONTAINER_PORT = 3000;
const WEB_CONTAINER = 'web';
const ENVIRONMENT_REGION = 'ports and origins of the services';

/**
 * Returns the files that list the services, with those lists as the config has them. `compose.yaml` and `.env.example` have marked regions, the
 * lists of TypeScript projects have an entry for each folder.
 * @param {Services} config
 * @param {{ read: (path: string) => string, exists: (path: string) => boolean }} files relative to the root
 * @returns {{ path: string, content: string }[]}
 */
export function generatedFiles(config, { read, exists }) {
  const regions = { ...composeRegions(config), ...environmentRegions(config, read('.env.example')) };
  const folders = config.services.map(({ folder }) => folder);
  const projects = folders.flatMap((folder) =>
    [folder, `${folder}/test`].filter((path) => exists(`${path}/tsconfig.json`)),
  );
  return [
    { path: 'compose.yaml', content: replaceRegions(read('compose.yaml'), regions) },
    { path: '.env.example', content: replaceRegions(read('.env.example'), regions) },
    { path: 'packages/common/src/origin-variables.ts', content: originVariables(config) },
    { path: 'tsconfig.json', content: replaceReferences(read('tsconfig.json'), projects) },
    {
      path: 'tsconfig.build.json',
      content: replaceReferences(
        read('tsconfig.build.json'),
        projects.filter((path) => !path.endsWith('/test')),
      ),
    },
  ];
}

/** @param {Services} config */
function originVariables({ services, web }) {
  const names = [...services, ...(web ? [web] : [])].map(({ originVariable }) => `  '${originVariable}',\n`);
  return `// Generated from observability.config.ts by \`npm run generate\`.

/** The variables that name the platform's services, each with one origin or several, separated by commas. */
export const originVariables: readonly string[] = [\n${names.join('')}];\n`;
}

/** @param {Services} config @returns {Record<string, string[]>} */
function composeRegions({ services, web }) {
  const containers = services.flatMap(containersOf);
  const named = [
    ...containers.map((container) => `${container}=${originOf(container)}`),
    ...(web ? [`${web.name}=${originOf(WEB_CONTAINER)}`] : []),
  ];
  return {
    origins: services.map((service) => `  ${service.originVariable}: ${containersOf(service).map(originOf).join(',')}`),
    services: services.flatMap((service) => [...serviceLines(service, { services, web }), '']).slice(0, -1),
    'started before the web server': containers.map(
      (container) => `      ${container}: { condition: service_healthy }`,
    ),
    'services of the inbox': [`      INBOX_SERVICES: ${named.join(',')}`],
    'spools of the services': services.map(({ name }) => `  ${volumeOf(name)}: {}`),
  };
}

/** @param {Service} service @param {Services} config @returns {string[]} */
function serviceLines(service, config) {
  const { name, database, publishedPort } = service;
  const [first = name, ...others] = containersOf(service);
  const anchor = others.length > 0 ? ` &${name}` : '';
  return [
    `  ${first}:${anchor}`,
    '    <<: *process',
    `    image: qr-observability/${name}`,
    '    build:',
    '      <<: *build',
    `      args: { <<: *build-args, SERVICE: ${name} }`,
    '    environment:',
    `      <<: [*environment, *origins${database === undefined ? '' : ', *storage'}]`,
    ...(name === ERASING_SERVICE ? [`      ERASURE_SERVICES: ${erasureList(config)}`] : []),
    ...service.variables.map((variable) => `      ${variable}: \${${variable}:-}`),
    `    volumes: [${volumeOf(name)}:/var/spool/qr-observability]`,
    ...(database === undefined ? [] : ['    networks: [default, database]']),
    ...(publishedPort === undefined ? [] : [`    ports: ["127.0.0.1:${publishedPort}:${CONTAINER_PORT}"]`]),
    `    depends_on: *needs-${database === undefined ? 'queue' : 'storage'}`,
    ...others.flatMap((container) => ['', `  ${container}:`, `    <<: *${name}`]),
  ];
}

/** Every instance is notified of deleted accounts, and so is the web server. @param {Services} config */
function erasureList({ services, web }) {
  const notified = services.filter(({ name, forgetsUsers }) => forgetsUsers && name !== ERASING_SERVICE);
  return [
    ...notified.flatMap((service) =>
      containersOf(service).map((container) => `${service.name}=${originOf(container)}`),
    ),
    ...(web ? [`${web.name}=${originOf(WEB_CONTAINER)}`] : []),
  ].join(',');
}

/** Variables that the file explains elsewhere are left out. @param {Services} config @param {string} text @returns {Record<string, string[]>} */
function environmentRegions({ services, web }, text) {
  const elsewhere = replaceRegions(text, { [ENVIRONMENT_REGION]: [] });
  const isExplained = (/** @type {string} */ variable) => elsewhere.includes(`\n${variable}=`);
  const ports = [...(web ? [web] : []), ...services].map(({ name, port }) => `${port} ${shortName(name)}`);
  return {
    [ENVIRONMENT_REGION]: [
      `# Port to listen on. Default ${ports.join(', ')}`,
      'PORT=',
      ...services
        .filter(({ originVariable }) => !isExplained(originVariable))
        .flatMap(({ name, originVariable, port, instances }) => [
          `# Origin of ${name}${instances > 1 ? ', or those of its instances, separated by commas' : ''}. Default http://127.0.0.1:${port}`,
          `${originVariable}=`,
        ]),
    ],
  };
}

/** @param {Service} service @returns {string[]} */
function containersOf({ name, instances }) {
  return instances === 1 ? [name] : Array.from({ length: instances }, (_, index) => `${name}-${index + 1}`);
}

/** @param {string} container */
function originOf(container) {
  return `http://${container}:${CONTAINER_PORT}`;
}

/** @param {string} name */
function volumeOf(name) {
  return `spool-${shortName(name)}`;
}

/**
 * Replaces the lines between `# <name>, from observability.config.ts (npm run generate)` and `# end of <name>`. A file has some of the regions.
 * @param {string} text @param {Record<string, string[]>} regions
 */
function replaceRegions(text, regions) {
  return Object.entries(regions).reduce((result, [name, lines]) => {
    const pattern = new RegExp(
      `^( *# ${name}, from observability\\.config\\.ts \\(npm run generate\\)\\n)[^]*?^( *# end of ${name}\\n)`,
      'm',
    );
    return result.replace(pattern, (_, begin, end) => `${begin}${lines.join('\n')}\n${end}`);
  }, text);
}

/** Replaces the references to services, where the first of them is. @param {string} text @param {readonly string[]} paths */
function replaceReferences(text, paths) {
  const content = JSON.parse(text);
  /** @type {{ path: string }[]} */
  const references = content.references;
  const isService = (/** @type {{ path: string }} */ { path }) => path.startsWith('services/');
  const start = references.findIndex(isService);
  const others = references.filter((reference) => !isService(reference));
  others.splice(start, 0, ...paths.map((path) => ({ path })));
  return `${JSON.stringify({ ...content, references: others }, null, 2)}\n`;
}
