import type { CommandContext } from '../cli/context.ts';
import { isLocal } from '../cli/environment.ts';
import type { Style } from '../cli/style.ts';

/** What a person has to do by hand, where a vendor has no public API for it. */
export interface ManualSteps {
  readonly title: string;
  readonly steps: readonly string[];
}

/** Addresses of Mixpanel's pages. */
export interface MixpanelPages {
  readonly isProjectKnown: boolean;
  readonly page: (name: 'boards' | 'insights' | 'funnels') => string;
}

/** The pages of the project at Mixpanel. The inbox that stands in for it on a laptop has other ones. */
export function mixpanelPages({ env }: Pick<CommandContext, 'env'>): MixpanelPages {
  const host = isLocal(env) ? undefined : env['MIXPANEL_APP_HOST'];
  const origin = (host ?? 'https://mixpanel.com').replace(/\/+$/, '');
  const project = env['MIXPANEL_PROJECT_ID'];
  return {
    isProjectKnown: project !== undefined,
    page: (name) => (project === undefined ? origin : `${origin}/project/${encodeURIComponent(project)}/app/${name}`),
  };
}

/** Numbered steps below a title each. */
export function renderManualSteps(all: readonly ManualSteps[], pages: MixpanelPages, style: Style): readonly string[] {
  return [
    ...(pages.isProjectKnown ? [] : ['With MIXPANEL_PROJECT_ID set, these addresses lead into your project.']),
    ...all.flatMap(({ title, steps }) => [
      '',
      style.strong(title),
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    ]),
  ];
}
