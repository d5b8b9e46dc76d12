import { BROWSERS } from '@qr/events';
import * as server from '@qr/server';

export { isQrId } from '@qr/events';
export { type CountryOf, isPrefetch } from '@qr/server';
export { createFailedScans, type ScanFailure, scanFailureOf, type TrackFailedScan } from './failed-scans.ts';

type Browser = (typeof BROWSERS)[number];
export type Visitor = server.Visitor<Browser>;
export type DescribeVisitor = server.DescribeVisitor<Browser>;
export type DescribeVisitorOptions = Omit<server.DescribeVisitorOptions, 'browsers'>;

/** {@link server.createDescribeVisitor} for the browsers that the tracking plan lists. */
export function createDescribeVisitor(options: DescribeVisitorOptions = {}): DescribeVisitor {
  return server.createDescribeVisitor({ ...options, browsers: BROWSERS });
}
