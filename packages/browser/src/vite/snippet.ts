/**
 * Runs before any other script of the page: keeps the errors that nobody caught, with their times, for `initSentry` to take over. What is thrown
 * before the bundle has run would be heard by no one. 105 bytes; `eager/error-listeners.ts` is the other half.
 */
export const EARLY_SNIPPET =
  '__early=[];for(let t of["error","unhandledrejection"])addEventListener(t,e=>__early.push([e,Date.now()]))';
