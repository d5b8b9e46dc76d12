// What the app imports of @qr/browser, with nothing behind it: the same app without any SDK.
import { createBrowserRouter } from 'react-router';

const nothing = () => {};

export const initSentry = nothing;
export const initMixpanel = nothing;
export const trackEvent = nothing;
export const trackPageView = nothing;
export const identifyUser = nothing;
export const resetMixpanel = nothing;
export const captureException = nothing;
export const addBreadcrumb = nothing;
export const Sentry = { captureException: nothing, addBreadcrumb: nothing, setUser: nothing };
export const sentryRootOptions = () => ({});
export const createSentryRouter = (routes) => createBrowserRouter(routes);
export const SentryErrorBoundary = ({ children }) => children;
export const ConsentProvider = ({ children }) => children;
export const useConsent = () => ({ analytics: true, replay: false, setConsent: nothing });
