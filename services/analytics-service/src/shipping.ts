import { type ObservabilityConfig, type Server, startShipper } from '@qr/common';

/** What is being sent may end; more would keep a deploy waiting, and whatever is cut off stays queued. */
const CLOSE_TIMEOUT_MS = 3000;

/** What {@link hostShipper} looks at. */
type ShipperConfig = Pick<ObservabilityConfig, 'OBSERVABILITY_REDIS_URL' | 'MIXPANEL_TOKEN'>;

/**
 * Has this process deliver to Mixpanel what others have queued in Redis, when there is one, until the server closes.
 *
 * @returns whether it does.
 */
export async function hostShipper(app: Server, config: ShipperConfig): Promise<boolean> {
  if (config.OBSERVABILITY_REDIS_URL === undefined) return false;
  if (config.MIXPANEL_TOKEN === undefined) {
    app.log.info('nothing is shipped: OBSERVABILITY_REDIS_URL is set and MIXPANEL_TOKEN is not');
    return false;
  }
  const shipper = await startShipper();
  app.addHook('onClose', () => shipper.close(CLOSE_TIMEOUT_MS));
  return true;
}
