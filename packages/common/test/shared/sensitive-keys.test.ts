import { describe, expect, it } from 'vitest';
import { isSensitiveKey, REDACTED, redact } from '../../../telemetry/src/privacy/index.ts';

/** Keys that Sentry's Relay and its SDKs filter by default: passwords, headers, and the cookies of known frameworks. */
const filteredBySentry =
  'password passwd secret api_key apikey apiKey auth credentials mysql_pwd privatekey private_key private-key token otp two-factor two_factor ' +
  'the_secret a_password_here a_password_number a_password_array session csrftoken sessionid x_csrftoken x_forwarded_for set_cookie cookie ' +
  'authorization proxy-authorization x_api_key aiohttp_session connect.sid csrf_token csrf _csrf _csrf_token PHPSESSID _session symfony ' +
  'user_session _xsrf XSRF-TOKEN x_real_ip ip_address remote_addr sentrysid sudo su __session phpsessid fasthttpsessionid mysession ' +
  'irissessionid _vercel_jwt xsrf csrf-token xsrf-token xsrf_token fastcsrf _iris_csrf';

const others =
  'pass db_pass dbPass user_pass userPassword mypassword passphrase passcode pwd sid signature sig x-amz-signature Authentication bearer ' +
  'authToken authHeader basic_auth access_token accessToken refreshToken ACCESS_KEY_ID clientSecret webhookSecret signing_secret secretKey ' +
  'encryptionKey api.key api-key session_id sessionToken jwt saml_response oauth recovery_codes twofactor pin cvv cvc2 ssn userSSN iban ' +
  'creditCard cardNumber card_no email billingEmail phone phoneNumber password2 tokens code_verifier';

const harmless =
  'author authors authorName passenger passengers bypass compass passed passing passport_photo tokens_used token_count max_tokens inputTokens ' +
  'prompt_tokens token_type token_expires_at session_count sessions_total session_duration secretary has_password is_secret password_policy ' +
  'password_changed_at cookie_consent auth_method residence insider design assign signed signal pinned opinion spin authored keyboard monkey ' +
  'className shipping hotpot businessName route status_code qr_id method page limit sort order_id';

describe('a key is sensitive', () => {
  it.each([...filteredBySentry.split(' '), ...others.split(' ')])('%s', (key) => {
    expect(isSensitiveKey(key)).toBe(true);
    expect(redact({ [key]: 'x1' })).toEqual({ [key]: REDACTED });
  });
});

describe('a key is harmless', () => {
  it.each(harmless.split(' '))('%s', (key) => {
    expect(isSensitiveKey(key)).toBe(false);
    expect(redact({ [key]: 'x1' })).toEqual({ [key]: 'x1' });
  });
});
