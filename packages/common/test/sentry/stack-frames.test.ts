import type { Event } from '@sentry/node';
import { describe, expect, it } from 'vitest';
import { createRelativeFrames } from '../../../telemetry/src/errors/gate.ts';

function eventAt(...paths: string[]): Event {
  return {
    exception: { values: [{ stacktrace: { frames: paths.map((path) => ({ filename: path, abs_path: path })) } }] },
  };
}

function pathsOf(event: Event) {
  return event.exception?.values?.[0]?.stacktrace?.frames?.map(({ filename, abs_path }) => [filename, abs_path]);
}

describe('stack frames', () => {
  it('are written relative to the root, those outside of it as they are', () => {
    const event = eventAt(
      '/home/joe/app/services/a/src/x.ts',
      'file:///home/joe/app/src/y.ts',
      '/home/joe/application/z.ts',
      'node:internal/http',
    );
    createRelativeFrames('/home/joe/app')(event);
    expect(pathsOf(event)).toEqual([
      ['services/a/src/x.ts', 'services/a/src/x.ts'],
      ['src/y.ts', 'src/y.ts'],
      ['/home/joe/application/z.ts', '/home/joe/application/z.ts'],
      ['node:internal/http', 'node:internal/http'],
    ]);
  });

  it('are recognised without the name in their path, and on Windows', () => {
    const event = eventAt('/home/[redacted]/app/x.ts');
    createRelativeFrames('/home/joe/app')(event);
    expect(pathsOf(event)).toEqual([['x.ts', 'x.ts']]);
    const windows = eventAt('C:\\Users\\joe\\app\\src\\x.ts');
    createRelativeFrames('C:\\Users\\joe\\app')(windows);
    expect(pathsOf(windows)).toEqual([['src/x.ts', 'src/x.ts']]);
  });

  it('have the names of the images that Sentry joins them with', () => {
    const event: Event = { debug_meta: { images: [{ type: 'sourcemap', code_file: '/srv/app/x.js', debug_id: '1' }] } };
    createRelativeFrames('/srv/app')(event);
    expect(event.debug_meta?.images).toEqual([{ type: 'sourcemap', code_file: 'x.js', debug_id: '1' }]);
  });
});
