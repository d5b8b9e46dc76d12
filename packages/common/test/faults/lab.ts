export { temporaryRoot, textBelow } from '../../../delivery/test/lab.ts';
