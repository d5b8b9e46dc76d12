// Builds one part in a process of its own, so that the one that shows the progress can go on, and end it: server, inbox-page, or page <folder>
// with the variables of the environment.
import { buildInboxPage, buildPage, buildServer } from '../build.mjs';

const [part, folder = ''] = process.argv.slice(2);
if (part === 'server') buildServer();
else if (part === 'inbox-page') buildInboxPage();
else if (part === 'page') buildPage(folder, process.env);
else throw new Error(`Expected server, inbox-page or page, got "${part}".`);
