export { anEvent, deadLetter, endedFolder, leaveBehind, sealed } from '../../../delivery/test/leave-behind.ts';
