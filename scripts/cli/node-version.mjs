/** What is wrong with a version of Node.js; nothing when it will do. @param {string} version */
export function problemOfNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `Node.js 20.19 or newer is needed, this is ${version}. Install one from https://nodejs.org.`;
}

// The first import of each command, so that an old version gets a sentence instead of a stack trace.
const problem = problemOfNode(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(1);
}
