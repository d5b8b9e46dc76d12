import type { BrowserClient } from '@sentry/react';
import { consentState, onConsentChange } from '../consent/consent.ts';
import type { SentrySettings } from '../eager/sentry-lane.ts';
import { sampleRate } from '../sample-rate.ts';
import { warnOnce } from '../warn-once.ts';

/** Starts and stops the recording with the person's answer. Its code, 39 KB, is fetched only when there is consent and the draw says so. */
export function followReplayConsent(client: BrowserClient, settings: SentrySettings): void {
  const sessions =
    settings.replaysSessionSampleRate ??
    sampleRate('VITE_SENTRY_REPLAY_SAMPLE_RATE', import.meta.env.VITE_SENTRY_REPLAY_SAMPLE_RATE, 0);
  const onError =
    settings.replaysOnErrorSampleRate ??
    sampleRate('VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE', import.meta.env.VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE, 0);
  const isDrawn = Math.random() < sessions;
  if (!isDrawn && Math.random() >= onError) return;
  let replay: Promise<{ start(): void; stop(): unknown }> | undefined;

  const follow = () => {
    if (consentState().replay === 'granted') {
      replay ??= import('./replay.ts').then(({ addReplay }) => addReplay(client, isDrawn));
      replay.then((recording) => recording.start()).catch(fail);
    } else {
      replay?.then((recording) => recording.stop()).catch(fail);
    }
  };
  const fail = (error: unknown) => {
    replay = undefined;
    warnOnce(`the session recording could not be loaded (${error})`);
  };
  onConsentChange(follow);
  follow();
}
