import './cli/node-version.mjs';
import { runPlatform } from './platform/run.mjs';

await runPlatform({ isDevelopment: true });
