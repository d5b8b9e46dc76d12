// For `node --import`: writes the name of every file that is loaded to standard error.

import { writeSync } from 'node:fs';
import Module, { register } from 'node:module';

const hook = `import { writeSync } from 'node:fs';
export function load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { load } = Module.prototype;
Module.prototype.load = function (name) {
  writeSync(2, `loaded ${name}\n`);
  return load.call(this, name);
};
