export { type DocumentOptions, renderDocument } from './document.ts';
export { type Html, html } from './html.ts';
export { refuseOtherMethods } from './only-get.ts';
export { type Problem, problemBody } from './problem.ts';
export type { ProblemText } from './problem-texts.ts';
export { pageHeaders } from './style.ts';
