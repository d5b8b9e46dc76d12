export { type DocumentOptions, type Html, html, pageHeaders, renderDocument } from './document.ts';
export { type Problem, type ProblemText, problemBody, refuseOtherMethods } from './problem.ts';
