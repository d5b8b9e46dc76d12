// For `node --import`: runs TypeScript, in worker threads as well, which `--import tsx` does not do before Node 22.
import { register } from 'tsx/esm/api';

register();
